"""Imports point one way: the pure core knows no engine, the engines nothing of the web, and one module knows all."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "dashboard"
LINES_AT_MOST = 300
ENGINES = {"apprise", "dash", "dash_bootstrap_components", "flask", "flask_login", "flask_wtf", "plotly", "redis",
           "sqlalchemy", "werkzeug"}
WEB = ENGINES - {"apprise", "redis", "sqlalchemy"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def within(*names: str) -> list[str]:
    """The modules that are named, or lie in a package that is."""
    found = [module for module in MODULES if module in names or module.startswith(tuple(f"{name}." for name in names))]
    assert len(found) >= len(names), names
    return found


PURE = within(
    "dashboard.events", "dashboard.event_types", "dashboard.reading", "dashboard.catalog", "dashboard.metric_names",
    "dashboard.named_numbers", "dashboard.colours", "dashboard.number_text", "dashboard.health", "dashboard.sources",
    "dashboard.source_state", "dashboard.source_record", "dashboard.presence", "dashboard.superseded",
    "dashboard.metrics", "dashboard.alerts.lifecycle", "dashboard.alerts.alert", "dashboard.alerts.documents",
    "dashboard.alerts.episode", "dashboard.alerts.facts", "dashboard.alerts.query", "dashboard.alerts.past",
    "dashboard.alerts.silences", "dashboard.alerts.since", "dashboard.alerts.statistics", "dashboard.explore",
    "dashboard.notifications.routes", "dashboard.notifications.grouping", "dashboard.notifications.message",
    "dashboard.notifications.deliveries", "dashboard.notifications.group_states", "dashboard.history.answers",
    "dashboard.history.batch", "dashboard.history.cells", "dashboard.history.folding", "dashboard.history.lines",
    "dashboard.history.steps", "dashboard.history.texts", "dashboard.notifications.status", "dashboard.feed.copies",
    "dashboard.feed.coverage", "dashboard.feed.gaps", "dashboard.feed.journal_scripts", "dashboard.feed.known_keys",
    "dashboard.feed.offered", "dashboard.feed.packed", "dashboard.feed.raw_message")
ENGINE_ROOM = within("dashboard.feed", "dashboard.inquiry", "dashboard.alerts", "dashboard.notifications",
                     "dashboard.commands", "dashboard.agent", "dashboard.publisher", "dashboard.recorded_channel",
                     "dashboard.outbox", "dashboard.settings", "dashboard.history")
DRAWING = within("dashboard.ui.figures", "dashboard.ui.layout")


class Imports(ast.NodeVisitor):
    """What a module imports when it runs; what only a type checker reads does not count."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.names |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert node.level == 0, "imports are absolute"
        modules = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
        self.names |= modules | {node.module or ""}


@cache
def imports(module: str) -> frozenset[str]:
    visitor = Imports()
    visitor.visit(ast.parse(MODULES[module].read_text()))
    return frozenset(visitor.names)


def with_packages(module: str) -> set[str]:
    """Importing a module runs its packages too."""
    parts = module.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)} & MODULES.keys()


# `dashboard` itself loads the console only when it is asked for: proved by running it, below.
LAZY = {"dashboard"}


@cache
def reach(module: str) -> frozenset[str]:
    """All that is imported with a module, ours and others', directly or through ours."""
    found, waiting = set(), [module]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        if one in MODULES and one not in LAZY:
            waiting += [*imports(one), *with_packages(one)]
    return frozenset(found)


def tops(names) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("module", PURE)
def test_the_core_knows_no_engine(module):
    assert not tops(reach(module)) & ENGINES


@pytest.mark.parametrize("module", PURE)
def test_the_core_opens_nothing(module):
    opening = {"socket", "subprocess", "os", "pathlib", "urllib", "http", "requests"}
    assert not tops(imports(module) - {"urllib.parse"}) & opening  # reading an address opens none


@pytest.mark.parametrize("module", ENGINE_ROOM)
def test_the_engines_know_nothing_of_the_web(module):
    found = reach(module)
    assert not tops(found) & WEB
    assert not [name for name in found if name.startswith(("dashboard.web", "dashboard.ui", "dashboard.standalone"))]


@pytest.mark.parametrize("module", DRAWING)
def test_figures_and_layout_are_pure(module):
    """They know Dash's components and our data, but no store, no socket, no request, no clock."""
    direct = imports(module)
    assert not tops(direct) & {"flask", "redis", "sqlalchemy", "time", "threading", "os", "random", "plotly"}
    unwanted = ("dashboard.web", "dashboard.feed", "dashboard.ui.callbacks")
    assert not [name for name in direct if name.startswith(unwanted)]
    assert "dashboard.services" not in direct


@pytest.mark.parametrize("module", within("dashboard.ui.figures"))
def test_figures_do_not_even_know_dash(module):
    assert not tops(imports(module)) & ENGINES


def test_only_the_extension_and_the_services_know_everybody():
    """Who imports the page and the API is the one place that wires them together."""
    users = {module for module in MODULES
             if {"dashboard.web.api", "dashboard.ui.mount"} <= imports(module)}
    assert users == {"dashboard.extension"}
    builders = {module for module in MODULES
                if {"dashboard.feed.listener", "dashboard.alerts.store"} <= imports(module)}
    assert builders == {"dashboard.services"}


def test_one_module_knows_apprise_beside_the_one_that_judges_addresses():
    users = {module for module in MODULES if "apprise" in tops(imports(module))}
    assert users == {"dashboard.notifications.apprise_quietly", "dashboard.notifications.addresses"}


@pytest.mark.parametrize("module", within("dashboard.web.openapi"))
def test_the_description_of_the_api_is_data(module):
    """What is asked and served is for others: no Flask, no Redis, no store of its own."""
    assert not tops(imports(module)) & (ENGINES | {"os", "time", "threading"})


def test_the_api_and_the_page_do_not_know_each_other():
    for module in within("dashboard.web"):
        assert not [name for name in imports(module) if name.startswith("dashboard.ui")]
    # The name of the cookie that Dash reads the token from; files made ready to be sent; the words of an error.
    allowed = {"dashboard.web", "dashboard.web.csrf", "dashboard.web.packed", "dashboard.web.small_page"}
    for module in within("dashboard.ui"):
        assert {name for name in imports(module) if name.startswith("dashboard.web")} <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_nothing_below_dashboard_knows_tests_or_benchmarks(module):
    assert not tops(imports(module)) & {"tests", "benchmarks", "pytest", "hypothesis", "app"}


def test_no_import_goes_round_in_a_circle():
    graph = {module: imports(module) & MODULES.keys() - {module} for module in MODULES if module not in LAZY}
    while leaves := {module for module, known in graph.items() if not known & graph.keys()}:
        graph = {module: known for module, known in graph.items() if module not in leaves}
    assert not graph


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_a_person_can_hold(module):
    assert len(MODULES[module].read_text().splitlines()) <= LINES_AT_MOST


@pytest.mark.parametrize(("statement", "unwanted"), [
    ("import dashboard", ENGINES),
    ("import dashboard.publisher", WEB),
    ("import dashboard.recorded_channel", WEB),
    ("from dashboard import Settings", ENGINES),
    ("import dashboard.events, dashboard.metrics.query, dashboard.alerts.lifecycle", ENGINES),
    ("import dashboard.agent", WEB),
    ("import dashboard.extension", {"apprise"}),
])
def test_what_a_producer_imports_stays_light(statement, unwanted):
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not set(done.stdout.split()) & unwanted


def test_an_unknown_name_is_an_ordinary_error():
    import dashboard

    with pytest.raises(AttributeError, match="Nonsense"):
        _ = dashboard.Nonsense
    assert {"Monitoring", "Settings", "__version__"} == set(dashboard.__all__)
    assert all(hasattr(dashboard, name) for name in dashboard.__all__)
