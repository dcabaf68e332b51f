"""When the threads of a mounted console are started and stopped."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
from types import ModuleType

import pytest

import dashboard
from dashboard import Monitoring, Settings, extension, lasting, services
from tests.unit.mounting import QUIET, mounted, refuse_sockets
from tests.unit.web_host import plain_host

WANTED = Settings(start_listener=True)


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    refuse_sockets(monkeypatch)


@pytest.fixture
def calls(monkeypatch):
    """What would have been started and stopped: a feed of paper."""
    made = []
    monkeypatch.setattr(services.Services, "start", lambda self: made.append("start"))
    monkeypatch.setattr(services.Services, "stop", lambda self: made.append("stop"))
    monkeypatch.setattr(services.Services, "reset_after_fork", lambda self: made.append("reset"))
    monkeypatch.setattr(lasting, "_done_in", os.getpid())
    for name in ("FLASK_DEBUG", "WERKZEUG_RUN_MAIN"):
        monkeypatch.delenv(name, raising=False)
    return made


def test_stopping_before_the_mount_does_nothing(calls):
    Monitoring().stop()
    assert calls == []


def test_the_feed_starts_with_the_mount(calls):
    app, _ = mounted(WANTED)
    assert calls == ["start"]
    app.test_client().get("/")
    assert calls == ["start"]


def test_what_lasts_is_left_out_of_collections_once_a_process(calls, monkeypatch):
    done = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(lasting, "_done_in", None)
    mounted(QUIET)
    assert done == []
    _, one = mounted(Settings())
    one.start()
    mounted(Settings())
    assert done == ["collect", "freeze"]
    monkeypatch.setattr(lasting, "_done_in", -1)  # a parent's
    one.start()
    assert done == ["collect", "freeze"] * 2


@pytest.mark.parametrize("on", [True, False])
def test_nothing_is_collected_while_the_console_is_loaded_and_then_as_before(on, monkeypatch):
    class Loaded(ModuleType):
        def __getattr__(self, name):
            seen.append((name, gc.isenabled()))
            return Monitoring

    seen: list[tuple[str, bool]] = []
    monkeypatch.setitem(sys.modules, "dashboard.extension", Loaded("dashboard.extension"))
    (gc.enable if on else gc.disable)()
    try:
        assert dashboard.Monitoring is Monitoring
        assert gc.isenabled() is on
    finally:
        gc.enable()
    assert ("Monitoring", False) in seen
    assert all(not collects for _, collects in seen)


def test_the_feed_does_not_start_where_told_so(calls):
    app, monitoring = mounted()
    app.test_client().get("/")
    assert calls == []
    monitoring.start()
    monitoring.start()
    monitoring.stop()
    monitoring.stop()
    assert calls == ["start", "start", "stop", "stop"]


@pytest.mark.parametrize("how", ["app.debug", "FLASK_DEBUG"])
def test_under_the_reloader_the_first_request_tells_who_serves(calls, monkeypatch, how):
    app = plain_host()
    app.debug = how == "app.debug"
    if how == "FLASK_DEBUG":
        monkeypatch.setenv("FLASK_DEBUG", "1")
    monitoring = Monitoring(app, settings=WANTED)
    assert calls == []
    app.test_client().get("/nowhere")
    app.test_client().get("/")
    assert calls == ["start"]
    monitoring.stop()
    app.test_client().get("/")
    assert calls == ["start", "stop"]


def test_a_spawned_child_that_builds_the_application_once_more_starts_when_it_serves(calls, monkeypatch):
    monkeypatch.setattr(multiprocessing.current_process(), "_inheriting", True, raising=False)
    app, _ = mounted(WANTED)
    assert calls == []
    app.test_client().get("/")
    assert calls == ["start"]


def test_the_reloaders_child_starts_at_once(calls, monkeypatch):
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    app = plain_host()
    app.debug = True
    Monitoring(app, settings=WANTED)
    assert calls == ["start"]


def test_a_process_that_only_watches_starts_nothing_and_leaves_its_children_less_to_collect(calls, monkeypatch):
    monkeypatch.setattr(extension, "only_watches", lambda: True)
    monkeypatch.setattr(extension, "leave_out_what_lasts", lambda: calls.append("left out"))
    mounted(WANTED)
    assert calls == ["left out"]


def test_a_forked_child_is_made_usable_and_starts_when_it_serves(calls, monkeypatch):
    """As the hook does it; forking itself is tried in tests/integration."""
    timers = []

    class Timer:
        def __init__(self, seconds, act):
            self.act = act
            assert seconds < 1

        def start(self):
            timers.append(self.act)

    app, monitoring = mounted(WANTED)
    monkeypatch.setattr(extension.threading, "Timer", Timer)
    monkeypatch.setattr(os, "getpid", lambda: -7)
    extension._mounted.clear()
    extension._remember(monitoring)
    extension._make_usable_in_child()
    assert calls == ["start", "reset"]
    timers.pop()()
    app.test_client().get("/")
    assert calls == ["start", "reset", "start"]


def test_a_child_that_only_computes_starts_nothing(calls, monkeypatch):
    _, monitoring = mounted(WANTED)
    monkeypatch.setattr(os, "getpid", lambda: -7)
    monkeypatch.setattr(extension.multiprocessing, "parent_process", lambda: object())
    monitoring._start_in_child()
    assert calls == ["start"]


def test_a_console_that_was_stopped_or_never_mounted_stays_so_in_a_child(calls):
    _, monitoring = mounted()
    monitoring._after_fork()
    Monitoring()._after_fork()
    assert calls == ["reset"]


def test_a_child_comes_up_whatever_happens_to_us(calls, monkeypatch, caplog):
    def fail(self):
        raise OSError("no such lock")

    _, monitoring = mounted()
    extension._mounted.clear()
    extension._remember(monitoring)
    monkeypatch.setattr(Monitoring, "_after_fork", fail)
    with caplog.at_level(logging.ERROR):
        extension._make_usable_in_child()
    assert "no such lock" in caplog.text


def test_what_starts_and_stops_is_the_feed_the_journal_and_the_alerts():
    """The real ones, with parts of paper: in which order, and that a fork reaches them all."""
    said = []

    class Part:
        def __init__(self, name):
            self.name = name

        def __getattr__(self, act):
            return lambda *_, **__: said.append(f"{self.name}.{act}")

    parts = {name: Part(name) for name in (
        "ring", "board", "record", "intake", "listener", "journal", "alerts", "commands", "notifications", "history")}
    all_of_it = services.Services(settings=QUIET, **parts)
    all_of_it.start()
    all_of_it.stop()
    assert said == ["alerts.start", "listener.start", "journal.start", "notifications.start", "history.start",
                    "notifications.end", "listener.stop", "journal.end", "history.end", "alerts.end",
                    "journal.stop", "history.stop", "alerts.stop", "notifications.stop"]
    said.clear()
    all_of_it.reset_after_fork()
    assert {one.partition(".")[0] for one in said} == parts.keys()


def test_the_history_lets_go_first_what_answers_wait_for():
    waited, begins = [], []

    class Part:
        def __init__(self, name):
            self.name = name

        def start(self, after=None):
            begins.append((self.name, after))

        def wait_for_look(self, limit_s):
            waited.append((self.name, limit_s))

    parts = {name: Part(name) for name in (
        "ring", "board", "record", "intake", "listener", "journal", "alerts", "commands", "notifications", "history")}
    services.Services(settings=QUIET, **parts).start()
    assert waited == []  # whoever starts the console does not wait
    (after,) = [after for _, after in begins if after is not None]
    assert begins[-1] == ("history", after)
    after()
    assert waited == [(name, services.GIVE_WAY_S) for name in ("alerts", "notifications", "journal")]


@pytest.mark.parametrize(("hanging", "waits"), [
    ((), [1.0, 2.0, 2.0, 2.0, 2.0]),
    (("listener",), [1.0, 1.0, 1.0, 1.0, 1.0]),
    (("journal", "alerts"), [1.0, 2.0, 0.0, 0.0, 0.0]),
    (("listener", "journal", "history", "alerts", "notifications"), [1.0, 1.0, 0.0, 0.0, 0.0])])
def test_the_end_takes_two_seconds_whatever_hangs(hanging, waits):
    now, waited = [50.0], []

    class Part:
        def __init__(self, name):
            self.name = name

        def end(self):
            pass

        def stop(self, timeout_s):
            waited.append(timeout_s)
            now[0] += timeout_s if self.name in hanging else 0.0

    parts = {name: Part(name) for name in (
        "ring", "board", "record", "intake", "listener", "journal", "alerts", "commands", "notifications", "history")}
    services.Services(settings=QUIET, **parts).stop(lambda: now[0])
    assert waited == waits and now[0] <= 52.0
