"""Hosts with a mounted console as processes of their own, and a person who uses them over HTTP."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson
import psutil
import requests

from dashboard.feed.copies import LINES
from dashboard.feed.subscription import CLIENT_NAME
from dashboard.settings import Settings
from tests.described import described
from tests.forked import begin
from tests.page_client import PageState, tick_body
from tests.servers import RedisServer, free_port, wait_for
from tests.unit.web_host import API, PAGE

HOSTS = "tests.integration.hosts"
APP = f"{HOSTS}.mounted_app:app"
GUNICORN = ("gunicorn", "--bind", "127.0.0.1:PORT")
ONE_PROCESS = (*GUNICORN, "--threads", 4, APP)
START_LIMIT_S = 90.0  # several interpreters that import Dash on a busy machine
# About a second on an idle machine, a dozen where everybody works; gunicorn gives whoever hangs half a minute.
END_LIMIT_S = 25.0
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""As docs/deployment.md recommends it: the C library's own choice keeps what the largest answer of each thread took."""
# Whose interpreter must be a new one: what patches modules before anybody else loads them, what runs its own command
# line again, and the C library, which reads its variables once.
BEGUN_ANEW = {f"{HOSTS}.mounted_eventlet", "--debug", *ALLOCATOR}
SETTLED_S = 1.2  # a process that only watches notices within about a second
ASKED_AT_ONCE = 4
TOKEN = "secret for tests"


class Host:
    """A process that serves, on a port of its own; `module` and arguments as after `python -m`, `anew` as there."""

    def __init__(self, redis_url: str, *arguments: object, anew: bool = False, **environment: str):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        arguments = [str(self.port) if each == "PORT" else str(each).replace("PORT", str(self.port))
                     for each in arguments]
        variables = {"REDIS_URL": redis_url, "MONITORING_STORE_TOKEN": TOKEN} | environment
        anew = anew or not BEGUN_ANEW.isdisjoint([*arguments, *environment])
        self.process = begin(*arguments, variables=variables, anew=anew)

    def answers(self) -> bool:
        """Whether it serves yet; AssertionError where it has ended instead."""
        assert self.process.poll() is None, "the host has ended"
        try:
            return requests.get(self.address + "/own", timeout=5).ok
        except requests.RequestException:
            return False

    def started(self) -> Host:
        wait_for(self.answers, START_LIMIT_S, 0.05, "the host")
        return self

    def family(self) -> list[psutil.Process]:
        """The process and all it has started."""
        if self.process.poll() is not None:
            return []
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def stop(self) -> int:
        """End it as a service manager does; seconds until nothing of it was left."""
        family, began = self.family(), time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(END_LIMIT_S * 2)
        psutil.wait_procs(family, END_LIMIT_S * 2)
        return time.monotonic() - began

    def replace(self, number: Path, is_there: Callable[[], bool]) -> tuple[float, float]:
        """A new gunicorn in the place of this one (`--preload --pid NUMBER`), which is ended once `is_there`: the steps
        of docs/deployment.md. Seconds until the new one had loaded everything, and until the old one had ended."""
        old, began, beside = self.process, time.monotonic(), Path(f"{number}.2")
        old.send_signal(signal.SIGUSR2)

        def loaded() -> psutil.Process | None:
            text = beside.read_text().strip() if beside.exists() else ""
            found = psutil.Process(int(text)) if text else None
            return found if found is not None and found.children() else None

        new = wait_for(loaded, START_LIMIT_S, 0.05, "another server")
        loaded_s = time.monotonic() - began
        wait_for(is_there, START_LIMIT_S, 0.05, "what has to be there before the old one goes")
        old.send_signal(signal.SIGTERM)
        old.wait(END_LIMIT_S * 2)
        self.process = Adopted(new)
        return loaded_s, time.monotonic() - began

    def kill(self) -> None:
        for member in self.family():
            member.kill()
        self.process.wait(10)


class Adopted:
    """A process that another one began, and that has outlived it: as much of subprocess.Popen as is used here."""

    def __init__(self, process: psutil.Process):
        self._process, self.pid = process, process.pid
        self.send_signal, self.wait = process.send_signal, process.wait

    def poll(self) -> int | None:
        return None if self._process.is_running() else 0


def cpu_s(host: Host) -> float:
    """Seconds of processor of the host's processes so far."""
    return sum(sum(process.cpu_times()[:2]) for process in host.family())


def own_mb(process: psutil.Process) -> float:
    """Memory (MiB) that is in no file, what is shared after a fork in equal parts.

    With files it would change whenever another program ends that has loaded the same libraries.
    """
    found = re.search(r"^Pss_Anon:\s+(\d+) kB$", Path(f"/proc/{process.pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024


class Person:
    """Somebody signed in at a host; `root` is the path under which the whole host is mounted."""

    def __init__(self, host: Host, name: str = "ada", page: str = PAGE, api: str = API, root: str = ""):
        self.address, self.page, self.api, self.root = host.address + root, page, api, root
        self.session = requests.Session()
        # A connection that is kept alive stays with one worker, and gunicorn waits for its end when it stops.
        self.session.headers["Connection"] = "close"
        self.session.hooks["response"].append(self._is_as_described)
        self.answered_at = 0.0  # by `time.perf_counter`: when the last answer was whole
        self.get(f"/enter/{name}")
        self.page_state = PageState()

    def _is_as_described(self, answer: requests.Response, **_: object) -> None:
        """Whatever the API answers in a test is what its document says. To look takes its time, which is not the
        server's: `answered_at` is before."""
        body = answer.content
        self.answered_at = time.perf_counter()
        path = unquote(urlsplit(answer.url).path).removeprefix(self.root)
        described(self.api).check(str(answer.request.method), path, answer.status_code, answer.headers, body)

    def get(self, path: str, **options: object) -> requests.Response:
        return self.session.get(self.address + path, timeout=10, **options)

    def open_page(self) -> requests.Response:
        return self.get(self.page + "/")

    def status(self) -> requests.Response:
        return self.get(self.api + "/status")

    def post(self, path: str, json: object = None) -> requests.Response:
        """With the CSRF token, as scripts send it."""
        if "monitoring_csrf" not in self.session.cookies:
            self.status()
        return self.session.post(self.address + path, json=json, timeout=10,
                                 headers={"X-CSRFToken": self.session.cookies["monitoring_csrf"]})

    def tick(self) -> requests.Response:
        """One tick of an open page; what it holds is updated."""
        if self.page_state.asked == 0:
            self.dependencies = self.get(self.page + "/_dash-dependencies").json()
        answer = self.post(self.page + "/_dash-update-component",
                           tick_body(self.dependencies, self.page_state.question()))
        if answer.ok:
            self.page_state.take(live(answer))
        return answer


def live(answer: requests.Response) -> dict:
    """What a tick's answer brings for the scripts."""
    return answer.json()["response"]["live"]["data"]


def spoken_by(ask, processes: int) -> dict[str, requests.Response]:
    """An answer to `ask` of each of so many worker processes."""
    found: dict[str, requests.Response] = {}

    def all_spoke() -> bool:
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            for answer in pool.map(lambda _: ask(), range(ASKED_AT_ONCE)):
                found[answer.headers["X-Process"]] = answer
        return len(found) >= processes

    wait_for(all_spoke, what=f"an answer of each of {processes} workers")
    return found


def subscribers(server: RedisServer) -> list[str]:
    """Addresses of the connections that listen. They have their name a moment before they are subscribed."""
    with server.client() as client:
        return sorted(each["addr"] for each in client.client_list()
                      if each["name"] == CLIENT_NAME and int(each["sub"]))


def settles_at(server: RedisServer, processes: int) -> None:
    """The number of subscribers becomes that of so many processes and stays there."""
    count = LINES * processes
    wait_for(lambda: len(subscribers(server)) == count, START_LIMIT_S, 0.05, f"{count} subscribers")
    end = time.monotonic() + SETTLED_S
    stayed = subscribers(server)
    while time.monotonic() < end:
        assert subscribers(server) == stayed
        time.sleep(0.1)


def publish(server: RedisServer, event_type: str = "METRIC_UPDATE", **body: object) -> int:
    """Publishes one event; the number of processes that heard it, each with one connection or with all."""
    message = {"event_type": event_type, "source": "TickStockPL", "timestamp": time.time()} | body
    with server.client() as client:
        return -(-client.publish(Settings().channel, orjson.dumps(message)) // LINES)
