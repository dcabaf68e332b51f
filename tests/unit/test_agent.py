"""The host agent with a machine and a Redis of paper: what it publishes, and what it does when told to."""

from __future__ import annotations

import json

import pytest

from dashboard import agent as agent_module
from dashboard import events
from dashboard.agent import Agent, arguments, default_source, main
from dashboard.control_listener import LARGEST_COMMAND, ControlListener, read_command
from dashboard.outbox import LONGEST_WAIT_S, SETTLE_S, Outbox
from dashboard.settings import Settings
from tests.unit.agent_world import PaperHost, PaperRedis, Watch, of_kind, told


@pytest.fixture
def server():
    return PaperRedis()


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def host():
    return PaperHost()


@pytest.fixture
def agent(server, host, watch):
    return Agent(
        Settings(journal=False), source="box", client=server, host=host, monotonic=watch,
        clock=lambda: 1_790_000_000 + watch.now,
    )  # fmt: skip


def test_one_round(agent, server):
    agent.measure()
    [update] = told(server)
    assert update.source == "box"
    assert update.metrics["system.cpu_percent"] == 10.0 and update.metrics["redis.memory_usage_mb"] == 50
    assert update.metrics["agent.memory_mb"] == 30.0 and update.facts["redis.connected"] is True
    assert update.health.score == 100 and {c.name for c in update.health.components} >= {"cpu", "memory", "disk"}
    assert update.trends == {} and update.recommendations == ()


def test_trends_come_when_there_is_enough_to_tell(agent, server, host, watch):
    for _ in range(40):
        host.figures["memory_mb"] += 10
        agent.measure()
        watch.now += 5
    trends = told(server)[-1].trends
    assert trends["memory"].direction == "increasing" and trends["memory"].prediction_1h == 8000
    assert trends["cpu"].direction == "stable"


def test_an_alert_from_beginning_to_end_and_over_a_restart(agent, server, host, watch):
    host.figures["disk_percent"] = 99.0
    for _ in range(8):
        agent.measure()
        watch.now += 5
    [alert] = of_kind(told(server), "alert_triggered")
    assert (alert.id, alert.level, alert.details["current_value"]) == ("host-disk", "CRITICAL", 99)
    assert json.loads(server.keys["{monitoring}:agent:box:open"]) == {"host-disk": "CRITICAL"}

    host.figures["disk_percent"] = 50.0
    again = Agent(Settings(journal=False), source="box", client=server, host=host, monotonic=watch)
    for _ in range(14):
        again.measure()
        watch.now += 5
    [over] = of_kind(told(server), "alert_resolved")
    assert (over.id, over.resolved_by) == ("host-disk", "box")
    assert json.loads(server.keys["{monitoring}:agent:box:open"]) == {}


def test_what_a_person_does_with_an_alert(agent, server, host, watch):
    host.figures["disk_percent"] = 99.0
    for _ in range(8):
        agent.measure()
        watch.now += 5
    told(server)
    agent.obey({"action": "ALERT_ACKNOWLEDGED", "alert_id": "host-disk", "request_id": "r1"})
    agent.obey({"action": "ALERT_RESOLVED", "alert_id": "somebody else's", "request_id": "r2"})
    agent.obey({"action": "ALERT_RESOLVED", "alert_id": "host-disk", "request_id": "r3"})
    assert [(event.request_id, event.status) for event in told(server)] == [("r1", "done"), ("r3", "done")]
    assert json.loads(server.keys["{monitoring}:agent:box:open"]) == {}


@pytest.mark.parametrize("kept", [b"no json", b"[1]", b'{"host-disk": 7}'])
def test_what_is_kept_may_be_nonsense(agent, server, kept):
    server.keys["{monitoring}:agent:box:open"] = kept
    agent.measure()
    assert len(told(server)) == 1


def test_a_forced_health_check(agent, server):
    agent.obey({"action": "FORCE_HEALTH_CHECK", "request_id": "r1"})
    found = told(server)
    assert [event.kind for event in found] == ["command_result", "metric_update", "health_check", "command_result"]
    assert [event.status for event in of_kind(found, "command_result")] == ["received", "done"]
    report = found[2].report
    assert report.score == 100 and report.uptime_s == 3600
    assert {component.name for component in report.components} == {"cpu", "memory", "disk", "redis", "agent"}


def test_a_health_check_right_after_a_round_judges_that_round(agent, server, watch):
    """CPU, rates: over a few milliseconds they would be noise, and a spike in every chart."""
    for pause_s, measured in ((0.0, 1), (0.4, 0), (0.2, 1)):
        watch.now += pause_s
        agent.obey({"action": "FORCE_HEALTH_CHECK", "request_id": "r1"})
        found = told(server)
        assert [len(of_kind(found, kind)) for kind in ("metric_update", "health_check")] == [measured, 1]


def test_a_round_that_falls_due_right_after_a_forced_one_waits(agent, server, watch, monkeypatch):
    """Forced a moment before the beat: the round comes half a second after it, and not at once."""
    due = []

    def next_command(until):
        if not due:
            due.append(until)
            watch.now = until - 0.1
            return {"action": "FORCE_HEALTH_CHECK", "request_id": "r1"}
        due.append(until)
        watch.now = max(watch.now, until)
        return agent_module.STOP if len(due) == 4 else None

    monkeypatch.setattr(agent._control, "start", lambda: None)
    monkeypatch.setattr(agent, "_next_command", next_command)
    agent.run()
    first, postponed = due[0], due[2]
    assert postponed - first == pytest.approx(0.4)
    assert len(of_kind(told(server), "metric_update")) == 2


def test_garbage_collection_says_what_it_did(agent, server):
    agent.obey({"action": "FORCE_GC", "request_id": "r1"})
    assert told(server)[-1].message.endswith("objects that nobody used were freed in box")


def test_what_it_does_not_know_it_says(agent, server):
    agent.obey({"action": "RESTART_WORKERS", "request_id": "r1"})
    [result] = told(server)
    assert (result.status, result.message) == ("failed", "box: this agent does not know RESTART_WORKERS")


def test_no_request_id_no_answer_and_not_for_another(agent, server):
    agent.obey({"action": "RESTART_WORKERS"})
    agent.obey({"action": "FORCE_GC", "request_id": 7})
    agent.obey({"action": "FORCE_GC", "request_id": "r1", "source": "another"})
    assert told(server) == []
    agent.check_health()
    assert [event.kind for event in told(server)] == ["metric_update", "health_check"]


def test_while_redis_is_away_it_measures_and_afterwards_tells(agent, server, watch):
    agent.measure()
    server.away = True
    for _ in range(4):
        watch.now += 5
        agent.measure()
    server.away = False
    watch.now += LONGEST_WAIT_S
    agent.measure()
    assert len(told(server)) == 1  # back, but its subscribers need a moment
    watch.now += SETTLE_S
    agent.measure()
    found = told(server)
    times = [event.time for event in found]
    assert len(found) == 6 and times == sorted(times)
    assert [event.facts["redis.connected"] for event in found] == [False] * 4 + [True] * 2
    assert found[1].health.components[-1].status == "critical"


def test_a_run_from_start_to_stop(agent, server, monkeypatch):
    monkeypatch.setattr(agent._control, "start", lambda: agent._arrived({"action": "FORCE_GC", "request_id": "r1"}))
    monkeypatch.setattr(agent, "measure", lambda: agent.stop())
    monkeypatch.setattr(agent, "check_health", lambda: None)
    monkeypatch.setattr(agent, "_next_command", lambda until: _take(agent))
    agent.run()
    found = told(server)
    assert [event.lifecycle for event in of_kind(found, "system_status")] == ["running", "stopping", "stopped"]
    assert [event.status for event in of_kind(found, "command_result")] == ["received", "done"]


def _take(agent):
    return None if agent._commands.empty() else agent._commands.get()


def test_a_flood_of_commands_is_cut(agent):
    for _ in range(1000):
        agent._arrived({"action": "FORCE_GC"})
    assert agent._commands.qsize() == agent_module.COMMANDS_KEPT


# --- the outbox ---


def test_the_outbox_drops_what_is_expendable_first(server, watch):
    outbox = Outbox(server, expendable=lambda message: message != b"alert", most_kept=3, monotonic=watch)
    server.away = True
    for message in (b"alert", b"1", b"2", b"3", b"4"):
        outbox.publish("c", message)
    assert (outbox.backlog, outbox.dropped, outbox.connected) == (3, 2, False)
    server.away = False
    for _ in range(2):
        watch.now += 60
        outbox.flush()
    assert server.published == [b"alert", b"3", b"4"]
    assert (outbox.backlog, outbox.sent) == (0, 3) and outbox.publish_ms is not None

    only = Outbox(server, expendable=lambda message: False, most_kept=1, monotonic=watch)
    server.away = True
    only.publish("c", b"1")
    only.publish("c", b"2")
    assert (only.backlog, only.dropped) == (1, 1)


def test_the_outbox_tries_less_and_less_often(server, watch):
    tries = []
    server.publish = server.ping = lambda *_: tries.append(watch.now) or server._answer(None)
    server.away = True
    outbox = Outbox(server, monotonic=watch, chance=lambda: 1.0)
    outbox.publish("c", b"1")
    for _ in range(600):
        watch.now += 0.25
        outbox.flush()
    waits = [b - a for a, b in zip(tries, tries[1:], strict=False)]
    assert waits[:5] == [0.5, 1, 2, 4, 8] and set(waits[5:]) == {10}


# --- commands ---


@pytest.mark.parametrize(
    "data",
    [b"", b"no json", b"[]", b"7", b'{"action": 7}', b'{"act": "x"}', b"\xff", b'{"action":"' + b"x" * LARGEST_COMMAND],
)
def test_what_is_no_command(data):
    assert read_command(data) is None


def test_a_command_is_read_in_any_case():
    assert read_command(b'{"action": " force_gc ", "x": 1}') == {"action": "FORCE_GC", "x": 1}


def test_a_command_that_cannot_be_delivered_ends_nothing():
    def deliver(command):
        raise RuntimeError("broken")

    listener = ControlListener(lambda: None, "control", deliver)
    listener._take({"type": "message", "data": b'{"action": "X"}'})
    listener._take({"type": "pong", "data": b""})
    listener._take({"type": "subscribe", "data": 1})
    assert listener.subscribed.is_set() and listener.stop()


# --- the command line ---


@pytest.mark.parametrize(
    "host, source",
    [("box", "host-agent@box"), ("", "host-agent"), ("latest-db7", "host-agent@la_-db7-a618de8e"),
     ("Simulator1", "host-agent@_1-d5fee727"), ("x" * 100, "host-agent@" + "x" * 100)],
)
def test_a_name_that_nobody_takes_for_a_simulator(host, source):
    assert default_source(host) == source and not events.is_simulated(source)


def test_no_two_machines_share_a_name_whatever_they_are_called():
    hosts = ["test-01", "test-02", "TEST-01", "latest-01", "_-01", "testest", "tetestst", "simtestulator",
             "Testsimulator", "x" * 101, "x" * 102, "test" * 30, "test" * 31]
    sources = {default_source(host) for host in hosts}
    assert len(sources) == len(hosts) and not any(map(events.is_simulated, sources))


@pytest.mark.parametrize("interval", ["0", "0.5", "61", "x", "nan"])
def test_an_interval_that_makes_no_sense(interval, capsys):
    with pytest.raises(SystemExit):
        arguments(["--interval", interval])


def test_it_says_why_it_cannot_start(capsys, monkeypatch):
    assert main(["--redis-url", "nonsense://:secret@x"]) == 2
    monkeypatch.setenv("REDIS_PORT", "many")
    assert main([]) == 2
    said = capsys.readouterr().err
    assert said.count("Cannot start") == 2 and "secret" not in said
