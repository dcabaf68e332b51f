"""Tells the threads that work beside requests while an answer is in the making, of the console or of the host."""

from __future__ import annotations

from flask import Flask, request

from dashboard.right_of_way import RightOfWay


def install(app: Flask, right_of_way: RightOfWay) -> None:
    """From the first look at a request until what answers it is made. To be called before others look at requests."""
    # In the environ, since `g` may outlive a request inside an app context; one may go through several applications.
    place = f"monitoring.in-the-making.{id(right_of_way)}"

    def began() -> None:
        if place not in request.environ:  # a view of the host may have a request dispatched once more
            request.environ[place] = right_of_way.began()

    def ended(error: BaseException | None) -> None:
        number = request.environ.pop(place, None)
        if number is not None:  # else somebody had answered before it was seen here
            right_of_way.ended(number)

    app.before_request(began)
    app.teardown_request(ended)
