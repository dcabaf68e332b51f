"""Bodies that come slowly, to gunicorn with its few threads: whose are waited for, and who waits meanwhile.

What happens under a server with a thread for each connection stands in `test_made_up_requests.py`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import orjson
import pytest

from tests.integration.mounted import APP, GUNICORN, Host, Person
from tests.integration.slow_body import SlowBody
from tests.servers import WAIT_LIMIT_S
from tests.unit.web_host import API

THREADS = 2
HELD_S = 1.0  # an answer takes some milliseconds
PATH = f"{API}/silences"
BODY = orjson.dumps({"source": "nobody", "text": "nothing", "expires_in": "1h"})


@pytest.fixture
def host(start):
    return start(*GUNICORN, "--threads", THREADS, APP).started()


def of_an_admin(host: Host, person: Person) -> SlowBody:
    person.status()  # a token that is new
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)
    return SlowBody(host, PATH, BODY, f"Cookie: {cookies}", f"X-CSRFToken: {person.session.cookies['monitoring_csrf']}")


def silences(person: Person) -> int:
    return len(person.get(PATH).json()["silences"])


def test_as_many_as_there_are_threads_hold_everybody_up_until_one_has_come(host):
    person, other = Person(host), Person(host, "grace")
    slow = [of_an_admin(host, person) for _ in range(THREADS)]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(ask) for ask in (other.status, lambda: other.get("/own"))]
        with pytest.raises(StillWaiting):
            waiting[0].result(HELD_S)
        assert not waiting[1].done()  # the host's own page waits like ours
        assert slow[0].complete() == 200
        assert [each.result(WAIT_LIMIT_S).status_code for each in waiting] == [200, 200]
    assert slow[1].complete() == 200
    assert silences(person) == THREADS


def test_one_fewer_holds_up_nobody_and_one_that_breaks_off_gives_its_thread_back(host):
    person = Person(host)
    slow = [of_an_admin(host, person) for _ in range(THREADS - 1)]
    assert person.status().ok
    slow.append(of_an_admin(host, person))
    for each in slow:
        each.close()
    assert person.status().ok
    assert silences(person) == 0


def test_strangers_are_refused_before_their_bodies_come(host):
    assert [each.answer() for each in [SlowBody(host, PATH, BODY) for _ in range(THREADS * 2)]] == [401] * THREADS * 2
    assert Person(host).status().ok
