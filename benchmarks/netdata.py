"""The dashboard of Debian's netdata, to be measured beside ours where it is installed: started on loopback alone, with
a folder of its own, and ended again. `apt-get install netdata` brings it; nothing here needs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import Site
from tests.servers import free_port, wait_for

SAMPLES = 20  # before that its gauges show a dash
VALUE = '() => /\\d/.test(document.querySelector(".gaugeChartLabel").textContent)'
# What it draws are the charts that are on the screen; those that stand in a text are not shown before they are sought.
CHARTS = """() => {
    const shown = [...document.querySelectorAll("[data-netdata]")].filter((one) => {
        const box = one.getBoundingClientRect();
        return one.dataset.dygraphTheme !== "sparkline" && box.height > 0 && box.top < innerHeight && box.bottom > 0;
    });
    return shown.some((one) => one.querySelector(".dygraph-title"))
        && shown.every((one) => one.querySelector("canvas"));
}"""
SETTINGS = """[global]
    run as user = {user}
[directories]
    config = {folder}
    cache = {folder}/cache
    lib = {folder}/lib
    log = {folder}/log
[db]
    mode = ram
    retention = 3600
[web]
    bind to = 127.0.0.1
    default port = {port}
[registry]
    enabled = no
[ml]
    enabled = no
[health]
    enabled = no
[statsd]
    enabled = no
[plugins]
    apps = no
    cgroups = no
    tc = no
    python.d = no
    go.d = no
    charts.d = no
    node.d = no
    fping = no
"""


@contextmanager
def netdata() -> Iterator[Site | None]:
    """Its dashboard; None where it is not installed."""
    program = shutil.which("netdata") or shutil.which("netdata", path="/usr/sbin")
    if program is None:
        yield None
        return
    folder, port = Path(tempfile.mkdtemp(prefix="benchmark-netdata-")), free_port()
    for name in ("cache", "lib", "log"):
        (folder / name).mkdir()
    (folder / ".opt-out-from-anonymous-statistics").touch()
    user = folder.owner()
    (folder / "netdata.conf").write_text(SETTINGS.format(user=user, folder=folder, port=port))
    process = subprocess.Popen([program, "-D", "-u", user, "-c", str(folder / "netdata.conf")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(lambda: _samples(address) >= SAMPLES, 60, 0.5, "netdata's first samples")
        yield Site(address, VALUE, CHARTS)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _samples(address: str) -> int:
    """How many seconds it has to show."""
    question = f"{address}api/v1/data?chart=system.cpu&after=-{SAMPLES}&points={SAMPLES}"
    try:
        with urllib.request.urlopen(question, timeout=2) as answer:  # noqa: S310 - an address of our own
            return sum(1 for row in json.load(answer)["data"] if None not in row)
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return 0
