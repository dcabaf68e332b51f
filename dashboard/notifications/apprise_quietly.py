"""Apprise, loaded when it is first needed, and kept from telling what it knows.

Apprise and the libraries under it write addresses into the log: urllib3 the path of each request, Apprise a token it
does not like. So whatever they log while this module works is dropped, in this thread and in no other, and what a
service's own plugin says goes to a list that is only searched for known words.

Apprise takes about a second and some 20 MB to load. A console without routes never does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

OWN_LOGGERS = "dashboard"
CONNECT_AT_MOST_S, READ_AT_MOST_S = 10.0, 15.0
"""Of one answer of a service, whatever the URL asks for: a mail server that greets slowly is still heard."""
HEARD_KEPT = 200
"""Remarks of a plugin that are searched for the reason of a failure."""

_hushed: ContextVar[bool] = ContextVar("monitoring_notifications_hushed", default=False)


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _hushed.get()


class _Heard(logging.Handler):
    """Keeps what is said in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.said) < HEARD_KEPT:
            try:
                self.said.append(record.getMessage())
            except (TypeError, ValueError):
                return


_HUSH = _Hush()


@contextmanager
def hushed() -> Iterator[None]:
    """Nothing that others log in this thread reaches any handler meanwhile; what we log ourselves does.

    Loads Apprise first, with all its services: what it only loads later has loggers that are not hushed yet.
    """
    _services()
    for logger in [logging.getLogger(), *list(logging.root.manager.loggerDict.values())]:
        if isinstance(logger, logging.Logger) and logger.name.partition(".")[0] != OWN_LOGGERS:
            logger.addFilter(_HUSH)  # once each, however often
    token = _hushed.set(True)
    try:
        yield
    finally:
        _hushed.reset(token)


def service_class(schema: str) -> Any:
    """The class of the service that a schema stands for; None where there is none."""
    services = _services()
    return services[schema] if schema in services.schemas() else None


def _services() -> Any:
    from apprise import NotificationManager

    services = NotificationManager()
    services.schemas()
    return services


def options(url: str) -> set[str]:
    """Names of the options Apprise finds in a URL: it splits and trims them in ways of its own. Call it `hushed`."""
    from apprise.plugins import url_to_dict

    return {name.strip().lower() for name in (url_to_dict(url) or {}).get("qsd", {})}


def instantiate(url: str, app_name: str, app_url: str) -> Any:
    """The plugin that sends to `url`, within our bounds; None where Apprise cannot read it. Call it `hushed`."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id=app_name, app_desc=app_name, app_url=app_url,
        image_url_mask="", image_url_logo="",  # pictures of a foreign address
        async_mode=False, service_timeout=0,  # no threads of its own: the one that sends is ours
        interpret_escapes=False, interpret_emojis=False,  # what a producer sends is no notation
        pgp_autogen=False, pem_autogen=False,  # no files
    )
    plugin = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        return None
    # Options of the URL that would hide a failure, or make one thread wait for minutes.
    plugin.optional, plugin.retry, plugin.redirects = False, 0, False
    plugin.socket_connect_timeout = min(plugin.socket_connect_timeout, CONNECT_AT_MOST_S)
    plugin.socket_read_timeout = min(plugin.socket_read_timeout, READ_AT_MOST_S)
    return plugin


def notify(plugin: Any, title: str, text: str, kind: str) -> tuple[bool, list[str]]:
    """Send plain text with a plugin; whether it was taken, and what the plugin said of it. Call it `hushed`.

    `kind` is info, success, warning or failure. Raises whatever the plugin raises.
    """
    from apprise import Apprise, NotifyFormat, NotifyType, OverflowMode

    heard = _Heard()
    plugin.logger = logging.Logger("apprise plugin", logging.DEBUG)  # in nobody's tree of loggers
    plugin.logger.addHandler(heard)
    if "overflow_mode" not in vars(plugin):
        plugin.overflow_mode = OverflowMode.TRUNCATE  # the gravest comes first; ten text messages help nobody
    # Through Apprise, not the plugin itself: only so is plain text made inert for a service that speaks HTML.
    sender = Apprise(plugin, asset=plugin.asset)
    taken = sender.notify(text, title=title, notify_type=NotifyType(kind), body_format=NotifyFormat.TEXT)
    return bool(taken), heard.said
