"""Connections that Redis is told to end, counted by what it answers: who asks for a kill has not killed anybody yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import psutil
import redis

from dashboard.feed.shared_journal import CLIENT_NAME as JOURNAL_NAME
from dashboard.feed.subscription import CLIENT_NAME as FEED_NAME
from tests.console_process import ConsoleProcess

Connection = dict[str, str]
"""A connection as `CLIENT LIST` tells it."""


class Killer:
    """`times`: how often Redis ended at least one connection; `connections`: how many it ended in all."""

    def __init__(self, client: redis.Redis):
        self._client = client
        self.times = self.connections = 0

    def kill(self, victims: Iterable[Connection]) -> bool:
        """Whether one of them was there to be ended."""
        ended = sum(self._client.client_kill_filter(_id=each["id"]) for each in victims)
        self.connections += ended
        self.times += ended > 0
        return ended > 0

    def open(self, names: Collection[str] = (FEED_NAME, JOURNAL_NAME)) -> list[Connection]:
        """The connections of that name."""
        return [each for each in self._client.client_list() if each["name"] in names]

    def listening(self) -> list[Connection]:
        """The connections that are subscribed; they have their name a moment before."""
        return [each for each in self.open({FEED_NAME}) if int(each["sub"])]


def those_of(console: ConsoleProcess, connections: Iterable[Connection]) -> list[Connection]:
    """The connections of this process, told by their ports."""
    ports = {each.laddr.port for each in psutil.Process(console.process.pid).net_connections("tcp") if each.laddr}
    return [each for each in connections if int(each["addr"].rpartition(":")[2]) in ports]
