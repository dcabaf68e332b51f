"""`Monitoring(app)`: the one place that wires the parts together and into somebody's Flask application."""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, redirect, request

from dashboard.feed.process import in_child_getting_ready, only_watches
from dashboard.lasting import leave_out_what_lasts
from dashboard.services import Services, build
from dashboard.settings import Settings
from dashboard.ui.mount import mount
from dashboard.ui.navigation import ALERTS, OVERVIEW, path_of
from dashboard.web import in_the_making
from dashboard.web.api import make_blueprint
from dashboard.web.guard import Guard

logger = logging.getLogger(__name__)

ENDPOINT = "admin_monitoring_dashboard"  # contract section 3: the host's templates link to it
EXTENSION = "monitoring"
# A child between fork and exec (subprocess with a preexec_fn) must not start to listen: it is gone by then.
AFTER_FORK_S = 0.2


class Monitoring:
    """The console of one application.

    `Monitoring()` opens nothing; `init_app` mounts page and API and arranges that the feed starts by itself, in the
    processes that serve and in no other. `start` and `stop` are safe to call twice, from any thread.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        settings: Settings | None = None,
        is_admin: Callable[[Any], Any] | None = None,
    ) -> None:
        self.settings = settings
        self.services: Services | None = None
        self._wanted = False
        self._started_in: int | None = None  # the process that was told to start
        self._lock = threading.RLock()
        if app is not None:
            self.init_app(app, settings=settings, is_admin=is_admin)

    def init_app(
        self,
        app: Flask,
        is_admin: Callable[[Any], Any] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Mount the console into `app`. Never fails for a Redis that is away.

        `is_admin` is called with the signed-in user; without it the user's own `is_admin` decides. Settings come
        from the argument, else from the constructor, else from the environment.

        Raises:
            RuntimeError: this object or this application has a console already.
            SettingError: a setting in the environment cannot be used.
        """
        if self.services is not None or EXTENSION in app.extensions:
            raise RuntimeError("This application has a monitoring console already")
        self.settings = settings or self.settings or Settings.from_env()
        self.services = build(self.settings, app.instance_path)
        self.services.notifications.alert_page = path_of(ALERTS)  # where links in messages lead
        in_the_making.install(app, self.services.right_of_way)
        if self.settings.start_listener:
            app.before_request(self._start_once)  # before the guard, which ends many a request
        guard = Guard(self.settings, is_admin, self.services.wait_for_look)
        guard.install(app)
        app.register_blueprint(make_blueprint(self.services, guard))
        pages = mount(app, self.services, guard.user_name)
        for name in pages:
            _add_page_without_slash(app, self.settings.page_prefix + path_of(name).rstrip("/"), _endpoint(name))
        guard.set_csp([one for page in pages.values() for one in page.script_hashes])
        app.extensions[EXTENSION] = self
        _remember(self)
        if self.settings.start_listener:
            self._start_when_serving(app.debug)

    def start(self) -> None:
        """Start the threads of this process; nothing where they run already."""
        with self._lock:
            self._wanted = True
            self._services().start()
            self._started_in = os.getpid()  # not before: another request would not wait for what is not begun
            leave_out_what_lasts()

    def stop(self) -> None:
        """Stop the threads and wait for them; nothing where none run, or nothing is mounted yet."""
        with self._lock:
            self._wanted = False
            if self.services is not None:
                self.services.stop()

    def _services(self) -> Services:
        if self.services is None:
            raise RuntimeError("init_app has not been called")
        return self.services

    def _start_when_serving(self, debug: bool) -> None:
        """Start now, but in a process that watches others (reloader, gunicorn's arbiter) leave it to its children.

        Under `flask run --debug` both processes look alike while the application loads: there the first request
        tells, since the one that only watches never gets any. The same tells in whatever was started in a way that
        Python does not see, and in children that are made to compute.
        """
        self._wanted = True
        debug = debug or os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true")
        may_watch = debug and os.environ.get("WERKZEUG_RUN_MAIN") != "true"
        if may_watch or in_child_getting_ready():
            return
        if only_watches():
            leave_out_what_lasts()  # its children need not look at it again, nor have a copy of it for that
        else:
            self.start()

    def _start_once(self) -> None:
        if self._wanted and self._started_in != os.getpid():
            self.start()

    def _after_fork(self) -> None:
        self._lock = threading.RLock()
        if self.services is None:
            return
        self.services.reset_after_fork()
        if self._wanted:
            timer = threading.Timer(AFTER_FORK_S, self._start_in_child)
            timer.daemon = True
            timer.start()

    def _start_in_child(self) -> None:
        """Be ready before the first request of a new worker; a child that only computes never gets one."""
        if multiprocessing.parent_process() is None:
            self._start_once()


def _endpoint(name: str) -> str:
    return ENDPOINT if name == OVERVIEW else f"admin_monitoring_{name}"


def _add_page_without_slash(app: Flask, path: str, endpoint: str) -> None:
    def page_without_slash():
        query = request.query_string.decode("latin-1")  # every state of the page has an address: keep it
        return redirect(f"{quote(request.script_root)}{path}/{'?' if query else ''}{query}", code=302)

    app.add_url_rule(path, endpoint, page_without_slash, strict_slashes=False)


_mounted: weakref.WeakSet[Monitoring] = weakref.WeakSet()
_hooked = False


def _remember(monitoring: Monitoring) -> None:
    """One hook a process for all consoles, and none that keeps an application of a test alive (but see `lasting`)."""
    global _hooked
    if not _hooked:
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_make_usable_in_child)
        atexit.register(_stop_all)
        _hooked = True
    _mounted.add(monitoring)


def _stop_all() -> None:
    """What was heard a moment ago is written before the process ends.

    That takes a few tenths of a second; where Redis or a database hangs, about two seconds.
    """
    for monitoring in list(_mounted):
        try:
            monitoring.stop()
        except Exception:  # the host must end whatever happens to us
            logger.exception("The monitoring console could not be stopped")


def _make_usable_in_child() -> None:
    for monitoring in list(_mounted):
        try:
            monitoring._after_fork()
        except Exception:  # a child of the host must come up whatever happens to us
            logger.exception("The monitoring console could not be made usable in a forked process")
