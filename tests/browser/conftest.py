"""Fixtures of the browser tests: a Redis and a host for each test, one Chromium for all of them.

The first visitor of a test comes in Chromium's own profile, the only one that keeps compiled scripts on disk: without
them every page takes a second more. Further visitors, and those with another kind of screen, have contexts of their
own, which outlive the test, since their process has the scripts compiled, too. Each test finds all of them without
cookies, storage and permissions.

Every error a page writes to its console, every script error and every dialog fails the test, but those it says it
expects.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from selenium.webdriver import ChromeOptions

from tests.browser.console import LIMIT_MS, Console
from tests.browser.host import Host
from tests.browser.publisher import Publisher, Subscriber
from tests.servers import RedisServer

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A second list of features replaces Playwright's, so what it names for any Chromium stands here, too. Ours is the popup
# of the address bar: two pages of the browser itself, loaded with each window.
FEATURES_OFF = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AvoidUnnecessaryBeforeUnloadCheckSync",
                "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
                "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "OptimizationHints",
                "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "Translate")
# All pages of the host in one process, whose engine knows the scripts by then: a process of its own for each page takes
# a fifth more of what it is to open it.
ONE_PROCESS = "--process-per-site"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESK = {"width": 1440, "height": 900}
# A zone that is not the server's: whatever mixes the two up shows.
VISITOR = {"viewport": DESK, "timezone_id": "Europe/Zurich", "locale": "en-GB"}
OF_A_PAGE = {"viewport", "color_scheme"}  # the rest of a screen belongs to a context
# What a page can leave behind, but cookies; the cache of files is not among it.
STORED = "local_storage,indexeddb,websql,cache_storage,service_workers,file_systems"
# Chromium must not offer in one test what was typed in another.
PREFERENCES = {"autofill": {"enabled": False, "profile_enabled": False}}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request would hide what a test says
expect.set_options(timeout=LIMIT_MS)


class Visitors:
    """The profile and the contexts made so far. Each has a page that no test uses: without any page of the host the
    host's process ends, and without any at all Chromium."""

    def __init__(self, profile: BrowserContext):
        self._kept = {profile: profile.pages[0]}
        self._alike: dict[str, list[BrowserContext]] = {_key({}): [profile]}

    def take(self, taken: list[BrowserContext], options: dict[str, Any], address: str) -> BrowserContext:
        """One with these options that is not among those `taken`, as if nobody had been here before."""
        alike = self._alike.setdefault(_key(options), [])
        context = next((each for each in alike if each not in taken), None)
        if context is None:
            context = self.make(options)
            self._kept[context] = context.new_page()
            alike.append(context)
        self._clear(context, address)
        return context

    def make(self, options: dict[str, Any]) -> BrowserContext:
        return next(iter(self._kept)).browser.new_context(**VISITOR | options)

    def leave(self, context: BrowserContext) -> None:
        if context not in self._kept:
            context.close()
            return
        for page in context.pages:
            if page is not self._kept[context]:
                page.close()

    def _clear(self, context: BrowserContext, address: str) -> None:
        """Forget who came before, but for the files that the browser keeps and what it has compiled of them."""
        kept = self._kept[context]
        assert context.pages == [kept]
        if not kept.url.startswith(address):
            kept.goto(address)
        context.clear_cookies()
        context.clear_permissions()
        devtools = context.new_cdp_session(kept)
        devtools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": STORED})
        devtools.detach()


def _key(options: dict[str, Any]) -> str:
    return json.dumps(options, sort_keys=True)


class Browsing:
    """Opens pages, as somebody who was never here before, and keeps what went wrong in them."""

    def __init__(self, visitors: Visitors, host: Host):
        self._visitors = visitors
        self._host = host
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self.troubles: list[str] = []

    def expect_trouble(self, *parts: str) -> None:
        """Errors whose text holds one of `parts` are part of this test."""
        self._expected += parts

    def context(self, user: str | None = "ada", alone: bool = False, **options) -> BrowserContext:
        """A new visitor, signed in as `user` through the host's login form. Others have the context after this test:
        what is set there must be its pages' alone, or be undone by `close`. A clock cannot be: for that one `alone`."""
        context = (self._visitors.make(options) if alone
                   else self._visitors.take(self._contexts, options, self._host.url))
        self._contexts.append(context)
        context.on("page", self._watch)
        if user is not None:
            self.sign_in(context, user)
        return context

    def sign_in(self, context: BrowserContext, user: str) -> None:
        address = self._host.url + "/login"
        token = TOKEN.search(context.request.get(address).text())[1]
        assert context.request.post(address, form={"csrf_token": token, "name": user}).ok

    def page(self, user: str | None = "ada", **options) -> Page:
        """An empty page of a new visitor."""
        if self._contexts or not options.keys() <= OF_A_PAGE:
            return self.context(user, **options).new_page()
        page = self.context(user).new_page()
        page.set_viewport_size(options.get("viewport", DESK))
        page.emulate_media(color_scheme=options.get("color_scheme"))
        return page

    def console(self, user: str | None = "ada", **options) -> Console:
        return Console(self.page(user, **options), self._host)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("console", lambda message: self.troubles.append(f"{message.text} {message.location.get('url', '')}")
                if message.type == "error" else None)
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(part in trouble for part in self._expected)]

    def close(self) -> None:
        for context in self._contexts:
            self._visitors.leave(context)
            context.remove_listener("page", self._watch)


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


@pytest.fixture(scope="session")
def profile_folder(tmp_path_factory) -> Path:
    """Outlives Chromium, which ends where tests of another package come in between."""
    folder = tmp_path_factory.mktemp("chromium")
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(PREFERENCES))
    return folder


@pytest.fixture(scope="package")
def profile(profile_folder) -> Iterator[BrowserContext]:
    """Chromium, with a profile on disk."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile_folder, executable_path=chromium_path(),
            args=[*FLAGS, ONE_PROCESS, f"--disable-features={','.join(FEATURES_OFF)}"], **VISITOR)
        yield context
        context.close()


@pytest.fixture(scope="package")
def visitors(profile) -> Visitors:
    return Visitors(profile)


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
def browsing(visitors: Visitors, host: Host) -> Iterator[Browsing]:
    browsing = Browsing(visitors, host)
    yield browsing
    browsing.close()
    assert browsing.unexpected() == []


@pytest.fixture
def console(browsing: Browsing) -> Console:
    """A page of an admin, not opened yet."""
    return browsing.console()
