"""GET /openapi.json: what this API takes and answers, for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from dashboard.web.answers import answer
from dashboard.web.guard import Guard
from dashboard.web.openapi.document import document

if TYPE_CHECKING:
    from dashboard.services import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return answer(document(services.settings))
