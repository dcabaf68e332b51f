"""Is this a process that only starts and watches others? Then it must not listen: its children do.

Two servers keep such a process: werkzeug's development reloader, whose parent has run the application's module too
and then waits for its child for ever, and gunicorn with `--preload`, whose arbiter loads the application and forks
the workers. Neither says so in a variable, but their main thread gives them away by where it stands.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from types import FrameType

Place = tuple[str, str]  # end of the file name, name of the function


def in_reloader_parent() -> bool:
    """True in the process of werkzeug's reloader that only watches the files."""
    if "werkzeug._reloader" not in sys.modules or "WERKZEUG_RUN_MAIN" in os.environ:
        return False
    return any(name == "restart_with_reloader" and file.endswith("_reloader.py") for file, name in _main_thread())


def in_gunicorn_arbiter() -> bool:
    """True in gunicorn's master process, false in its workers: those stand inside `spawn_worker` all their life."""
    if "gunicorn.arbiter" not in sys.modules:
        return False
    names = {name for file, name in _main_thread() if file.endswith(os.path.join("gunicorn", "arbiter.py"))}
    return bool(names) and "spawn_worker" not in names


def in_child_getting_ready() -> bool:
    """True while `multiprocessing` prepares a child that it spawned: it runs the parent's main module again, and with
    it may build the application, in a process that will compute something and serve nobody."""
    return bool(getattr(multiprocessing.current_process(), "_inheriting", False))


def only_watches() -> bool:
    """True where a listener would take messages for nobody."""
    return in_reloader_parent() or in_gunicorn_arbiter()


def _main_thread() -> Iterator[Place]:
    """Where the main thread stands, innermost first."""
    frame = sys._current_frames().get(threading.main_thread().ident)  # noqa: SLF001 - the documented way
    yield from _places(frame)
    yield from _places(_main_greenlet_frame())


def _places(frame: FrameType | None) -> Iterator[Place]:
    while frame is not None:
        yield frame.f_code.co_filename, frame.f_code.co_name
        frame = frame.f_back


def _main_greenlet_frame() -> FrameType | None:
    """Under eventlet the main "thread" is a greenlet that sleeps: its frames hang on the greenlet, not the thread."""
    module = sys.modules.get("greenlet")
    if module is None:
        return None
    greenlet = module.getcurrent()
    while greenlet.parent is not None:
        greenlet = greenlet.parent
    return greenlet.gr_frame
