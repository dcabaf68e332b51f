"""Addresses: the view of the Explore page reads back from its own address, and `next` never leaves the site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from dashboard.explore.view import query_of, read_view
from dashboard.standalone.next_page import safe_next

HERE = "https://here.example/login"
SEEDS = [b"m=pl/system.cpu_percent&r=pl/a%2Fb&hide=0&range=6h&zone=Europe/Zurich&log=1&brush=1-2&compare=yesterday",
         b"/admin/monitoring/?a=b#c", b"//evil.example", b"/\\evil.example", b"/%2fevil.example", b"/a/../b"]


def look_at(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    view, complaints = read_view(text)
    assert len(complaints) <= 10
    assert read_view(query_of(view)) == (view, ()), text
    where = urlsplit(urljoin(HERE, safe_next(text, "/")))
    assert (where.scheme, where.netloc) == ("https", "here.example"), text
