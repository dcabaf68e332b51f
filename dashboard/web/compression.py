"""The page's own answers, made smaller on the way: a tick is 4.4 kB of JSON, and about 1.5 kB of gzip.

Only what a page of ours asks for itself: the host's answers are the host's, and scripts are the proxy's work, once for
each browser. A proxy that compresses leaves alone what is compressed already. The token that protects writes is in a
cookie and never in such an answer, so that its length tells nobody anything.
"""

from __future__ import annotations

import gzip

from flask import Request, Response

SMALLEST_BYTES = 1_000  # below that headers and rounding eat what is gained
LARGEST_BYTES = 2_000_000  # a first answer has 400 kB; more would hold up others for longer than it travels
LEVEL = 1  # 60 µs for a tick, 4 ms for a first answer; the better ones cost three times that for a tenth less


def compress(response: Response, request: Request) -> None:
    """Compress the answer in place, where the browser takes it and it is worth it."""
    if (response.status_code != 200 or response.is_streamed or response.direct_passthrough
            or response.mimetype != "application/json" or "Content-Encoding" in response.headers
            or not request.accept_encodings.quality("gzip")):
        return
    response.vary.add("Accept-Encoding")
    data = response.get_data()
    if SMALLEST_BYTES <= len(data) <= LARGEST_BYTES:
        response.set_data(gzip.compress(data, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
