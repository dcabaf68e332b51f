"""Processes that notify, as far as one process can be several: alerts to tell of, and routes to tell them by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.alerts.store import AlertStore
from dashboard.notifications.notifier import Notifier
from dashboard.settings import Settings
from tests.alert_events import trigger
from tests.servers import wait_for

SECRET = "hunter2"
GROUP_S = 0.3
QUICK = {"notify_group_s": GROUP_S, "notify_interval_s": 1.0}
LIMIT_S = 30.0  # Apprise takes a second to load, several where everybody works


class Process:
    """The alerts and the notifier of what could be a process, with their threads."""

    def __init__(self, server, claim_s: float = 60.0, **options):
        settings = Settings(redis_url=server.url, **QUICK | options)
        self.alerts = AlertStore(settings)
        self.notifier = Notifier(settings, self.alerts, claim_s=claim_s)
        self.alerts.start()
        self.notifier.start()
        wait_for(lambda: self.alerts.connected and self.notifier.status().connected)

    def stop(self):
        stopped = self.notifier.stop()
        self.alerts.stop()
        assert stopped

    def states(self):
        return [delivery.state for delivery in self.notifier.deliveries()]

    def settled(self, count):
        """As many deliveries, all of them finished."""
        wait_for(lambda: len(self.states()) == count and not set(self.states()) & {"waiting", "sending"}, LIMIT_S,
                 what=f"{count} deliveries")
        return self.notifier.deliveries()


@contextmanager
def running(server) -> Iterator[Process]:
    """A process that ends with the test."""
    one = Process(server)
    yield one
    one.stop()


def web(receiver, path=SECRET):
    return f"json://user:{SECRET}@127.0.0.1:{receiver.port}/{path}?+X-Token={SECRET}"


def mailbox(mail, password=SECRET):
    return (f"mailto://watch:{password}@127.0.0.1:{mail.port}?from=watch@example.com&to=team@example.com"
            "&mode=insecure")


def route(process, *urls, **more):
    return process.notifier.add_route({"name": "night", "urls": list(urls)} | more, "ada")


def fire(process, alert_id="cpu", **more):
    process.alerts.offer(trigger(alert_id, time.time(), **{"level": "CRITICAL"} | more))
