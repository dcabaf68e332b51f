"""Texts from outside in a file that a spreadsheet opens. Pure."""

from __future__ import annotations

# The last four are the wide forms of the first, as keyboards of East Asia give them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet reads as the beginning of a formula."""


def neutral(cell: str) -> str:
    """A text no spreadsheet takes for a formula. A number stays a number, with its sign."""
    if not cell.startswith(FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell
