"""Coverage-guided fuzzing of what reads texts from outside, with atheris: `make fuzz`.

Each module of this folder that has `look_at(data: bytes)` is a target: it feeds one reader with made-up bytes and
raises where the reader breaks what it promises. `SEEDS` are inputs to begin with.
"""
