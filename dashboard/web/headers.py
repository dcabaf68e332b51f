"""Headers of every answer under our prefixes. Answers of the host are never touched."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response
from werkzeug.datastructures import Headers

from dashboard.web.area import Area

FIXED_HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: Flask-WTF refuses writes over HTTPS that carry no referrer.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# A year: the address of a fingerprinted file changes with its content, so an old copy is never asked for again.
FINGERPRINTED_MAX_AGE_S = 31_536_000
# An hour: `?m=<time of change>` changes with the file, but two servers behind one address may disagree on it.
ASSET_MAX_AGE_S = 3_600


def content_security_policy(script_hashes: Iterable[str] = ()) -> str:
    """The policy for our pages; `script_hashes` are those of Dash's inline scripts, e.g. `'sha256-…'`.

    No `unsafe-eval`. Styles need `unsafe-inline`: Dash components and plotly.js set them on elements.
    """
    scripts = " ".join(dict.fromkeys(["'self'", *script_hashes]))
    return "; ".join((
        "default-src 'self'",
        f"script-src {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ))


def is_cacheable(area: Area, response: Response) -> bool:
    """True for a script or style that was found: what a browser may keep."""
    return area is Area.STATIC and response.status_code in (200, 206, 304)


def apply(response: Response, area: Area, policy: str, is_fingerprinted: bool) -> None:
    """Set our headers. `is_fingerprinted`: the request named a version of the file (`?m=…`)."""
    for name, value in FIXED_HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = policy
    if is_cacheable(area, response):
        _let_the_browser_keep(response, is_fingerprinted)
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("Expires", None)
        response.vary.add("Cookie")


def _let_the_browser_keep(response: Response, is_fingerprinted: bool) -> None:
    """Keep in this browser only (`private`): proxies must not hand out what needs an admin."""
    if (response.cache_control.max_age or 0) >= FINGERPRINTED_MAX_AGE_S:
        kept = f"private, max-age={FINGERPRINTED_MAX_AGE_S}, immutable"
    elif is_fingerprinted:
        kept = f"private, max-age={ASSET_MAX_AGE_S}"
    else:
        kept = "private, no-cache"  # kept, but asked after each time (ETag)
    response.headers["Cache-Control"] = kept
    response.headers.pop("Expires", None)
    _without_vary_on_cookie(response)


def _without_vary_on_cookie(response: Response) -> None:
    """Drop `Vary: Cookie`, which Flask's session adds after every other hook.

    Our own token cookie changes with each answer, so that a browser would never find the file in its cache
    again; 5 MB of scripts would travel with every visit. The files are the same for every admin.
    """
    ordinary = response.get_wsgi_headers

    def headers_without_cookie(environ: dict) -> Headers:
        headers = ordinary(environ)
        names = [name.strip() for value in headers.getlist("Vary") for name in value.split(",")]
        kept = [name for name in names if name and name.lower() != "cookie"]
        headers.pop("Vary", None)
        if kept:
            headers["Vary"] = ", ".join(kept)
        return headers

    response.get_wsgi_headers = headers_without_cookie  # type: ignore[method-assign]
