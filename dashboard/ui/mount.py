"""The pages, each a Dash application mounted on the host's server under our prefix."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from dash import Dash
from flask import Flask, request, send_from_directory

from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui.callbacks import frame
from dashboard.ui.navigation import OVERVIEW, PLACES, path_of
from dashboard.ui.pages import PAGES, Page
from dashboard.ui.small_plotly import small_plotly
from dashboard.web.csrf import COOKIE

BOOTSTRAP_FOLDER = "bootstrap"
BOOTSTRAP_FILE = "bootstrap.min.css"
PLOTLY_FOLDER = "plotly"
PACKAGE = Path(__file__).resolve().parents[1]

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


SLASHES = ("/", "\\u002f")  # as HTML has them, and the configuration's JSON


SHARED = ("_dash-component-suites", "assets")  # the same files for every page


class MountedDash(Dash):
    """Dash on a host that may itself be mounted under a path (`SCRIPT_NAME`), which only a request knows."""

    shared_prefix = "/"

    def interpolate_index(self, **parts: str) -> str:
        """The page, with the host's own path before every address of ours.

        Scripts and styles come from the overview's addresses on every page, so that a browser fetches them once.
        """
        prefix, root = self.config.routes_pathname_prefix, quote(request.script_root)
        for name in ("css", "scripts"):
            for folder in SHARED:
                parts[name] = parts[name].replace(f'"{prefix}{folder}/', f'"{self.shared_prefix}{folder}/')
        for name in ("css", "favicon", "scripts", "config"):
            for slash in SLASHES:
                plain, rooted = (f'"{path}'.replace("/", slash)
                                 for path in (self.shared_prefix, root + self.shared_prefix))
                parts[name] = parts[name].replace(plain, rooted)
        return super().interpolate_index(**parts)


def mount(app: Flask, services: Services, user_name: Callable[[], str]) -> dict[str, Dash]:
    """Put the pages under `page_prefix`: the application of each by its name.

    `user_name` tells who is behind the current request.
    """
    bootstrap = _serve_bootstrap(app, services.settings.page_prefix)
    plotly = _serve_plotly(app, services.settings.page_prefix)
    mounted: dict[str, Dash] = {}
    for page in PAGES:
        dash_app = _application(app, services.settings, page, bootstrap, plotly)
        page.register(dash_app, services, user_name)
        frame.register(dash_app, services, user_name, page.name)
        mounted[page.name] = dash_app
        # The overview hands out the scripts of all pages, also of those that are asked for before it.
        dash_app.registered_paths = mounted[OVERVIEW].registered_paths
    return mounted


def _application(app: Flask, settings: Settings, page: Page, bootstrap: str, plotly: str | None) -> MountedDash:
    folders = {folder for one in PAGES for folder in one.assets}
    dash_app = MountedDash(
        f"dashboard.{page.name}",
        server=app,
        url_base_pathname=settings.page_prefix + path_of(page.name),
        assets_folder=str(assets_folder(settings)),
        assets_path_ignore=[f"^{folder}$" for folder in sorted(folders - {*page.assets})],
        external_stylesheets=[bootstrap],
        # Nothing waits for it: a chart that comes first makes Dash load the large one.
        external_scripts=[{"src": plotly, "async": True}] if plotly else [],
        title=escape(_title(settings, page)),
        index_string=INDEX,
        update_title=None,  # the title must not flicker every five seconds
        include_pages_meta=False,
        suppress_callback_exceptions=True,  # charts and gauges come with the first answer
        csrf_token_name=COOKIE,
        # Each of these would change the whole host, not only this page.
        add_log_handler=False,
        enable_mcp=False,
        compress=False,
    )
    dash_app.shared_prefix = settings.page_prefix + "/"
    dash_app.layout = page.layout(settings)
    return dash_app


def _title(settings: Settings, page: Page) -> str:
    return settings.title if page.name == OVERVIEW else f"{PLACES[page.name].title} · {settings.title}"


def assets_folder(settings: Settings) -> Path:
    """Where our CSS and scripts are: as set, else beside the package (a checkout), else inside it (installed)."""
    if settings.assets_folder:
        return Path(settings.assets_folder)
    beside = PACKAGE.parent / "assets"
    return beside if (beside / "00-state.js").is_file() else PACKAGE / "assets"


def _serve_bootstrap(app: Flask, prefix: str) -> str:
    """Bootstrap's style sheet comes from the files of Bootstrap-Flask, under our own prefix: no CDN, no copy."""
    folder = Path(find_spec("flask_bootstrap").origin).parent / "static" / "bootstrap5" / "css"
    changed = int((folder / BOOTSTRAP_FILE).stat().st_mtime)

    def bootstrap():
        return send_from_directory(folder, BOOTSTRAP_FILE)

    address = f"{prefix}/{BOOTSTRAP_FOLDER}/{BOOTSTRAP_FILE}"
    app.add_url_rule(address, "monitoring_bootstrap", bootstrap)
    return f"{address}?m={changed}"


def _serve_plotly(app: Flask, prefix: str) -> str | None:
    """The smaller plotly.js, where it is; charts take whatever a script of the page has loaded before them."""
    file = small_plotly()
    if file is None:
        return None

    def plotly():
        return send_from_directory(file.parent, file.name)

    address = f"{prefix}/{PLOTLY_FOLDER}/{file.name}"
    app.add_url_rule(address, "monitoring_plotly", plotly)
    return f"{address}?m={int(file.stat().st_mtime)}"
