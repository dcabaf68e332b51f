"""Texts from outside in a file that a spreadsheet opens. Pure."""

from __future__ import annotations

import re

QUOTE = "'"
# The last four are the wide forms of the first, as keyboards of East Asia give them.
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULA_STARTS = (*SIGNS, "\t", "\r", "\n")
"""What a spreadsheet reads as the beginning of a formula."""
BLANKS = " \t\r\n\v\f\u00a0\u200b\u3000\ufeff"  # what some leave out at the beginning of a cell

# Where a comma is the decimal point a spreadsheet cuts lines at `;`, and many cut them at tabs too, or at an end of a
# line within quotes that it does not see as such: behind each of these another cell may begin, with blanks that some
# leave out or with quotes, which `csv` doubles: an empty text in quotes to who sees a cell begin there.
_FORMULA_WITHIN = re.compile("(?<=[;\t\r\n])(?=[ \v\f\u00a0\u200b\u3000\ufeff\"]*[=+@\uff1d\uff0b\uff0d\uff20-])")
_TO_QUOTE_WITHIN = re.compile("(?<=[;\t\r\n])(?='|[ \v\f\u00a0\u200b\u3000\ufeff\"]*[=+@\uff1d\uff0b\uff0d\uff20-])")
_QUOTED_WITHIN = re.compile("(?<=[;\t\r\n])'(?='|[ \v\f\u00a0\u200b\u3000\ufeff\"]*[=+@\uff1d\uff0b\uff0d\uff20-])")


def neutral(cell: str) -> str:
    """A text of which no spreadsheet takes any part for a formula. A number stays a number, with its sign.

    A NUL is left out: many who read it leave it out too, and then see what stood behind it.
    """
    cell = cell.replace("\0", "")
    return cell if _is_number(cell) else QUOTE * _is_formula(cell) + _FORMULA_WITHIN.sub(QUOTE, cell)


def quoted(text: str) -> str:
    """The same, so that `unquoted` gives the text as it was: one that has such a quote of its own gets another."""
    if _is_number(text):
        return text
    return QUOTE * (text.startswith(QUOTE) or _is_formula(text)) + _TO_QUOTE_WITHIN.sub(QUOTE, text)


def unquoted(cell: str) -> str:
    """The text that was `quoted`."""
    text = _QUOTED_WITHIN.sub("", cell)
    return text[1:] if cell.startswith(QUOTE) and (text[1:].startswith(QUOTE) or _is_formula(text[1:])) else text


def _is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA_STARTS) or cell.lstrip(BLANKS).startswith(SIGNS)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
