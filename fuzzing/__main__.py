"""`python -m fuzzing [seconds for each target] [names]`: fuzzes all targets of this folder, or those that are named.

Each runs in a process of its own, since libFuzzer ends the one it runs in. What breaks a target is kept in a file,
whose name is printed, and ends the run with 1.
"""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 30
LONGEST_BYTES = 2_048  # longer inputs are slower, and show nothing that these do not
SLOW_S = 5  # one input that takes so long is a finding
MEMORY_MB = 2_048


def main(arguments: list[str]) -> int:
    folder = str(Path(__file__).parent)
    names = sorted(module.name for module in pkgutil.iter_modules([folder]) if not module.name.startswith("_"))
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else SECONDS
    unknown = [name for name in arguments if name not in names]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    return max([run(name, seconds) for name in arguments or names])


def run(name: str, seconds: int) -> int:
    """Fuzz one target; prints how many inputs it was given and what they reached."""
    with tempfile.TemporaryDirectory() as corpus:
        done = subprocess.run(
            [sys.executable, "-m", "fuzzing._target", name, corpus, f"-max_total_time={seconds}",
             f"-max_len={LONGEST_BYTES}", f"-timeout={SLOW_S}", f"-rss_limit_mb={MEMORY_MB}", "-print_final_stats=1",
             f"-artifact_prefix={tempfile.gettempdir()}/fuzzing-{name}-"], capture_output=True, text=True)
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    reached = re.findall(r"\bcov: (\d+)", done.stderr)
    print(f"{name}: {int(runs[1]) if runs else 0:,} inputs in {seconds} s, "
          f"{reached[-1] if reached else '?'} branches reached, {'nothing found' if done.returncode == 0 else 'FOUND'}")
    if done.returncode:
        print(done.stderr[-4_000:], file=sys.stderr)
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
