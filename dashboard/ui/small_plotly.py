"""A smaller plotly.js than the one of the plotly package, where set-up has brought it.

The package has everything plotly.js can draw: 4.8 MB, of which a browser runs all before plotly.js draws anything. The
bundle named "finance" has the lines, bars and gauges that our pages are made of, in 1.3 MB. It is on npm alone, so that
`setup/plotly` asks npm for it; without it nothing is missing but the time.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(sys.prefix) / "share" / "monitoring"
BUNDLE = "plotly-finance-{}.min.js"
_VERSION = re.compile(r"plotly\.js v(\d+\.\d+)\.")
HEAD_CHARACTERS = 300  # the licence at the top of the file names its version


def packaged_version() -> str | None:
    """Major and minor version of the plotly.js that Dash's charts are made for; None where it does not tell."""
    package = find_spec("plotly")
    if package is None or package.origin is None:
        return None
    file = Path(package.origin).parent / "package_data" / "plotly.min.js"
    try:
        with file.open(encoding="utf-8") as text:
            found = _VERSION.search(text.read(HEAD_CHARACTERS))
    except OSError:
        return None
    return found[1] if found else None


def small_plotly(folder: Path = FOLDER) -> Path | None:
    """The bundle of the same version; None where there is none."""
    file = folder / BUNDLE.format(packaged_version())
    return file if file.is_file() else None


if __name__ == "__main__":
    print(packaged_version() or "")
