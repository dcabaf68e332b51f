"""GET /openapi.json: what this API takes and answers, for machines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, request

from dashboard.web.answers import to_json
from dashboard.web.guard import Guard
from dashboard.web.openapi.document import document

if TYPE_CHECKING:
    from dashboard.services import Services


ROOTS_KEPT = 4
"""Paths under which a host is mounted: nearly always one, and whoever may name another one by a header is an admin."""


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @lru_cache(maxsize=ROOTS_KEPT)
    def written(root: str) -> bytes:
        """Made when somebody first asks, and then kept: it follows from the code, the settings and the host's path
        alone, and to make it takes longer than anything else of its size."""
        return to_json(document(services.settings, root))

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return Response(written(quote(request.script_root)), mimetype="application/json")
