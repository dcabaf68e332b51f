"""The host agent: measures this machine and publishes it as the contract describes. The reference producer.

    python -m dashboard.agent [--redis-url URL] [--source NAME] [--interval 5] [--disk /]
"""

from __future__ import annotations

import argparse
import gc
import logging
import queue
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import redis

from dashboard.control_listener import ControlListener
from dashboard.feed.connection import AddressError, connect
from dashboard.host_alerts import Cleared, HostAlerts, Raised
from dashboard.host_health import Trend, assess, recommend
from dashboard.host_metrics import HostReader, dotted
from dashboard.outbox import Outbox
from dashboard.publisher import Publisher, default_source
from dashboard.recorded_channel import RecordedChannel
from dashboard.redis_metrics import RedisReader
from dashboard.settings import SettingError, Settings

log = logging.getLogger(__name__)

INTERVAL_S = 5.0
INTERVALS_S = (1.0, 60.0)
HEALTH_EVERY_S = 30.0
FIRST_AFTER_S = 1.0  # CPU figures are means since the reading before: one second says something
TOO_SOON_S = 0.5  # a mean or a rate over less, because a command had it measured in between, is noise in every chart
CPU_MEAN_S = 60.0  # health is judged by the last minute: a score that follows every burst says nothing
OPEN_ALERTS_KEPT_S = 7 * 24 * 3600  # an agent that stays away for longer has forgotten what it left open
COMMANDS_KEPT = 100  # of a flood the rest is not worth keeping
STOP = {"action": ""}


class Agent:
    """Measures, judges and publishes, all in the thread that calls `run`; one more thread listens for commands."""

    def __init__(
        self,
        settings: Settings,
        *,
        source: str = "",
        interval_s: float = INTERVAL_S,
        disk: str = "/",
        client: redis.Redis | None = None,
        host: HostReader | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        """Opens no connection yet. Raises AddressError where the Redis URL cannot be read."""
        self.source = source or default_source(socket.gethostname())
        self.interval_s = interval_s
        self._clock, self._monotonic = clock, monotonic
        self._client = connect(settings) if client is None else client
        self._outbox = Outbox(
            RecordedChannel(self._client, settings=settings, clock=clock) if settings.journal else self._client,
            expendable=lambda message: b'"METRIC_UPDATE"' in message[:60], monotonic=monotonic,
        )  # fmt: skip
        self._publisher = Publisher(self._outbox, settings.channel, self.source, clock=clock)
        self._host = HostReader(disk, monotonic=monotonic) if host is None else host
        self._redis = RedisReader(self._client, monotonic=monotonic)
        self._control = ControlListener(lambda: connect(settings), settings.control_channel, self._arrived)
        self._alerts = HostAlerts()
        self._alerts_key = f"{settings.key_prefix}:agent:{self.source}:open"
        self._alerts_known = False  # whether what an earlier run left open has been read
        self._alerts_kept: dict[str, str] | None = None
        self._trends = {"cpu": Trend(100.0), "memory": Trend(self._host.memory_total_mb)}
        self._cpu: deque[tuple[float, float]] = deque()
        self._health: dict[str, Any] | None = None
        self._measured_at = float("-inf")
        self._own_figures: dict[str, Any] = {}
        # A SimpleQueue, since a signal handler puts into it: its `put` may interrupt itself.
        self._commands: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def run(self) -> None:
        """Publish until `stop` is called."""
        said = f"Measuring every {self.interval_s:g} s"
        self._publisher.system_status("RUNNING", said, uptime_seconds=self._host.uptime_s())
        self._control.start()
        next_measure = self._monotonic() + min(FIRST_AFTER_S, self.interval_s)
        next_health = next_measure
        while True:
            command = self._next_command(next_measure)
            if command is STOP:
                break
            if command is not None:
                self.obey(command)
                continue
            if self._just_measured():
                next_measure = self._measured_at + TOO_SOON_S
                continue
            self.measure()
            now = self._monotonic()
            if now >= next_health:
                self.check_health()
                next_health = now + HEALTH_EVERY_S
            # Kept to the beat, but after a machine's sleep the missed beats are not made up for.
            next_measure += self.interval_s
            if next_measure <= now:
                next_measure = now + self.interval_s
        self._publisher.system_status("stopping", "The agent was asked to stop")
        self._control.stop()
        self._publisher.system_status("stopped", "The agent has stopped; nothing watches this machine")
        self._client.close()

    def stop(self, *_: object) -> None:
        """Make `run` return; may be called from a signal handler and from any thread."""
        self._commands.put(STOP)

    def measure(self) -> dict[str, Any]:
        """One round: measure, publish, judge. Returns the figures by dotted name."""
        at, now = self._clock(), self._monotonic()
        self._measured_at = now
        # Its own figures are taken once a round: a second mean right after the first would say nothing.
        self._own_figures = self._own()
        metrics = {"system": self._host.system(), "redis": self._redis.read(), "agent": self._own_figures}
        figures = dotted(metrics)
        trends = self._follow(figures, now)
        self._health = assess(figures | self._mean_cpu(figures, now))
        self._publisher.metric_update(
            metrics,
            health_score=self._health,
            trends=trends,
            recommendations=recommend(figures, trends, self._host.cores, self._host.memory_total_mb),
            at=at,
        )
        self._watch(figures, now)
        return figures

    def check_health(self) -> None:
        """Publish a HEALTH_CHECK from the newest figures; measures where there are none yet."""
        if self._health is None:
            self.measure()
        health = self._health or {}
        self._publisher.health_check(
            health["overall"],
            health["status"],
            health["components"] | {"agent": {"status": "healthy", "details": self._own_figures}},
            uptime_seconds=self._host.uptime_s(),
        )

    def obey(self, command: Mapping[str, Any]) -> None:
        """Do what a command says, and answer it where it carries a `request_id`."""
        action, request_id = command["action"], command.get("request_id")
        if command.get("source") not in (None, "", self.source):
            return  # for another producer
        if action in ("ALERT_ACKNOWLEDGED", "ALERT_RESOLVED"):
            if self._alert_was_worked(action, str(command.get("alert_id"))):
                self._answer(request_id, "done")
            return
        if action == "FORCE_HEALTH_CHECK":
            self._answer(request_id, "received")
            if not self._just_measured():
                self.measure()
            self.check_health()
            score = self._health["overall"]
            found = "No health score" if score is None else f"Health score {score:g}"
            self._answer(request_id, "done", f"{found}, {self._health['reason']}")
        elif action == "FORCE_GC":
            self._answer(request_id, "received")
            self._answer(request_id, "done", f"{gc.collect()} objects that nobody used were freed in {self.source}")
        else:
            self._answer(request_id, "failed", f"{self.source}: this agent does not know {action}")

    def _next_command(self, until: float) -> dict[str, Any] | None:
        """The next command, or None when it is time to measure."""
        while True:
            wait_s = until - self._monotonic()
            if wait_s <= 0:
                return None
            try:
                # With messages waiting, look after them more often than it is measured.
                return self._commands.get(timeout=min(wait_s, 0.5) if self._outbox.backlog else wait_s)
            except queue.Empty:
                self._outbox.flush()

    def _just_measured(self) -> bool:
        return self._monotonic() - self._measured_at < TOO_SOON_S

    def _arrived(self, command: dict[str, Any]) -> None:
        if self._commands.qsize() < COMMANDS_KEPT:
            self._commands.put(command)

    def _answer(self, request_id: object, status: str, message: str = "") -> None:
        if isinstance(request_id, str) and request_id:
            self._publisher.command_result(request_id[:200], status, message)

    def _own(self) -> dict[str, Any]:
        outbox = self._outbox
        counted = {"published_total": outbox.sent, "dropped_total": outbox.dropped, "backlog": outbox.backlog}
        own = self._host.own() | counted
        if outbox.publish_ms is not None:
            own["publish_ms"] = round(outbox.publish_ms, 2)
        return own

    def _follow(self, figures: Mapping[str, Any], now: float) -> dict[str, Any]:
        for name, metric in (("cpu", "system.cpu_percent"), ("memory", "system.memory_mb")):
            if metric in figures:
                self._trends[name].add(now, figures[metric])
        found = {name: trend.read() for name, trend in self._trends.items()}
        return {name: trend for name, trend in found.items() if trend is not None}

    def _mean_cpu(self, figures: Mapping[str, Any], now: float) -> dict[str, float]:
        if "system.cpu_percent" not in figures:
            return {}
        self._cpu.append((now, figures["system.cpu_percent"]))
        while self._cpu[0][0] < now - CPU_MEAN_S:
            self._cpu.popleft()
        return {"system.cpu_percent": round(sum(value for _, value in self._cpu) / len(self._cpu), 1)}

    def _watch(self, figures: Mapping[str, Any], now: float) -> None:
        if not self._alerts_known:
            self._read_open_alerts(now)
        for told in self._alerts.offer(figures, now):
            if isinstance(told, Raised):
                self._publisher.alert_triggered(told.id, told.level, told.component, told.message,
                                                details=told.details, suggested_actions=told.actions)
            elif isinstance(told, Cleared):
                self._publisher.alert_resolved(told.id, resolved_by=self.source, notes=told.notes)
        self._keep_open_alerts()

    def _alert_was_worked(self, action: str, alert_id: str) -> bool:
        """Take note of what a person did; False where the alert is none of ours, which is nobody's failure."""
        if action == "ALERT_ACKNOWLEDGED":
            return self._alerts.acknowledged(alert_id)
        ours = self._alerts.resolved(alert_id)
        self._keep_open_alerts()
        return ours

    def _read_open_alerts(self, now: float) -> None:
        """What an earlier run left open: without it nobody would ever resolve that."""
        try:
            kept = orjson.loads(self._client.get(self._alerts_key) or b"{}")
        except (redis.RedisError, OSError):
            return  # tried again with the next measurement
        except ValueError:
            kept = {}
        self._alerts_known = True
        if isinstance(kept, dict):
            self._alerts_kept = kept
            self._alerts.restore(kept, now)

    def _keep_open_alerts(self) -> None:
        found = self._alerts.open
        if not self._alerts_known or found == self._alerts_kept or not self._outbox.connected:
            return
        try:
            self._client.set(self._alerts_key, orjson.dumps(found), ex=OPEN_ALERTS_KEPT_S)
        except (redis.RedisError, OSError):
            return  # tried again with the next measurement
        self._alerts_kept = found


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line. Exits with a message where it cannot be understood."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.agent", description="Publishes what this machine does.")
    parser.add_argument("--redis-url", help="instead of REDIS_URL; mind that others see a command line")
    parser.add_argument("--source", default="", help="name on the page (default: host-agent@ and the host's name)")
    parser.add_argument("--interval", type=float, default=INTERVAL_S, help="seconds between two updates (default: 5)")
    parser.add_argument("--disk", default="/", help="path whose file system is watched (default: /)")
    options = parser.parse_args(argv)
    if not INTERVALS_S[0] <= options.interval <= INTERVALS_S[1]:
        parser.error("--interval must be between {:g} and {:g} seconds".format(*INTERVALS_S))
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM. Returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options = arguments(argv)
    try:
        settings = Settings.from_env(**({"redis_url": options.redis_url} if options.redis_url else {}))
        agent = Agent(settings, source=options.source, interval_s=options.interval, disk=options.disk)
    except (SettingError, AddressError) as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, agent.stop)
    agent.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
