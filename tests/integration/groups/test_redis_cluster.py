"""A cluster of three nodes: the console's keys are on one, what is published is heard at all; nodes die, slots move."""

from __future__ import annotations

import time

import orjson
import pytest

from dashboard.feed.connection import connect
from tests.feeds import CHANNEL, Feed, update
from tests.integration.groups.under_load import ENOUGH, LAST_WORDS_S, is_master, lost, place, under_load
from tests.redis_groups import ClusterGroup
from tests.servers import wait_for
from tests.unit.web_host import API, csrf_headers, sign_in
from tests.unit.web_services import api_host

PLAIN = 5_000_000  # numbers of events that are only published


@pytest.fixture(scope="module")
def group():
    group = ClusterGroup()
    yield group
    group.close()


def test_two_lines_listen_at_two_nodes_and_hear_what_is_published_at_any(group, services, feed):
    told = sign_in(api_host(services).test_client()).get(API + "/status").json["feed"]
    assert told["server"] == group.url
    assert len(told["listens_at"]) == 2 and told["listens_at"][0] == place(group.owner)
    assert set(told["listens_at"]) <= set(map(place, group.nodes))
    assert told["warnings"] == []
    for number, node in enumerate(group.nodes):
        node.call("PUBLISH", CHANNEL, update(PLAIN + number))
    wait_for(lambda: {PLAIN + number for number in range(len(group.nodes))} <= set(feed.numbers), what="all four")
    assert feed.record.snapshot().duplicates == 0


def test_a_command_counts_who_listens_at_whatever_node(group, services):
    client = sign_in(api_host(services, protect=True).test_client())
    headers = csrf_headers(client)
    assert client.post(API + "/actions/FORCE_GC", headers=headers).json["receivers"] == 0
    with group.others[0].client() as producer, producer.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(services.settings.control_channel)
        wait_for(lambda: producer.pubsub_numsub(services.settings.control_channel)[0][1], what="the subscription")
        assert client.post(API + "/actions/FORCE_GC", headers=headers).json["receivers"] == 1
        told = wait_for(lambda: channel.get_message(timeout=1.0), what="the command")
        assert orjson.loads(told["data"])["action"] == "FORCE_GC"


def test_the_node_with_the_keys_is_killed_under_load_and_nothing_is_missed(group, settings, feed, services):
    with under_load(settings, feed, 0) as load:
        with connect(settings) as client:
            client.publish(CHANNEL, orjson.dumps({
                "event_type": "ALERT_TRIGGERED", "source": "it", "alert": {"id": "a", "level": "error"}}))
        alert, = wait_for(lambda: services.alerts.find("a"), what="the alert")
        services.alerts.acknowledge(alert.key, "ada", "before", None)
        group.owner.kill()
        load.died_at = time.time()
        group.others[0].call("PUBLISH", CHANNEL, update(PLAIN + 10))
        wait_for(lambda: PLAIN + 10 in feed.numbers, what="what is published elsewhere meanwhile")
        wait_for(lambda: is_master(group.replica), what="the replica with the keys")
        wait_for(lambda: services.alerts.connected, what="the alerts")
    assert all(load.died_at - LAST_WORDS_S < load.accepted[number] for number in lost(feed, load))
    assert feed.record.gaps == ()  # the other line listened at another node
    assert services.alerts.resolve(alert.key, "ada", "after").alert.acknowledged_by == "ada"
    in_all_journals(settings, feed)


def test_the_keys_are_moved_to_another_node_under_load(group, settings, feed, services):
    with under_load(settings, feed, 1_000_000) as load:
        load.died_at = time.time()
        group.move_slot(group.replica, group.others[1])
        wait_for(lambda: services.alerts.connected and feed.is_whole(), what="the console")
    assert lost(feed, load) == set()
    assert len(load.accepted) >= 2 * ENOUGH
    assert feed.record.gaps == ()
    with group.others[1].client() as client:
        wait_for(lambda: client.xlen("{monitoring}:journal") >= len(feed.numbers), what="the journal at its new place")
    in_all_journals(settings, feed)


def in_all_journals(settings, feed):
    """A console that starts now is told everything."""
    later = Feed(settings.redis_url).start()
    wait_for(lambda: set(later.numbers) >= set(feed.numbers), what="all of it in a console that starts afterwards")
    later.stop()
