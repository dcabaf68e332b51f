"""A field whose words are looked for once their typing rests. Pure."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc

REST_MS = 300
"""Longer than most people need from one letter to the next. Milliseconds, unlike Dash's own fields, which want seconds.

Only for what is looked at: who fills in a form and saves it at once must not be before the last letters."""


def search_field(component_id: str, placeholder: str, limit: int, **more: Any) -> dbc.Input:
    """At most `limit` characters; `more` are further properties of the field."""
    return dbc.Input(id=component_id, type="search", size="sm", placeholder=placeholder, debounce=REST_MS,
                     maxLength=limit, **more)
