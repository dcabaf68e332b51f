"""The Dash applications of the host: what Dash keeps once for the whole process is theirs.

Callbacks and scripts that a host declares by `dash.callback` wait there for the first application that gets ready,
whichever that is; `dash.get_app` and `dash.get_asset_url` answer for the one that was made last; and the variables
`DASH_*` of the environment win over what an application does not say itself, or contradict what it says. What is
declared by `dash.hooks` changes every application there is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from dash import _callback, _get_app, _get_paths, _hooks, _pages


class NoHooks(_hooks.HooksManager):
    """In place of Dash's own for ours: a layout or a callback of the host's hooks is none of the console."""

    _registered = True
    hooks = _hooks._Hooks()


@contextmanager
def other_dash_untouched() -> Iterator[None]:
    """While our own applications are made and get ready, what belongs to others is laid aside; then it is back."""
    variables = {name: os.environ.pop(name) for name in [*os.environ] if name.upper().startswith("DASH_")}
    callbacks, scripts = [*_callback.GLOBAL_CALLBACK_LIST], [*_callback.GLOBAL_INLINE_SCRIPTS]
    by_output = {**_callback.GLOBAL_CALLBACK_MAP}
    newest = _get_app.APP, _get_paths.CONFIG, _pages.CONFIG
    for kept in (_callback.GLOBAL_CALLBACK_LIST, _callback.GLOBAL_INLINE_SCRIPTS, _callback.GLOBAL_CALLBACK_MAP):
        kept.clear()
    try:
        yield
    finally:
        os.environ.update(variables)
        _callback.GLOBAL_CALLBACK_LIST[:0], _callback.GLOBAL_INLINE_SCRIPTS[:0] = callbacks, scripts
        _callback.GLOBAL_CALLBACK_MAP.update(by_output)
        _get_app.APP, _get_paths.CONFIG, _pages.CONFIG = newest
