"""People who acknowledge alerts while a server is killed or replaced, and a producer beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.faults.probe import CUT_OFF
from tests.integration.mounted import Person
from tests.servers import wait_for
from tests.unit.web_host import API

if TYPE_CHECKING:
    from tests.faults.world import World

WRITE_EVERY_S = 0.05  # of all together twenty acknowledgements a second, and a hundred samples
AGAIN_WITHIN_S = 60.0
MADE_BEFORE = 409  # who clicks again is told that he has done it
NOT_YET = (404, 503)  # a worker that has just begun knows no such alert; Redis was too slow, and nothing was made


class Writer:
    """So many people: each acknowledges one alert after the other, and publishes beside it. `acknowledged`: those they
    were told so of. `cut_off`: those whose answer broke off, each with what was said when it was asked for again (0:
    nothing)."""

    def __init__(self, world: World, people: int = 1):
        self._world = world
        self._pause_s = WRITE_EVERY_S * people
        self._turn = threading.Lock()  # two samples of the same moment would be one
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(Person(world.host),), daemon=True)
                         for _ in range(people)]
        self.alerts = 0
        self.acknowledged: list[str] = []
        self.cut_off: dict[str, int] = {}
        self.asking: set[str] = set()

    def __enter__(self) -> Writer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(AGAIN_WITHIN_S + 10)

    @property
    def made_before(self) -> int:
        """How many that broke off had been made."""
        return list(self.cut_off.values()).count(MADE_BEFORE)

    def _run(self, person: Person) -> None:
        while not self._over.is_set():
            name = self._alert()

            def ask(name: str = name) -> int:
                return person.post(f"{API}/alerts/{name}/acknowledge", {"notes": name}).status_code

            try:
                while not self._over.wait(self._pause_s):
                    self.asking.add(name)
                    status = ask()
                    if status == 200:
                        self.acknowledged.append(name)
                    if status != 404:  # the worker that was asked has not heard of it yet
                        break
            except CUT_OFF:
                self.cut_off[name] = 0
                self.cut_off[name] = again(ask)
            self.asking.discard(name)

    def _alert(self) -> str:
        """A new one, and some samples."""
        with self._turn:
            self._world.publish_updates(5)
            name = f"written-{self._world.published}"
            self.alerts += 1
            self._world.publish(self._world.tell("ALERT_TRIGGERED", alert={"id": name, "level": "INFO",
                                                                           "message": "x"}))
        return name


def again(ask: Callable[[], int]) -> int:
    """What is told to somebody who clicks again until he is told that it is made, or why it cannot be."""
    def answered() -> int:
        try:
            status = ask()
        except CUT_OFF:
            return 0
        return 0 if status in NOT_YET else status

    return wait_for(answered, AGAIN_WITHIN_S, WRITE_EVERY_S, "an answer to the second click")
