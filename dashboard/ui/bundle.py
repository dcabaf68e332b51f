"""A page's own scripts as one file, and its styles as another: each of forty small ones would cost a request, and on a
busy machine each request costs its turn."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MIME_TYPES = {"js": "text/javascript", "css": "text/css"}


def own_files(folder: Path, folders: Iterable[str], ending: str) -> list[Path]:
    """Those at the top of the assets, then those of the page's `folders`, each in the order of their names."""
    places = [folder, *(folder / name for name in sorted(folders))]
    return [file for place in places if place.is_dir()
            for file in sorted(place.glob(f"*.{ending}")) if file.is_file()]


def bundle(folder: Path, folders: Iterable[str], ending: str) -> bytes:
    """What a page loads of ours, in one."""
    return b"\n".join(file.read_bytes().rstrip() for file in own_files(folder, folders, ending)) + b"\n"
