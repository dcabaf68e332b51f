"""A master, its replica and three Sentinels: the console finds the master by their word, also after it has died."""

from __future__ import annotations

import time

import orjson
import pytest

from dashboard.feed.connection import connect
from dashboard.feed.plain_words import plain_words
from dashboard.settings import Settings
from tests.feeds import CHANNEL, Feed
from tests.integration.groups.under_load import (
    ENOUGH,
    LAST_WORDS_S,
    is_master,
    lost,
    place,
    replication,
    under_load,
)
from tests.load import Load
from tests.redis_groups import SentinelGroup
from tests.servers import wait_for
from tests.unit.web_host import API, sign_in
from tests.unit.web_services import api_host

SECRET = "sentinels-own"


@pytest.fixture(scope="module")
def group():
    group = SentinelGroup(SECRET)
    yield group
    group.close()


def test_the_page_and_rest_name_the_sentinels_and_the_master_without_a_password(group, services):
    told = sign_in(api_host(services).test_client()).get(API + "/status").json["feed"]
    assert told["server"] == "redis+sentinel://" + ",".join(map(place, group.sentinels)) + "/main/0"
    assert told["listens_at"] == [place(group.master)]
    assert told["warnings"] == []
    assert SECRET not in orjson.dumps(told).decode()


def test_a_wrong_password_or_master_is_told_in_plain_words(group):
    for url, told in ((group.url.replace(SECRET, "wrong"), "None of the Sentinels could be asked: Redis refused the "
                       "password"), (group.url.replace("/main", "/other"),
                                     "The Sentinels know no master of the name in the Redis URL")):
        with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it has words
            connect(Settings(redis_url=url)).ping()
        assert plain_words(raised.value) == told


def test_the_master_is_killed_under_load_and_the_feed_goes_on_after_it(group, settings, feed, services):
    """All that was accepted is known, on the console that listened and on one that starts afterwards."""
    with under_load(settings, feed, 0) as load:
        with connect(settings) as client:
            client.publish(CHANNEL, orjson.dumps({
                "event_type": "ALERT_TRIGGERED", "source": "it", "alert": {"id": "a", "level": "error"}}))
        alert, = wait_for(lambda: services.alerts.find("a"), what="the alert")
        services.alerts.acknowledge(alert.key, "ada", "before", None)
        group.master.kill()
        load.died_at = time.time()
        wait_for(lambda: services.record.state == "disconnected", what="the loss noticed")
        wait_for(lambda: is_master(group.replica), what="the replica made master")
        wait_for(lambda: services.alerts.connected and services.listener.is_whole, what="the console at the new one")
    assert all(load.died_at - LAST_WORDS_S < load.accepted[number] for number in lost(feed, load))
    assert feed.record.places_of_lines() == (place(group.replica),)
    gap = feed.record.gaps[0]
    assert gap.start <= load.died_at + LAST_WORDS_S < gap.end
    assert services.alerts.resolve(alert.key, "ada", "after").alert.acknowledged_by == "ada"
    later = Feed(settings.redis_url).start()
    wait_for(lambda: set(later.numbers) >= set(feed.numbers), what="all of it in a console that starts afterwards")
    later.stop()


def test_what_a_replica_had_not_yet_when_its_master_died_is_written_again(group, settings, feed):
    """Replication is asynchronous: what the master had alone is gone with it, but for who heard it."""
    old, new = group.replica, group.master
    new.arguments = ["--replicaof", "127.0.0.1", str(old.port), *new.arguments]
    new.start()
    wait_for(lambda: replication(new).get("master_link_status") == "up", what="the old master as a replica")
    wait_for(lambda: all(sentinel.state()["num-slaves"] == 1 for sentinel in group.sentinels), what="Sentinels")
    load = Load(settings, 1_000_000)
    load.send(999_999)  # so that it is connected
    with old.client() as client:
        client.config_set("requirepass", "nobody knows")  # whoever is there stays; the replica does not come back
        client.client_kill_filter(_type="replica")
        for _ in range(ENOUGH):
            load.send(load.number)
            load.number += 1
        with new.client() as replica:
            assert replica.xlen("{monitoring}:journal") <= client.xlen("{monitoring}:journal") - ENOUGH
    wait_for(lambda: set(feed.numbers) >= set(load.accepted), what="the last events heard")
    old.kill()
    wait_for(lambda: is_master(new), what="the other one made master")
    later = Feed(settings.redis_url).start()
    wait_for(lambda: set(later.numbers) >= set(feed.numbers), what="all of it in a console that starts afterwards")
    later.stop()

