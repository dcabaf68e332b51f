"""Accounts of the stand-alone host: who they are, and whether a password is theirs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterable, Mapping

from flask_login import UserMixin
from werkzeug.security import check_password_hash, generate_password_hash

ADMIN_ROLES = frozenset({"admin", "super"})
PASSWORD_METHOD = "scrypt:32768:8:1"  # noqa: S105  32 MB and some 60 ms a try: dear for a guesser, unnoticed by a person
TRIES_AT_ONCE = 2  # each takes 32 MB: a crowd at the door must not fill the memory
LONGEST_PASSWORD = 1024  # characters; more is nobody's password but somebody's load test
LONGEST_NAME = 150


class User(UserMixin):
    """An account. `stamp` changes with the password, and with it every session that was opened by the old one ends."""

    def __init__(self, username: str, *, role: str = "admin", email: str = "", stamp: str = ""):
        self.username = username
        self.role = role
        self.email = email
        self.stamp = stamp

    def is_admin(self) -> bool:
        return self.role in ADMIN_ROLES

    def get_id(self) -> str:
        return f"{self.stamp}:{self.username}"


class UserDirectory:
    """The accounts in memory. `secret` binds the sessions' stamps to this host's SECRET_KEY."""

    def __init__(self, accounts: Iterable[tuple[str, str, str]], secret: str):
        """`accounts` are (user name, password, role). Raises ValueError for an empty name or password."""
        self._users: dict[str, User] = {}
        self._hashes: dict[str, str] = {}
        self._at_once = threading.BoundedSemaphore(TRIES_AT_ONCE)
        for username, password, role in accounts:
            if not username.strip() or not password:
                raise ValueError("an account needs a name and a password")
            if len(username) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
                raise ValueError(f"at most {LONGEST_NAME} characters of name, {LONGEST_PASSWORD} of password")
            stamp = hmac.new(secret.encode(), f"{username}\0{password}".encode(), hashlib.sha256).hexdigest()[:32]
            self._users[username] = User(username, role=role, stamp=stamp)
            self._hashes[username] = generate_password_hash(password, PASSWORD_METHOD)
        # Checked when the name is unknown, so that the answer takes as long as for a wrong password.
        self._nobody = generate_password_hash(secrets.token_urlsafe(), PASSWORD_METHOD)

    def verify(self, username: str, password: str) -> User | None:
        """The user if name and password belong together, else None; one scrypt either way."""
        known = self._hashes.get(username)
        fits = len(password) <= LONGEST_PASSWORD
        with self._at_once:
            right = check_password_hash(known or self._nobody, password if fits else "")
        return self._users[username] if known and fits and right else None

    def load(self, session_id: str) -> User | None:
        """The user of a session, or None: unknown, or opened with a password that has changed since."""
        stamp, _, username = session_id.partition(":")
        user = self._users.get(username)
        return user if user and hmac.compare_digest(user.stamp.encode(), stamp.encode()) else None


def admin_account(environ: Mapping[str, str]) -> tuple[str, str, bool]:
    """(name, password, whether the password was made up here) of the one admin that the environment describes."""
    username = environ.get("MONITORING_ADMIN_USER", "").strip() or "admin"
    password = environ.get("MONITORING_ADMIN_PASSWORD", "")
    return username, password or secrets.token_urlsafe(12), not password
