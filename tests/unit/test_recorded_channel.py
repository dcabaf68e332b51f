"""A publisher that records: what it asks of Redis, and what it does where it may not write."""

from __future__ import annotations

import orjson
import pytest
import redis

from dashboard.events import parse
from dashboard.publisher import Publisher
from dashboard.recorded_channel import RecordedChannel
from dashboard.settings import Settings

MESSAGE = orjson.dumps({"event_type": "METRIC_UPDATE", "source": "pl", "timestamp": 1000.0, "event_id": "x" * 20,
                        "metrics": {"a": 1}})


class PaperRedis:
    def __init__(self):
        self.asked, self.published, self.error = [], [], None

    def register_script(self, text):
        def run(keys, arguments):
            if self.error:
                raise self.error
            self.asked.append((keys, arguments))
            return 3
        return run

    def publish(self, channel, message):
        self.published.append((channel, message))
        return 2

    def ping(self):
        return True


class World:
    def __init__(self, **options):
        self.redis, self.now = PaperRedis(), 1000.0
        self.channel = RecordedChannel(self.redis, clock=lambda: self.now, **options)

    def since(self):
        return self.redis.asked[-1][1][-1]


@pytest.fixture
def world():
    return World()


def test_one_script_records_under_the_key_a_console_gives_the_event(world):
    assert world.channel.publish("channel", MESSAGE) == 3
    keys, (_, events, size, age_ms, channel, message, key, received, source, since) = world.redis.asked[0]
    assert keys[0] == "{monitoring}:journal" and len(keys) == 4
    assert (events, size, age_ms) == (100_000, 64 * 2**20, 86_400_000)
    assert (channel, message, source) == ("channel", MESSAGE, "pl")
    assert key == parse(MESSAGE, 5.0).key
    assert (received, since) == ("1000.0", "1000.0")
    assert world.redis.published == []


def test_it_says_since_when_every_event_was_recorded(world):
    world.channel.publish("channel", MESSAGE)
    world.now = 1010.0
    world.channel.publish("channel", MESSAGE)
    assert world.since() == "1000.0"
    world.redis.error = redis.ConnectionError("away")
    with pytest.raises(redis.ConnectionError):
        world.channel.publish("channel", MESSAGE)
    world.redis.error, world.now = None, 1020.0
    world.channel.publish("channel", MESSAGE)
    assert world.since() == "1020.0"
    assert world.channel.unrecorded == 0


def test_where_nothing_may_be_written_it_publishes(world):
    world.channel.publish("channel", MESSAGE)
    world.redis.error = redis.exceptions.OutOfMemoryError("full")
    assert world.channel.publish("channel", MESSAGE) == 2
    assert (world.channel.unrecorded, world.redis.published) == (1, [("channel", MESSAGE)])
    world.redis.error, world.now = None, 1030.0
    world.channel.publish("channel", MESSAGE)
    assert world.since() == "1030.0"


def test_what_no_console_can_read_is_published_and_not_recorded(world):
    assert world.channel.publish("channel", b"no event") == 2
    assert (world.redis.asked, world.channel.unrecorded) == ([], 0)


def test_bounds_and_prefix_are_those_of_the_settings():
    world = World(settings=Settings(key_prefix="{x}", journal_events=500, journal_mb=2.0, journal_hours=1.0))
    world.channel.publish("channel", MESSAGE)
    keys, arguments = world.redis.asked[0]
    assert keys[0] == "{x}:journal"
    assert arguments[1:4] == [500, 2 * 2**20, 3_600_000]
    assert World(key_prefix="{y}", settings=Settings(key_prefix="{x}")).channel._keys[0] == "{y}:journal"


def test_a_publisher_records_where_it_is_told_the_prefix():
    paper = PaperRedis()
    assert Publisher(paper, source="pl", journal="{monitoring}").system_status("RUNNING") == 3
    assert Publisher(paper, source="pl").system_status("RUNNING") == 2
    assert len(paper.asked) == len(paper.published) == 1


def test_it_can_be_asked_whether_redis_answers(world):
    assert world.channel.ping()


@pytest.mark.parametrize("error", [
    redis.exceptions.ClusterDownError("The cluster is down"), redis.exceptions.TryAgainError("in a moment")])
def test_what_cannot_be_recorded_for_a_moment_is_not_sent_without_a_record(world, error):
    world.redis.error = error
    with pytest.raises(type(error)):
        world.channel.publish("channel", MESSAGE)
    assert world.redis.published == []
