"""The pages, each a Dash application mounted on the host's server under our prefix."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, request

from dashboard.services import Services
from dashboard.settings import Settings
from dashboard.ui.bundle import MIME_TYPES, bundle
from dashboard.ui.callbacks import frame
from dashboard.ui.document import INDEX, MountedDash
from dashboard.ui.navigation import OVERVIEW, PLACES, path_of
from dashboard.ui.other_dash import other_dash_untouched
from dashboard.ui.pages import PAGES, Page
from dashboard.ui.small_plotly import small_plotly
from dashboard.web.csrf import COOKIE
from dashboard.web.packed import Packed

BOOTSTRAP_FOLDER = "bootstrap"
BOOTSTRAP_FILE = "bootstrap.min.css"
PLOTLY_FOLDER = "plotly"
ASSETS_FOLDER = "assets"
FAVICON = "favicon.ico"
PACKAGE = Path(__file__).resolve().parents[1]
TABLE_GOES = r"\s*The dash_table\.DataTable will be removed"
"""How Dash announces at each table that some later major version will not have it."""


@other_dash_untouched()
def mount(app: Flask, services: Services, user_name: Callable[[], str]) -> dict[str, MountedDash]:
    """Put the pages under `page_prefix`: the application of each by its name.

    `user_name` tells who is behind the current request.
    """
    bootstrap = _serve_bootstrap(app, services.settings.page_prefix)
    plotly = _serve_plotly(app, services.settings.page_prefix)
    mounted: dict[str, MountedDash] = {}
    for page in PAGES:
        dash_app = _application(app, services.settings, page, bootstrap, plotly)
        page.register(dash_app, services, user_name)
        frame.register(dash_app, services, user_name, page.name)
        mounted[page.name] = dash_app
        # The overview hands out the scripts of all pages, also of those that are asked for before it.
        dash_app.registered_paths = mounted[OVERVIEW].registered_paths
        dash_app.get_ready()
    return mounted


def _application(app: Flask, settings: Settings, page: Page, bootstrap: str, plotly: str | None) -> MountedDash:
    folder = assets_folder(settings)
    styles, script = (_serve_bundle(app, settings.page_prefix, folder, page, ending) for ending in ("css", "js"))
    dash_app = MountedDash(
        f"dashboard.{page.name}",
        server=app,
        url_base_pathname=settings.page_prefix + path_of(page.name),
        assets_folder=str(folder),
        include_assets_files=False,  # they come as one
        external_stylesheets=[bootstrap, styles],
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
    dash_app.own_script, dash_app.chunks = script, page.chunks
    if (folder / FAVICON).is_file():
        dash_app._favicon = FAVICON
    dash_app.shared_prefix = settings.page_prefix + "/"
    with warnings.catch_warnings():  # which a host's tests may make errors, and only we could heed
        warnings.filterwarnings("ignore", TABLE_GOES, DeprecationWarning)
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


def _serve_bundle(app: Flask, prefix: str, folder: Path, page: Page, ending: str) -> str:
    """What the page loads of our own scripts or styles, beside the files it is made of."""
    return _serve(app, f"{prefix}/{ASSETS_FOLDER}/{page.name}.{ending}", f"monitoring_{page.name}_{ending}",
                  bundle(folder, page.assets, ending), MIME_TYPES[ending])


def _serve_bootstrap(app: Flask, prefix: str) -> str:
    """Bootstrap's style sheet comes from the files of Bootstrap-Flask, under our own prefix: no CDN, no copy."""
    file = Path(find_spec("flask_bootstrap").origin).parent / "static" / "bootstrap5" / "css" / BOOTSTRAP_FILE
    return _serve(app, f"{prefix}/{BOOTSTRAP_FOLDER}/{BOOTSTRAP_FILE}", "monitoring_bootstrap", file.read_bytes(),
                  MIME_TYPES["css"])


def _serve_plotly(app: Flask, prefix: str) -> str | None:
    """The smaller plotly.js, where it is; charts take whatever a script of the page has loaded before them."""
    file = small_plotly()
    if file is None:
        return None
    return _serve(app, f"{prefix}/{PLOTLY_FOLDER}/{file.name}", "monitoring_plotly", file.read_bytes(),
                  MIME_TYPES["js"])


def _serve(app: Flask, address: str, endpoint: str, content: bytes, mimetype: str) -> str:
    """The address at which a browser asks for it."""
    packed = Packed(content, mimetype)
    app.add_url_rule(address, endpoint, lambda: packed.answer(request))
    return f"{address}?m={packed.version}"
