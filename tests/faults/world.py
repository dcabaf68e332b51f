"""Where faults happen: a host with the console as a process of its own, its Redis, its database, and a person."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import orjson
import requests

from dashboard.feed.copies import LINES
from tests.faults.delaying_proxy import DelayingProxy
from tests.faults.failing_disk import FailingDisk
from tests.faults.probe import METRIC, OF_ONE, SOURCE, Probe
from tests.faults.small_disk import SmallDisk
from tests.feeds import CHANNEL, update
from tests.integration.mounted import ALLOCATOR, GUNICORN, HOSTS, Host, Person, live, spoken_by, subscribers
from tests.page_client import PageState
from tests.servers import PostgresServer, RedisServer, wait_for
from tests.unit.web_host import API

LIMIT_S = 60.0  # the longest anything is waited for: the outage of a database that is noticed late, on a busy machine
START_LIMIT_S = 90.0  # two interpreters that import Dash while a benchmark has the machine
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
TOGETHER = 50
PORTIONS = 100  # of what is published over some time
FURNISHED = "furnished"
PAST, OVER, OPEN = "past", 200, 30  # a source, and its alerts, where there is a past
WSGI = "gunicorn.app.wsgiapp"


class World:
    """`database`: sqlite, postgresql, off. `proxied`: Redis can be made slow. `compared`: beside a host without us.
    `workers`: of the host, with four threads each. `small_disk`: a database on a file system that can be filled,
    `failing_disk`: a SQLite file on one that can become read-only, where such can be made; else `disk` stays None.
    `preloaded`: the server loads everything before its port opens; `replaceable`: and can be told to put another one in
    its place. `past`: writes into the database (its URL) what is to be there before the console begins; then there are
    as many alerts as some weeks leave."""

    def __init__(self, *, database: str = "sqlite", proxied: bool = False, compared: bool = False,
                 started: bool = True, workers: int = 1, small_disk: bool = False, failing_disk: bool = False,
                 preloaded: bool = False, replaceable: bool = False, past: Callable[[str], None] | None = None,
                 **variables: str):
        self._stack = ExitStack()
        self.workers = workers
        self._database, self._proxied, self._compared = database, proxied, compared
        self._started, self._variables = started, variables
        self._small_disk, self._failing_disk = small_disk, failing_disk
        self._preloaded, self._replaceable = preloaded or replaceable, replaceable
        self._past = past
        self.disk: SmallDisk | FailingDisk | None = None
        self.bare: Host | None = None
        self.published = 0  # events of which each is to be known once
        self.ids: dict[str, str] = {}  # of what is there to be asked for, once Redis was

    def __enter__(self) -> World:
        try:
            return self._open()
        except BaseException:
            self._stack.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> World:
        stack = self._stack
        self.redis = RedisServer(*DURABLE)
        stack.callback(self.redis.close)
        if self._started:
            self.redis.start()
        self.redis_url = self.redis.url
        if self._proxied:
            self.proxy = DelayingProxy(self.redis.port)
            stack.callback(self.proxy.close)
            self.redis_url = self.proxy.url
        self._publisher = stack.enter_context(self.client(socket_timeout=150))  # also while Redis stands still
        self.folder = Path(tempfile.mkdtemp(prefix="monitoring-faults-"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.number = self.folder / "gunicorn.pid"  # of the server, where it is replaceable
        self.database_url = self._place()
        if self._past is not None:
            self._past(self.database_url)
        self.host = self._serve(GUNICORN)
        if self._compared:
            self.bare = Host(self.redis_url, *GUNICORN, "--threads", 4, f"{HOSTS}.bare_app:app")
            stack.callback(self.bare.kill)
            self._enter(self.bare)
        self.person = self._enter(self.host)
        if self._started:
            self.begin()
        return self

    def _place(self) -> str:
        """The URL of the database, on the disk it is to have."""
        if self._database == "off":
            return "off"
        if self._database == "postgresql":
            self.postgres = PostgresServer()
        with suppress(OSError):
            if self._small_disk:
                self.disk = SmallDisk(str(self.folder) if self._database == "sqlite" else self.postgres.folder)
            elif self._failing_disk:
                self.disk = FailingDisk()
        if self.disk is not None:
            self._stack.callback(self.disk.close)
        if self._database == "postgresql":
            self._stack.callback(self.postgres.close)  # before its disk
            return self.postgres.new_database(self.disk and self.disk.folder)
        self.database_file = Path(self.disk.folder if self.disk else self.folder, "history.sqlite3")
        return f"sqlite:///{self.database_file}"

    def begin(self) -> None:
        """Its Redis and what is to be there, of a world that began without."""
        if self.redis.process is None:
            self.redis.start()
        self.whole()
        self.publish_updates(20)
        self.nothing_lost()
        self.furnish()

    def furnish(self) -> None:
        """An alert, a silence and a route, of which none concerns anybody else."""
        if self._past is not None:
            for number in range(OVER + OPEN):
                name = f"past-{number}"
                self.publish(self.tell("ALERT_TRIGGERED", PAST, alert={
                    "id": name, "level": "ERROR", "component": f"part-{number % 9}", "message": "it was there"}))
                if number < OVER:
                    self.publish(self.tell("ALERT_RESOLVED", PAST, alert_id=name))
        self.publish(self.tell("ALERT_TRIGGERED", alert={"id": FURNISHED, "level": "INFO", "message": "it is there"}))
        made = {"silence": ("/silences", {"source": FURNISHED, "text": "nothing", "expires_in": "8h"}),
                "route": ("/routes", {"name": FURNISHED, "sources": [FURNISHED], "urls": ["json://127.0.0.1:9/x"]})}
        self.ids = {"alert": FURNISHED} | {what: self._made(path, body)[what]["id"]
                                           for what, (path, body) in made.items()}
        self.furnished()

    def furnished(self) -> None:
        """Wait until each worker knows all of it."""
        paths = [path.format(self.ids[what]) for what, path in OF_ONE.items()]
        self.until(lambda: all(answer.ok for path in paths for answer in self.of_each(path)), "all of it everywhere")

    def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.person.post(API + path, body)
        assert answer.ok, answer.text
        return answer.json()

    def _serve(self, program: tuple[str, ...]) -> Host:
        # The C library reads its variables once, so that each process would load all anew: two seconds, and no figure
        # of memory is taken where nothing is compared.
        variables = (ALLOCATOR if self._compared else {}) | self._variables
        more = ["--preload"] if self._preloaded else []
        if self._replaceable:  # `python -m gunicorn` cannot begin itself again: its folder hides the library's `http`
            program = WSGI, *program[1:]
            more += ["--pid", self.number]
        host = Host(self.redis_url, *program, "--workers", self.workers, "--threads", 4, *more,
                    f"{HOSTS}.mounted_fault:app", anew=self._replaceable, MONITORING_DATABASE_URL=self.database_url,
                    **variables)
        self._stack.callback(host.kill)
        return host

    def serve_again(self) -> None:
        """Another server at the address of the one before, which has ended; it need not answer yet."""
        before, (program, option, _) = self.host, GUNICORN
        self.host = self._serve((program, option, before.address.removeprefix("http://")))
        self.host.port, self.host.address = before.port, before.address

    @staticmethod
    def _enter(host: Host) -> Person:
        wait_for(host.answers, START_LIMIT_S, 0.05, "the host")
        return Person(host)

    # What the console says

    def status(self) -> dict[str, Any]:
        return self.person.get(API + "/status").json()

    def statuses(self) -> list[dict[str, Any]]:
        """The same of each worker."""
        return [each.json() for each in self.of_each("/status")]

    def of_each(self, path: str) -> list[requests.Response]:
        """What each worker answers."""
        if self.workers == 1:
            return [self.person.get(API + path)]
        return list(spoken_by(lambda: self.person.get(API + path), self.workers).values())

    def page(self) -> str:
        """All that a page shows which was opened just now, as the server sends it."""
        self.person.page_state = PageState()
        answer = self.person.tick()
        assert answer.ok, answer.status_code
        return answer.text

    def strip(self) -> dict[str, Any]:
        """What the strip of a page says."""
        self.person.page_state = PageState()
        return live(self.person.tick())["strip"]

    def until_shown(self, words: str) -> float:
        """Seconds until a page that is opened shows these words."""
        return self.until(lambda: words in self.page(), f"“{words}” on the page")

    def until(self, condition: Callable[[], Any], what: str) -> float:
        """Seconds until the condition holds."""
        began = time.monotonic()
        wait_for(condition, LIMIT_S, 0.02, what)
        return time.monotonic() - began

    @property
    def is_whole(self) -> bool:
        return len(subscribers(self.redis)) == LINES * self.workers and all(
            status["redis"] == "connected" and status["feed"]["journal"]["state"] == "connected"
            and status["alerts"]["connected"] and status["history"]["state"] in ("ready", "off")
            for status in self.statuses())

    def whole(self) -> float:
        """Seconds until everything is connected and written again."""
        return self.until(lambda: self.is_whole, "the console whole again")

    # What is published

    def client(self, **options: Any):
        return self.redis.client(**{"socket_timeout": 10} | options)

    def publish(self, *messages: bytes) -> None:
        """Each is one event that is to be known once."""
        with self._publisher.pipeline(transaction=False) as pipeline:
            for message in messages:
                pipeline.publish(CHANNEL, message)
            pipeline.execute()
        self.published += len(messages)

    def publish_over(self, seconds: float, messages: Sequence[bytes]) -> None:
        """The same, evenly, in so long a time."""
        began = time.monotonic()
        for number in range(PORTIONS):
            self.publish(*messages[len(messages) * number // PORTIONS:len(messages) * (number + 1) // PORTIONS])
            time.sleep(max(0.0, began + seconds * (number + 1) / PORTIONS - time.monotonic()))

    def tell(self, event_type: str, source: str = SOURCE, at: float | None = None, **body: Any) -> bytes:
        """An event as bytes; of two that are told one after the other the second is later."""
        return orjson.dumps({"event_type": event_type, "source": source,
                             "timestamp": time.time() if at is None else at} | body)

    def publish_updates(self, count: int, source: str = SOURCE) -> None:
        """Updates of their own, their numbers rising."""
        first = self.published
        for start in range(first, first + count, TOGETHER):
            self.publish(*(update(number, source=source) for number in range(
                start, min(start + TOGETHER, first + count))))

    def known(self) -> int:
        """Events that every worker knows."""
        return min(feed["accepted"] + feed["filled"] for feed in (status["feed"] for status in self.statuses()))

    def nothing_lost(self, limit_s: float = 20.0) -> int:
        """How many events are missing in the end (negative: known twice)."""
        with suppress(AssertionError):
            wait_for(lambda: self.known() >= self.published, limit_s, 0.05)
        return self.published - self.known()

    def newest(self) -> float | None:
        """The number of the newest update, as the console shows it."""
        return self.status()["latest_metrics"].get("metrics", {}).get("application", {}).get(METRIC.split(".")[1])

    def probing(self, full: bool) -> Probe:
        return Probe(self, full)
