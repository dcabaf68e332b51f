"""`python -m fuzzing._target NAME CORPUS [options of libFuzzer]`: one target, in this process until it ends."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris


def main() -> None:
    name, corpus = sys.argv[1:3]
    with atheris.instrument_imports(include=["dashboard"]):
        target = importlib.import_module(f"fuzzing.{name}")
    for number, seed in enumerate(target.SEEDS):
        (Path(corpus) / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *sys.argv[3:]], target.look_at)
    atheris.Fuzz()


main()
