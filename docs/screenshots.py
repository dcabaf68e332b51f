"""Takes the pictures of the README: `make screenshots`, or `python docs/screenshots.py [--minutes 10]`.

Everything on them is real: app.py and the agent run on this machine, on a Redis of their own, and the pictures are
taken after so many minutes of history. A busy machine (a test run beside it) makes the charts livelier.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.standalone.private_redis import PrivateRedis  # noqa: E402

IMAGES = ROOT / "docs" / "images"
MINUTES = 10.0  # of history before the first picture; the charts show a range of 15
LARGEST_PICTURE = 300_000  # bytes: a README must not be slow to open
SETTLE_S = 2.0  # after the first values: plotly draws its charts one after the other
LIMIT_MS = 30_000
OVERVIEW, ALERTS = "?range=15m", "alerts/"
EXPLORE = "explore/?range=now-15m" + "".join(
    f"&m=host-agent/{metric}" for metric in ("system.cpu_percent", "system.memory_percent", "redis.memory_usage_mb"))
CHARTS = ".chart .js-plotly-plot .trace"
SHOTS = (  # name, width, height, colour scheme, address of the page, what is there once it is drawn
    ("overview-light", 1440, 900, "light", OVERVIEW, CHARTS),
    ("overview-dark", 1440, 900, "dark", OVERVIEW, CHARTS),
    ("phone", 390, 844, "light", OVERVIEW, CHARTS),
    ("alerts-light", 1440, 900, "light", ALERTS, "#alert-table"),
    ("explore-dark", 1440, 900, "dark", EXPLORE, ".js-plotly-plot .trace"),
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextlib.contextmanager
def running(command: list[str], environ: dict[str, str], **options):
    """A process, ended with the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def address_of(console: subprocess.Popen) -> str:
    """What app.py prints as its address once it listens."""
    for line in console.stdout:
        if found := re.search(r"Monitoring: (http://\S+)/", line):
            return found[1]
    raise SystemExit("app.py ended before it listened")


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/login", timeout=LIMIT_MS)
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", password)
    page.click("button[type=submit], form button")
    page.wait_for_url("**/admin/monitoring/**", timeout=LIMIT_MS)


def take(browser: Browser, address: str, password: str, shot: tuple[str, int, int, str, str, str]) -> Path:
    """One picture, of what a visitor sees without scrolling."""
    name, width, height, scheme, page_address, drawn = shot
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="UTC", locale="en-GB")
    page = context.new_page()
    sign_in(page, address, password)
    page.goto(f"{address}/admin/monitoring/{page_address}", timeout=LIMIT_MS)
    page.wait_for_selector(drawn, timeout=LIMIT_MS, state="attached")
    page.wait_for_timeout(SETTLE_S * 1000)
    if page_address == ALERTS and (first := page.query_selector("#alert-table td[data-dash-column]")):
        first.click()  # one alert in full; a machine at rest has none
    page.wait_for_timeout(SETTLE_S * 1000)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    if path.stat().st_size > LARGEST_PICTURE:
        print(f"{path.name} has {path.stat().st_size:,} bytes, more than {LARGEST_PICTURE:,}", file=sys.stderr)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes the pictures of the README.")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="history before the pictures (default: 10)")
    minutes = parser.parse_args().minutes
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        raise SystemExit("No Chromium was found; `make screenshots` installs one")
    IMAGES.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the processes below are ended then, too
    with contextlib.ExitStack() as stack:
        server = PrivateRedis()
        stack.callback(server.stop)
        server.start()
        password = secrets.token_urlsafe(12)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("REDIS_", "MONITORING_"))}
        # Nor is what was tried in this folder before.
        history = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitoring-history-"))) / "history.db"
        environ |= {"REDIS_URL": server.url, "MONITORING_DATABASE_URL": f"sqlite:///{history}"}
        # A name of its own: the machine's is nobody's business in a README.
        stack.enter_context(running([sys.executable, "-m", "dashboard.agent", "--source", "host-agent"], environ))
        console = stack.enter_context(running(
            [sys.executable, "app.py", "--port", "0"],
            environ | {"MONITORING_ADMIN_PASSWORD": password, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, text=True))
        address = address_of(console)
        print(f"{address}: {minutes:g} minutes until the pictures are taken", flush=True)
        time.sleep(minutes * 60)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for shot in SHOTS:
                print(take(browser, address, password, shot).relative_to(ROOT), flush=True)
            browser.close()


if __name__ == "__main__":
    main()
