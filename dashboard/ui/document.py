"""The document of a page: what a browser must know before it can begin, in the order in which it needs it.

Dash asks for its layout and its callbacks once it runs, and for the code of a chart or a table once it meets one: three
ways to the server and back before anything is there. Here they come along with the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any
from urllib.parse import quote

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, current_app, request

from dashboard.ui.callback_body import is_callback
from dashboard.ui.other_dash import NoHooks
from dashboard.web.csrf import header_names
from dashboard.web.small_page import small_page

SLASHES = ("/", "\\u002f")  # as HTML has them, and the configuration's JSON
SUITES = "_dash-component-suites"
SHARED = (SUITES, "assets")  # the same files for every page
CALLBACKS = "_dash-update-component"
NO_CALLBACK = "This is no callback of the page. Reload it."
NOTHING = "There is nothing at this address."
SEED = "monitoring-seed"  # assets/82-ahead.js reads it

# As texts, which a browser does not run: assets/81-start-dash.js does.
LATER = ' data-later type="text/plain"'
_SCRIPT = re.compile(
    r'<script(?P<id> id="[^"]*")?(?: type="[^"]*")?(?: src="(?P<address>[^"]*)")?(?P<async> async(?:="[^"]*")?)?>')

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


class MountedDash(Dash):
    """Dash on a host that may itself be mounted under a path (`SCRIPT_NAME`), which only a request knows.

    `own_script`: the address of our scripts, which show the page and start Dash after that; `chunks`: code of
    components that the page shows, which Dash would ask for when it meets them. Both are set afterwards, and
    `script_hashes`, those of the inline scripts for the policy, by `get_ready`.
    """

    shared_prefix = "/"
    own_script = ""
    chunks: Sequence[str] = ()
    script_hashes: Sequence[str] = ()
    _scripts: str | None = None

    def get_ready(self) -> None:
        """What Dash does before the first request of the host, once all callbacks are there. What is declared for any
        application of the process (`dash.callback`) is then left to those of the host, whoever of them is asked first.
        """
        self._setup_server()
        self.script_hashes = self.csp_hashes()

    def _setup_hooks(self) -> None:
        """None of `dash.hooks`: the layout goes out as the first visitor had it (`_seed`), and with it what a hook of
        the host has put there for that one."""
        self._hooks = NoHooks

    def index(self, path: str = "") -> str | Response:
        """The page; of a path below it, where Dash would show the page too, that there is nothing."""
        if path:
            return small_page(404, "Not found", NOTHING,
                              quote(request.script_root) + self.shared_prefix, "To the console")
        return super().index()

    def _add_url(self, name: str, view_func: Callable[..., Any], methods: Sequence[str] = ("GET",)) -> None:
        """As Dash adds it; of a script that no page has, or a callback that is none, it is told where Dash fails."""
        if name.startswith(f"{SUITES}/"):
            view_func = _found(view_func)
        elif name == CALLBACKS:
            view_func = self._asked_for(view_func)
        super()._add_url(name, view_func, methods)

    def _asked_for(self, serve: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(serve)
        def asked_for() -> Response:
            if not is_callback(_body(), self.callback_map):
                return Response(NO_CALLBACK, 400, mimetype="text/plain")
            return current_app.ensure_sync(serve)()  # Dash's is a coroutine where it finds what runs one
        return asked_for

    def _config(self) -> dict[str, Any]:
        """What scripts are told, Dash's and ours (assets/80-session.js), with the header that this host looks for."""
        return super()._config() | {"csrf_header_name": header_names()[0]}

    def _generate_scripts_html(self) -> str:
        """As they were when the page got ready: Dash would also take in what others have declared since."""
        if self._scripts is None:
            self._scripts = super()._generate_scripts_html()
        return self._scripts

    def interpolate_index(self, **parts: str) -> str:
        """The page, with the host's own path before every address of ours.

        Scripts and styles come from the overview's addresses on every page, so that a browser fetches them once.
        """
        parts["scripts"] = "\n".join([parts["scripts"], *self._ahead()])
        parts["scripts"], parts["renderer"] = _later(parts["scripts"]), _later(parts["renderer"])
        parts["scripts"] = f'<script src="{self.own_script}"></script>\n{parts["scripts"]}'
        prefix, root = self.config.routes_pathname_prefix, quote(request.script_root)
        for name in ("css", "scripts"):
            for folder in SHARED:
                parts[name] = parts[name].replace(f'"{prefix}{folder}/', f'"{self.shared_prefix}{folder}/')
        for name in ("css", "favicon", "scripts", "config"):  # the renderer's script has no address
            for slash in SLASHES:
                plain, rooted = (f'"{path}'.replace("/", slash)
                                 for path in (self.shared_prefix, root + self.shared_prefix))
                parts[name] = parts[name].replace(plain, rooted)
        parts["config"] += f'<script id="{SEED}" type="application/json">{self._seed}</script>'
        return super().interpolate_index(**parts)

    def _ahead(self) -> list[str]:
        """Each under an address that changes with its content, unlike the one that Dash asks for."""
        addresses = self._collect_and_register_resources(
            [{"relative_package_path": chunk, "namespace": "dash"} for chunk in self.chunks])
        return [f'<script src="{address}"></script>' for address in addresses]

    @cached_property
    def _seed(self) -> str:
        """Layout and callbacks as Dash would hand them out: the same for every visitor. No `<` of theirs ends it."""
        layout, dependencies = (made.get_data(as_text=True) for made in (self.serve_layout(), self.dependencies()))
        return f'{{"layout":{layout},"dependencies":{dependencies}}}'.replace("<", "\\u003c")


def _body() -> Any:
    """The JSON of the body; None for what is none, or is nested deeper than anybody can read it."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _found(serve: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(serve)
    def found(**parts: str) -> Response:
        try:
            return serve(**parts)
        except DependencyException:
            return Response(NOTHING, 404, mimetype="text/plain")
    return found


def _later(scripts: str) -> str:
    """The scripts as texts. Nor are they fetched before the page is painted: megabytes of them hold up the answer."""
    def text(found: re.Match) -> str:
        source = f' src="{found["address"]}"' if found["address"] else ""
        return f'<script{found["id"] or ""}{LATER}{source}{found["async"] or ""}>'
    return _SCRIPT.sub(text, scripts)
