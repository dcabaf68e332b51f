"""The documentation as data: its blocks of code, its links, its headings, its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `marks` are the words after the language."""

    document: Path
    line: int
    language: str
    marks: tuple[str, ...]
    code: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(language: str, *marks: str) -> list[Block]:
    """All blocks of a language whose marks begin with the given ones."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            words = match[1].split()
            if words[:1] == [language] and tuple(words[1:1 + len(marks)]) == marks:
                line = text.count("\n", 0, match.start()) + 1
                found.append(Block(document, line, language, tuple(words[1:]), match[2]))
    return found


def prose(document: Path) -> str:
    """The text without its blocks of code."""
    return FENCE.sub("", document.read_text(encoding="utf-8"))


def links(document: Path) -> list[str]:
    """Targets of all links and images."""
    return LINK.findall(prose(document))


def anchors(document: Path) -> set[str]:
    """The anchors GitHub makes of the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in HEADING.findall(prose(document))}


def table_rows(document: Path, first_heading: str) -> list[list[str]]:
    """Cells of the rows of the table whose first column is headed so, line after line."""
    lines = document.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_heading} |")) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split(" | ")])
    return rows
