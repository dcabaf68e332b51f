"""What a person's browser shows instead of a page: a few words, and the way to where there is something."""

from __future__ import annotations

from flask import Response
from markupsafe import escape

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title></head><body style="font-family: sans-serif; margin: 3rem auto; max-width: 36rem">
<h1>{title}</h1><p>{message}</p><p><a href="{address}">{words}</a></p></body></html>
"""


def small_page(status: int, title: str, message: str, address: str, words: str) -> Response:
    """The way leads to `address` and is called `words`."""
    text = PAGE.format(title=escape(title), message=escape(message), address=escape(address), words=escape(words))
    return Response(text, status=status, mimetype="text/html")
