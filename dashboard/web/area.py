"""Which part of the host a request is for: the page, the REST API, or something that is none of our business."""

from __future__ import annotations

from enum import Enum

from flask import Request, request

from dashboard.settings import Settings

# Below a page: files a browser may keep, since their addresses carry a version or a time of change.
STATIC_FOLDERS = frozenset({"_dash-component-suites", "assets", "bootstrap", "plotly"})


class Area(Enum):
    """What kind of answer a request under our prefixes expects."""

    DOCUMENT = "document"  # a person's browser asks for the page: a refusal may be a redirect or a small page
    DATA = "data"  # Dash's own requests: a refusal is JSON, or its renderer hangs
    STATIC = "static"  # scripts and styles
    API = "api"
    STORE_EVENT = "store-event"  # a machine with a shared secret, no session


class Areas:
    """Tells the areas apart by prefix. One comparison of strings for a page of the host."""

    def __init__(self, settings: Settings) -> None:
        self.page = settings.page_prefix
        self.api = settings.api_prefix
        self.store_event = settings.api_prefix + "/store-event"
        self._prefixes = (self.page, self.api)

    def current(self) -> Area | None:
        """The area of the request being served, or None where it is the host's."""
        return self.of(request)

    def of(self, asked: Request) -> Area | None:
        """The area of a request, or None where it is the host's.

        The matched rule decides first, since a path can be written in more than one way; the path decides
        where no rule matched, or where a catch-all of the host matched below our prefix.
        """
        rule = asked.url_rule.rule if asked.url_rule is not None else ""
        if not asked.path.startswith(self._prefixes) and not rule.startswith(self._prefixes):
            return None
        in_api = _within(self.api, rule) or _within(self.api, asked.path)
        in_page = _within(self.page, rule) or _within(self.page, asked.path)
        if in_api and (not in_page or len(self.api) > len(self.page)):
            is_event = rule == self.store_event and asked.method == "POST"
            return Area.STORE_EVENT if is_event else Area.API
        return self._page_area(asked) if in_page else None

    def is_ours(self, asked: Request) -> bool:
        """False where a catch-all rule of the host matched a path below one of our prefixes."""
        rule = asked.url_rule.rule if asked.url_rule is not None else ""
        return _within(self.api if self.of(asked) is Area.API else self.page, rule)

    def _page_area(self, asked: Request) -> Area:
        folders = _folders(asked.url_rule.rule if asked.url_rule is not None else asked.path)
        if not STATIC_FOLDERS.isdisjoint(folders):
            return Area.STATIC
        is_data = any(part.startswith("_") for part in asked.path[len(self.page):].split("/"))
        return Area.DOCUMENT if asked.method in ("GET", "HEAD") and not is_data else Area.DATA


def _folders(path: str) -> list[str]:
    """What lies before the last part of a path: a catch-all's placeholder may hold any words, and counts as one."""
    return path.split("/")[:-1]


def _within(prefix: str, path: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/")
