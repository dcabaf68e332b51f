"""GET /openapi.json: what this API takes and answers, for machines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from dashboard.web.answers import to_json
from dashboard.web.guard import Guard
from dashboard.web.openapi.document import document

if TYPE_CHECKING:
    from dashboard.services import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @cache
    def written() -> bytes:
        """Made when somebody first asks, and then kept: it follows from the code and the settings alone, and to make it
        takes longer than anything else of its size."""
        return to_json(document(services.settings))

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return Response(written(), mimetype="application/json")
