"""Fixtures of the browser tests: a Redis, a host and a browser context for each test, one Chromium for all of them.

Every error a page writes to its console, every script error and every dialog fails the test, but those it says it
expects.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator

import pytest
from coverage import Coverage
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from selenium.webdriver import ChromeOptions

from tests.browser.console import LIMIT_MS, Console
from tests.browser.host import Host
from tests.browser.publisher import Publisher, Subscriber
from tests.servers import RedisServer

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESK = {"width": 1440, "height": 900}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request would hide what a test says
expect.set_options(timeout=LIMIT_MS)


class Browsing:
    """Opens pages in contexts of their own and keeps what went wrong in them."""

    def __init__(self, chromium: Browser, host: Host):
        self._chromium = chromium
        self._host = host
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self.troubles: list[str] = []

    def expect_trouble(self, *parts: str) -> None:
        """Errors whose text holds one of `parts` are part of this test."""
        self._expected += parts

    def context(self, user: str | None = "ada", **options) -> BrowserContext:
        """A new visitor, signed in as `user` through the host's login form."""
        # A zone that is not the server's: whatever mixes the two up shows.
        context = self._chromium.new_context(
            **{"viewport": DESK, "timezone_id": "Europe/Zurich", "locale": "en-GB"} | options)
        self._contexts.append(context)
        context.on("page", self._watch)
        if user is not None:
            self.sign_in(context, user)
        return context

    def sign_in(self, context: BrowserContext, user: str) -> None:
        address = self._host.url + "/login"
        token = TOKEN.search(context.request.get(address).text())[1]
        assert context.request.post(address, form={"csrf_token": token, "name": user}).ok

    def console(self, user: str | None = "ada", **options) -> Console:
        return Console(self.context(user, **options).new_page(), self._host)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("console", lambda message: self.troubles.append(f"{message.text} {message.location.get('url', '')}")
                if message.type == "error" else None)
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(part in trouble for part in self._expected)]

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def chromium_path() -> str:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert path, "Chromium is missing: `make test` installs it"
    return path


def pytest_setup_options() -> ChromeOptions:
    """What dash's own driver (`dash_br`) starts Chromium with."""
    options = ChromeOptions()
    options.binary_location = chromium_path()
    for flag in (*FLAGS, "--headless=new", "--window-size=1440,900"):
        options.add_argument(flag)
    return options


@pytest.fixture(scope="package", autouse=True)
def uncovered() -> Iterator[None]:
    """Without coverage: it doubles what a host costs in the test's own process, and the pages wait for each answer."""
    measured = Coverage.current()
    if measured is not None:
        measured.stop()
    yield
    if measured is not None:
        measured.start()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer().start()
    yield server
    server.close()


@pytest.fixture
def host(redis_server: RedisServer) -> Iterator[Host]:
    host = Host(redis_server).start()
    yield host
    host.stop()


@pytest.fixture
def publisher(redis_server: RedisServer, host: Host) -> Publisher:
    """After the host, which is subscribed by now."""
    return Publisher(redis_server)


@pytest.fixture
def control(redis_server: RedisServer) -> Iterator[Subscriber]:
    """The producer's end of the control channel."""
    subscriber = Subscriber(redis_server)
    yield subscriber
    subscriber.close()


@pytest.fixture
def browsing(chromium: Browser, host: Host) -> Iterator[Browsing]:
    browsing = Browsing(chromium, host)
    yield browsing
    browsing.close()
    assert browsing.unexpected() == []


@pytest.fixture
def console(browsing: Browsing) -> Console:
    """A page of an admin, not opened yet."""
    return browsing.console()
