"""The document of a page: what a browser must know before it can begin, in the order in which it needs it.

Dash asks for its layout and its callbacks once it runs, and for the code of a chart or a table once it meets one: three
ways to the server and back before anything is there. Here they come along with the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from urllib.parse import quote

from dash import Dash
from flask import request

SLASHES = ("/", "\\u002f")  # as HTML has them, and the configuration's JSON
SHARED = ("_dash-component-suites", "assets")  # the same files for every page
SEED = "monitoring-seed"  # assets/82-ahead.js reads it

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
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

    `own_script`: the address of our scripts; `chunks`: code of components that the page shows, which Dash would ask
    for when it meets them. Both set after the application was made.
    """

    shared_prefix = "/"
    own_script = ""
    chunks: Sequence[str] = ()

    def interpolate_index(self, **parts: str) -> str:
        """The page, with the host's own path before every address of ours.

        Scripts and styles come from the overview's addresses on every page, so that a browser fetches them once.
        """
        parts["scripts"] = "\n".join([f'<script src="{self.own_script}"></script>', parts["scripts"], *self._ahead()])
        prefix, root = self.config.routes_pathname_prefix, quote(request.script_root)
        for name in ("css", "scripts"):
            for folder in SHARED:
                parts[name] = parts[name].replace(f'"{prefix}{folder}/', f'"{self.shared_prefix}{folder}/')
        for name in ("css", "favicon", "scripts", "config"):
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
