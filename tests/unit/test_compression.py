"""The page's own answers are compressed for browsers that take it, and nothing else is."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response, request

from dashboard.web.compression import LARGEST_BYTES, SMALLEST_BYTES, compress

LONG = b'"' + b"x" * SMALLEST_BYTES + b'"'
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def compressed(data=LONG, headers=GZIP, status=200, mimetype="application/json", **more):
    with Flask(__name__).test_request_context(headers=headers):
        response = Response(data, status=status, mimetype=mimetype, **more)
        compress(response, request)
        return response


def test_an_answer_is_the_same_once_it_is_unpacked():
    response = compressed()
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert len(response.get_data()) == int(response.headers["Content-Length"]) < len(LONG) / 5
    assert gzip.decompress(response.get_data()) == LONG


@pytest.mark.parametrize("options", [
    {"data": b'"short"'}, {"data": b"x" * (LARGEST_BYTES + 1)}, {"headers": {}},
    {"headers": {"Accept-Encoding": "gzip;q=0, br"}}, {"status": 404}, {"mimetype": "text/csv"},
    {"data": iter([LONG])}, {"headers": GZIP, "content_type": "text/html"}])
def test_what_is_small_or_not_ours_to_change_stays(options):
    assert "Content-Encoding" not in compressed(**options).headers


def test_what_is_compressed_already_stays():
    with Flask(__name__).test_request_context(headers=GZIP):
        response = Response(LONG, mimetype="application/json", headers={"Content-Encoding": "br"})
        compress(response, request)
        assert (response.get_data(), response.headers["Content-Encoding"]) == (LONG, "br")
