"""A console at several Redis servers, whichever kind of group its file brings as the fixture `group`."""

from __future__ import annotations

import pytest

from dashboard.services import build
from dashboard.settings import Settings
from tests.feeds import Feed
from tests.servers import wait_for


@pytest.fixture(scope="module")
def settings(group):
    return Settings(redis_url=group.url, database_url="off")


@pytest.fixture(scope="module")
def feed(settings):
    feed = Feed(settings.redis_url).start()
    yield feed
    feed.stop()


@pytest.fixture(scope="module")
def services(settings):
    services = build(settings)
    services.start()
    wait_for(lambda: services.alerts.connected and services.listener.is_whole, what="the console")
    yield services
    services.stop()
