"""Who is asking, as the host's Flask-Login knows it, and whether that person is an admin."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app

logger = logging.getLogger(__name__)

# A user name goes into control messages and alerts: long enough for an e-mail address, short enough for a table.
NAME_MAX_CHARS = 200

NAMELESS = "an admin without a name"

SIGN_IN = "Sign in first."
ADMINS_ONLY = "Only admins may do this."
NOT_CHECKED = "Whether you are an admin could not be checked. The server's log says why."
NO_LOGIN = "This application has no Flask-Login, so nobody can be recognised as an admin. Set up a LoginManager."
NO_IS_ADMIN = (
    "The users of this application do not say who is an admin. "
    "Give them an is_admin() method, or pass is_admin=... to Monitoring."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not enter: the HTTP status (400, 401 or 403) and words fit for that person."""

    status: int
    message: str


def refusal(is_admin: Callable[[Any], Any] | None) -> Refusal | None:
    """None where the person behind the current request is an admin, else why not. Never raises.

    `is_admin` is called with the user; without it the user's own `is_admin` (method or value) decides.
    """
    if getattr(current_app, "login_manager", None) is None:
        return Refusal(403, NO_LOGIN)
    try:
        user = _user()
        if not _value(getattr(user, "is_authenticated", False)):
            return Refusal(401, SIGN_IN)
        if is_admin is None and not hasattr(user, "is_admin"):
            return Refusal(403, NO_IS_ADMIN)
        verdict = is_admin(user) if is_admin is not None else _value(user.is_admin)
        is_no_verdict = inspect.isawaitable(verdict) or callable(verdict)
        says_yes = not is_no_verdict and bool(verdict)  # a question to a database or an array is neither: it raises
    except Exception:
        # The host's code: a database that is away must refuse, and must not show a traceback.
        logger.exception("Whether the user is an admin could not be found out; refused")
        return Refusal(403, NOT_CHECKED)
    if is_no_verdict:
        # Such an object is true in an `if` whatever it would answer: an `async def is_admin` would admit everybody.
        logger.error("is_admin gave %s where True or False belongs; refused", type(verdict).__name__)
        if inspect.iscoroutine(verdict):
            verdict.close()
        return Refusal(403, NOT_CHECKED)
    return None if says_yes else Refusal(403, ADMINS_ONLY)


def user_name() -> str:
    """Name of the signed-in person for records: `username`, else the id of Flask-Login; at most 200 characters."""
    user = _user()
    name = getattr(user, "username", None)
    if not isinstance(name, str) or not name.strip():
        name = str(user.get_id() or "")
    return name.strip()[:NAME_MAX_CHARS] or NAMELESS


def _user() -> Any:
    # Imported late: without Flask-Login on the app nothing of it is needed.
    from flask_login import current_user

    return current_user._get_current_object()


def _value(found: Any) -> Any:
    """A property, or the result of a method of the same name: hosts have both."""
    return found() if callable(found) else found
