"""A script or style that is the same for everybody, ready to be sent: packed once, and kept by browsers for good."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property

from flask import Request, Response

from dashboard.web.headers import FINGERPRINTED_MAX_AGE_S

LEVEL = 6  # paid once: 50 ms for a megabyte


class Packed:
    """`content` as it is sent; `version` is short for it, and stands in its address as `?m=…`."""

    def __init__(self, content: bytes, mimetype: str):
        self._content, self._mimetype = content, mimetype
        self.version = hashlib.blake2b(content, digest_size=8).hexdigest()

    @cached_property
    def _packed(self) -> bytes:
        return gzip.compress(self._content, LEVEL, mtime=0)

    def answer(self, request: Request) -> Response:
        """The file, packed for whoever takes that. Only under the version that it has may it be kept for good: another
        server behind the same address may have another."""
        is_packed = bool(request.accept_encodings.quality("gzip"))
        response = Response(self._packed if is_packed else self._content, mimetype=self._mimetype)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        response.set_etag(f"{self.version}-{'packed' if is_packed else 'plain'}")
        if request.args.get("m") == self.version:
            response.cache_control.max_age = FINGERPRINTED_MAX_AGE_S
        return response.make_conditional(request)
