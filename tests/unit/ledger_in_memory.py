"""What `Ledger` does in Redis, over plain dicts: for several notifiers in one test, with a clock of the test's."""

from __future__ import annotations

import redis

from dashboard.notifications.dispatch import Flight
from dashboard.notifications.ledger import LEASE_S, LOG_KEPT, Pulse, Put, Stored
from dashboard.notifications.notifier import Notifier
from dashboard.settings import Settings
from tests.unit.notification_parts import describe


class LedgerInMemory:
    """One for all notifiers of a test. `reachable`, and `swallows` (the next write is made and its answer lost), are
    for tests to set; so is `set_by_s`, by which the clocks of the processes were set: Redis's was not."""

    def __init__(self, clock):
        self.clock = clock
        self.reachable = True
        self.swallows = False
        self.set_by_s = 0.0
        self.epochs = 0
        self.lose_everything()

    def lose_everything(self) -> None:
        self.epochs += 1
        self.owner, self.lease_until = "", 0.0
        self.stored_routes: dict[str, Stored] = {}
        self.stored_groups: dict[str, bytes] = {}
        self.stored: dict[str, Stored] = {}
        self.revisions: dict[str, int] = {}
        self.queue: dict[str, float] = {}
        self.routes_revision = self.revision = 0

    def _reach(self) -> None:
        if not self.reachable:
            raise redis.ConnectionError("redis://:hunter2@10.0.0.1 is away")

    def _leader(self) -> str:
        return self.owner if self.lease_until > self.clock() else ""

    def pulse(self, owner: str, wants_to_lead: bool) -> Pulse:
        self._reach()
        if wants_to_lead and self._leader() in ("", owner):
            self.owner, self.lease_until = owner, self.clock() + LEASE_S
        due = sorted((at, key) for key, at in self.queue.items() if at <= self.clock())
        return Pulse(self._leader(), str(self.epochs), self.routes_revision, self.revision,
                     round(self.clock() * 1_000_000),
                     tuple(key for _, key in due) if self._leader() == owner else ())

    def release(self, owner: str) -> None:
        self._reach()
        if self.owner == owner:
            self.owner = ""

    def routes(self) -> dict[str, Stored]:
        self._reach()
        return dict(self.stored_routes)

    def route(self, route_id: str) -> Stored | None:
        self._reach()
        return self.stored_routes.get(route_id)

    def put_route(self, route_id, token, body, deadline_us=0):
        self._reach()
        present = self.stored_routes.get(route_id)
        if (present.token if present else "") != token:
            return "conflict", present
        self.routes_revision += 1
        new = f"r{self.routes_revision}"
        if body:
            self.stored_routes[route_id] = Stored(new, body)
        else:
            self.stored_routes.pop(route_id, None)
        return new, None

    def restore_routes(self, routes) -> None:
        for route_id, body in routes.items():
            self.put_route(route_id, "", body)

    def groups(self) -> dict[str, bytes]:
        self._reach()
        return dict(self.stored_groups)

    def delivery(self, delivery_id: str) -> Stored | None:
        self._reach()
        return self.stored.get(delivery_id)

    def forget(self, delivery_id: str) -> None:
        self.queue.pop(delivery_id, None)

    def changes(self, since: int):
        self._reach()
        changed = sorted((revision, key) for key, revision in self.revisions.items() if revision > since)
        return [(key, self.stored[key]) for _, key in changed], self.revision, True

    def apply(self, leader: str, groups, puts: list[Put], deadline_us: int = 0) -> str:
        self._reach()
        answer = self._apply(leader, groups, puts)
        if self.swallows:
            self.swallows = False
            raise redis.TimeoutError("done, and nobody is told")
        return answer

    def _apply(self, leader: str, groups, puts: list[Put]) -> str:
        if leader and self._leader() != leader:
            return "leader"
        for put in puts:
            present = self.stored.get(put.id)
            if (present.token if present else "") != put.token:
                return "conflict"
        for name, value in groups.items():
            if value:
                self.stored_groups[name] = value
            else:
                self.stored_groups.pop(name, None)
        for put in puts:
            self.revision += 1
            self.stored[put.id], self.revisions[put.id] = Stored(put.new_token, put.body), self.revision
            if put.pause_s is None:
                self.queue.pop(put.id, None)
            else:
                self.queue[put.id] = self.clock() + put.pause_s
        finished = sorted((self.revisions[key], key) for key in self.stored if key not in self.queue)
        for _, key in finished[:max(0, len(finished) - LOG_KEPT)]:
            del self.stored[key], self.revisions[key]
        return "written"

    def time_us(self) -> int:
        self._reach()
        return round(self.clock() * 1_000_000)

    def close(self) -> None:
        return


class PaperNotifier(Notifier):
    """A notifier over such a ledger; what it sends it sends at once, in the test's own thread."""

    def __init__(self, ledger: LedgerInMemory, alerts, send, **settings):
        self.paper = ledger
        super().__init__(Settings(**settings), alerts, clock=lambda: ledger.clock() + ledger.set_by_s,
                         monotonic=ledger.clock, send=send, describe=describe)

    def _connected(self, socket_timeout_s: float):
        return self.paper

    def _unconnected(self) -> None:
        super()._unconnected()
        run = self._dispatch._run

        def start(flight: Flight) -> None:
            self._dispatch._flying.append(flight)
            run(flight)

        self._dispatch.start = start

    def settle(self, looks: int = 6) -> None:
        """As many looks at Redis as it takes to get done what can be done now."""
        for _ in range(looks):
            self.step()
