"""What happens to consoles while a script is told to them: the longer the script, the more often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import redis

from dashboard.feed.copies import LINES
from tests.console_process import ConsoleProcess
from tests.killed_connections import Killer, those_of
from tests.servers import RedisServer, wait_for

ONE, ALL = "one connection killed", "all of a process killed"
REPLACED, DELETED, EMPTIED = "a process killed with -9", "the journals deleted", "Redis restarted empty"
EVENTS_OF_ONE, EVENTS_OF_ALL = 200, 2_000  # one of them in so many events
CONSOLES = 5
JOURNAL = ("", ":keys", ":state", ":heard")


def faults_of(events: int) -> Counter[str]:
    """How often each happens in so many events; one connection to each console at least."""
    return Counter({ONE: max(CONSOLES, events // EVENTS_OF_ONE), ALL: max(1, events // EVENTS_OF_ALL),
                    REPLACED: 1, DELETED: 1, EMPTIED: 1})


class Faults:
    """`consoles` are one that is alone, under the first of the prefixes, and those that share the second.

    `begin` starts another one of these; `heard` returns once all consoles have heard all that was told. `happened`
    counts, connections by what Redis answered.
    """

    def __init__(self, server: RedisServer, client: redis.Redis, consoles: list[ConsoleProcess],
                 prefixes: tuple[str, str], begin: Callable[[], ConsoleProcess], heard: Callable[[], None],
                 seed: int = 9):
        self._server, self._client, self._consoles, self._prefixes = server, client, consoles, prefixes
        self._begin, self._heard, self._chance = begin, heard, random.Random(seed)
        self._happen = {ONE: self._kill_one, ALL: self._kill_all, REPLACED: self._replace, DELETED: self._delete,
                        EMPTIED: self._empty}
        self.happened: Counter[str] = Counter()

    def places(self, events: int, length: int) -> dict[int, str]:
        """Which of them happens after which of so many messages: evenly spread, and in any order, but for what happens
        once: that has much before it and much behind it."""
        wanted = faults_of(events)
        names = [*[ONE] * wanted[ONE], *[ALL] * wanted[ALL]]
        self._chance.shuffle(names)
        for quarter, name in enumerate((REPLACED, EMPTIED, DELETED), 1):
            names.insert(len(names) * quarter // 4, name)
        return {(place + 1) * length // (len(names) + 1): name for place, name in enumerate(names)}

    def happen(self, name: str) -> None:
        self._happen[name]()
        self.happened[name] += 1

    def _kill_one(self) -> None:
        """Of each console in turn, also of the one that is alone: the other one must be there then, and sure."""
        console, killer = self._consoles[self.happened[ONE] % CONSOLES], Killer(self._client)
        while not killer.times:
            wait_for(lambda: len(those_of(console, killer.listening())) == LINES and console.feed()["sure"],
                     what="both connections")
            killer.kill([self._chance.choice(those_of(console, killer.listening()))])

    def _kill_all(self) -> None:
        """Whatever one of those that share has open, for its alerts and its journal as well; the others go on."""
        console, killer = self._chance.choice(self._consoles[1:]), Killer(self._client)
        wait_for(lambda: killer.kill(those_of(console, self._client.client_list())), what="a connection to kill")

    def _replace(self) -> None:
        place = self._chance.randrange(1, CONSOLES)
        self._consoles[place].kill()
        self._consoles[place] = self._begin()

    def _delete(self) -> None:
        streams = [f"{prefix}:journal" for prefix in self._prefixes]
        wait_for(lambda: self._client.exists(*streams) == len(streams), what="both journals")
        self._client.delete(*(stream + rest for stream in streams for rest in JOURNAL))

    def _empty(self) -> None:
        """Nothing is told meanwhile: what is published while Redis is away reaches nobody."""
        self._heard()
        self._server.kill()
        self._server.start()
        killer = Killer(self._client)
        wait_for(lambda: len(killer.listening()) == LINES * CONSOLES, what="all connections to the new Redis")
        for console in self._consoles:
            console.wait_whole()
