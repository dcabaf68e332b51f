import sys
import types

import greenlet
import pytest

from dashboard.feed import process


def inside(file, *names):
    """Calls that end in `process`'s answers, through functions with these names from that file."""
    namespace = {"answers": lambda: (process.in_reloader_parent(), process.in_gunicorn_arbiter(),
                                     process.only_watches())}
    inner = "answers"
    for name in reversed(names):
        exec(compile(f"def {name}():\n    return {inner}()", file, "exec"), namespace)
        inner = name
    return namespace[inner]()


@pytest.fixture(autouse=True)
def both_servers_loaded(monkeypatch):
    for name in ("werkzeug._reloader", "gunicorn.arbiter"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.delenv("WERKZEUG_RUN_MAIN", raising=False)


def test_a_plain_process_serves():
    assert inside("/app.py", "main") == (False, False, False)


def test_the_parent_of_the_reloader_only_watches():
    assert inside("/site-packages/werkzeug/_reloader.py", "run_with_reloader", "restart_with_reloader") == (
        True, False, True)


def test_the_child_of_the_reloader_serves(monkeypatch):
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    assert inside("/site-packages/werkzeug/_reloader.py", "run_with_reloader", "restart_with_reloader") == (
        False, False, False)


def test_a_namesake_in_another_file_is_not_the_reloader():
    assert inside("/app.py", "restart_with_reloader") == (False, False, False)


def test_the_arbiter_only_watches_and_its_workers_serve():
    arbiter = "/site-packages/gunicorn/arbiter.py"
    assert inside(arbiter, "run", "setup") == (False, True, True)
    assert inside(arbiter, "run", "manage_workers", "spawn_worker") == (False, False, False)


def test_a_main_greenlet_that_sleeps_is_looked_at_too():
    """As under eventlet: the main program waits, another greenlet runs and asks."""
    def switch():
        return greenlet.greenlet(lambda: process.in_reloader_parent()).switch()

    namespace = {"switch": switch}
    exec(compile("def restart_with_reloader():\n    return switch()", "/werkzeug/_reloader.py", "exec"), namespace)
    assert namespace["restart_with_reloader"]() is True


def test_nothing_is_looked_at_where_neither_server_is_loaded(monkeypatch):
    monkeypatch.delitem(sys.modules, "werkzeug._reloader")
    monkeypatch.delitem(sys.modules, "gunicorn.arbiter")
    monkeypatch.setattr(process, "_main_thread", None)
    assert not process.only_watches()
