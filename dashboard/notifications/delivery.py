"""Sending one message to one address. The one place that does, and it does so in the thread of its caller.

What comes back is whether the service took it, else why not in words of ours: what a library or a service says may
hold the address, so it is only searched for what is known to be harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from dashboard.notifications import addresses, apprise_quietly
from dashboard.notifications.message import TONE_BAD, TONE_GOOD, TONE_INFO, TONE_WARNING, Message
from dashboard.notifications.routes import RefusedAddress

_KINDS = {TONE_BAD: "failure", TONE_WARNING: "warning", TONE_INFO: "info", TONE_GOOD: "success"}
EXACT = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos", "rsyslog"})
"""Where a text is read as it is. Elsewhere it may be taken for notation: a mention, a link under another name."""
_NOTATION = (
    (re.compile(r"@(?=(?:everyone|here|all|channel|team|room)\b)", re.IGNORECASE), "@ "),
    (re.compile(r"(?<!\w)@(?=\w)"), "@ "),
    (re.compile(r"\]\("), "] ("),
    (re.compile(r"<(?=\S)"), "< "),
)
NOT_TAKEN = "The service did not take the message"
_HTTP = re.compile(r"\berror[=: ]+([1-5]\d\d)\b")
_SMTP = re.compile(r"\(([45]\d\d), b['\"]")
# What is searched for in what was said, the first that occurs; none of it quotes anything.
_REASONS = (
    ("CERTIFICATE_VERIFY_FAILED", "The TLS certificate of the service is not trusted"),
    ("SSLError", "The TLS connection to the service failed"),
    ("NameResolutionError", "The host name is unknown"),
    ("Name or service not known", "The host name is unknown"),
    ("name resolution", "The host name is unknown"),
    ("getaddrinfo", "The host name is unknown"),
    ("Connection refused", "Nothing answers at the address"),
    ("timed out", "The service did not answer in time"),
    ("Timeout", "The service did not answer in time"),
    ("unreachable", "There is no way to the service's network"),
    ("No route to host", "There is no way to the service's network"),
    ("unexpectedly closed", "The service closed the connection"),
    ("Connection aborted", "The service closed the connection"),
    ("onnection", "The connection to the service failed"),
    ("Sending email to", "The mail server refused the message"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a message was taken, else why not; `reason` holds nothing secret."""

    ok: bool
    reason: str = ""


class Send(Protocol):
    """Sends a message to a URL. Never raises."""

    def __call__(self, url: str, message: Message) -> Outcome: ...


class Sender:
    """Sends through Apprise. `app_name` and `app_url` say who sends, where a service has room for it."""

    def __init__(self, app_name: str, app_url: str = ""):
        self._app_name, self._app_url = app_name, app_url

    def __call__(self, url: str, message: Message) -> Outcome:
        with apprise_quietly.hushed():
            try:
                plugin = addresses.plugin_for(url, self._app_name, self._app_url)
            except RefusedAddress as refused:  # what was allowed once need not be by this version
                return Outcome(False, f"Refused: {refused}")
            try:
                exact = addresses.scheme_of(url, plugin) in EXACT
                title, text = (message.title, message.text) if exact else (inert(message.title), inert(message.text))
                taken, said = apprise_quietly.notify(plugin, title, text, _KINDS[message.tone])
            except Exception as error:  # its text may hold the address
                return Outcome(False, reason_of([repr(error)]))
            return Outcome(True) if taken else Outcome(False, reason_of(said))


def inert(text: str) -> str:
    """A text in which a chat finds neither a mention nor a link under another name: a space comes in between."""
    for notation, instead in _NOTATION:
        text = notation.sub(instead, text)
    return text


def reason_of(said: Iterable[str]) -> str:
    """Why a message was not taken, in words of ours, from what was said meanwhile."""
    whole = "\n".join(said)
    answered = _HTTP.search(whole)
    if answered is not None and not answered[1].startswith("2"):
        return f"The service answered {answered[1]}{_phrase(int(answered[1]))}"
    refused = _SMTP.search(whole)
    if refused is not None:
        return f"The mail server answered {refused[1]}"
    return next((told for words, told in _REASONS if words in whole), NOT_TAKEN)


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
