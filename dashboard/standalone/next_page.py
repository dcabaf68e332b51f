"""Where to go after signing in: a path of this site, and nothing else."""

from __future__ import annotations

import re
from urllib.parse import unquote

LONGEST = 17_000  # characters; the console's longest address, a view of Explore, has a query of 16,384
DECODING_ROUNDS = 3  # proxies in between may each decode once; what is hidden deeper hides something


def safe_next(target: str | None, default: str, *, forbidden: tuple[str, ...] = ("/login", "/logout")) -> str:
    """`target` if it is an absolute path of this site (with query and fragment), else `default`.

    Browsers read `//host`, `/\\host` and `/<tab>/host` as another site, and what is decoded on the way may become one
    of these: whatever looks like it, also after decoding, is refused rather than repaired. Paths in `forbidden` would
    lead back to the sign-in page.
    """
    if not isinstance(target, str) or not target or len(target) > LONGEST:
        return default
    if _has_control(target) or "\\" in target:
        return default
    # Split by hand: urlsplit reads "///host" as a path "/host" without a host, and a browser does not.
    path = re.split("[?#]", target, maxsplit=1)[0]
    for _ in range(DECODING_ROUNDS):
        if not _plain(path):
            return default
        decoded = unquote(path, errors="replace")
        if decoded == path:
            break
        path = decoded
    else:
        return default
    if path.rstrip("/") in forbidden:
        return default
    return target


def _plain(path: str) -> bool:
    return (
        path.startswith("/")
        and "//" not in path
        and "\\" not in path
        and not _has_control(path)
        and not {".", ".."} & set(path.split("/"))
    )


def _has_control(text: str) -> bool:
    # Spaces, controls and everything that is not printable: browsers drop some of it while they read an address.
    return any(character.isspace() or not character.isprintable() for character in text)
