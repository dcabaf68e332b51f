"""The console by itself: a sign-in page around it and, where the environment names no Redis, a Redis and an agent too.

    python app.py [--host 127.0.0.1] [--port 8050]

For production put `create_app` behind gunicorn, as docs/embedding.md shows, or mount the console into your own app.
"""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Flask

from dashboard import Monitoring, Settings
from dashboard.feed.connection import connect
from dashboard.settings import SettingError
from dashboard.standalone import private_redis
from dashboard.standalone.children import Child
from dashboard.standalone.host import build_host
from dashboard.standalone.server import AddressInUse, listen, serve, stop_signals
from dashboard.standalone.users import admin_account

HERE = Path(__file__).resolve().parent
SECRETS = (
    "MONITORING_ADMIN_PASSWORD", "MONITORING_SECRET_KEY", "SECRET_KEY", "MONITORING_STORE_TOKEN",
    "MONITORING_DATABASE_URL",
)


def create_app(settings: Settings | None = None, account: tuple[str, str] | None = None) -> Flask:
    """The host with the console in it, settings and account from the environment where they are not given.

    With several processes set MONITORING_ADMIN_PASSWORD and MONITORING_SECRET_KEY: each would make up its own.
    """
    if account is None:
        name, password, made_up = admin_account(os.environ)
        account = (name, password)
        if made_up:
            print(f"Sign in as {name} with the password {password}", flush=True)
    settings = settings or Settings.from_env()
    app = build_host(settings, account, os.environ, folder=str(data_folder(os.environ)))
    Monitoring(app, settings=settings, is_admin=lambda user: user.is_admin())
    return app


def arguments(argv: Sequence[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    """The command line; `HOST` and `PORT` of the environment are its defaults."""
    parser = argparse.ArgumentParser(description="The monitoring console by itself.")
    parser.add_argument("--host", default=environ.get("HOST", "").strip() or "127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=environ.get("PORT", "").strip() or "8050", help="port; 0 takes a free one"
    )
    return parser.parse_args(argv)


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where the history and the data of our own Redis lie: MONITORING_DATA_DIR, else `instance` beside this file."""
    return Path(environ.get("MONITORING_DATA_DIR", "").strip() or HERE / "instance").resolve()


def start_redis(environ: Mapping[str, str], stack: contextlib.ExitStack) -> private_redis.PrivateRedis:
    """Our own Redis, ended by `stack`."""
    server = private_redis.PrivateRedis(data_folder(environ))
    stack.callback(server.stop)
    server.start()
    if server.note:
        print(f"Note: {server.note}.", flush=True)
    return server


def start_agent(environ: Mapping[str, str], redis_url: str, stack: contextlib.ExitStack) -> Child:
    """The agent that measures this machine, in a process of its own: what it costs is not the web server's cost."""
    environ = {name: value for name, value in environ.items() if name not in SECRETS}
    agent = Child(
        "The agent", [sys.executable, "-m", "dashboard.agent"], environ=environ | {"REDIS_URL": redis_url}, folder=HERE
    )
    stack.callback(agent.stop)
    agent.start()
    return agent


def announce(host: str, port: int, name: str, password: str, made_up: bool) -> None:
    """Say where the console is and who may enter. A password from the environment is not repeated."""
    shown = f"[{host}]" if ":" in host else host
    print(f"Monitoring: http://{shown}:{port}/", flush=True)
    print(f"Sign in as {name} " + (f"with the password {password}" if made_up else "with your password"), flush=True)
    with contextlib.suppress(ValueError):
        if not ipaddress.ip_address(host).is_loopback:
            print("Note: others can reach this address, and without https read what is sent.", flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM. Returns the exit code: 0, or 2 where it cannot start."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options = arguments(argv, os.environ)
    # Ended in the reverse order of their start: the web server, the console's threads, the agent, Redis.
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(stop_signals())
        try:
            listening = stack.enter_context(listen(options.host, options.port))
            overrides, children = {}, []
            if private_redis.wanted(os.environ):
                server = start_redis(os.environ, stack)
                overrides["redis_url"] = server.url
                children = [server.child, start_agent(os.environ, server.url, stack)]
            settings = Settings.from_env(**overrides)
            connect(settings).close()  # asks no server; a URL that nobody can read is better said here than on the page
            name, password, made_up = admin_account(os.environ)
            app = create_app(settings, (name, password))
        except (
            AddressInUse, SettingError, ValueError, private_redis.NoRedisBinary, private_redis.RedisDidNotStart
        ) as problem:
            print(f"Cannot start: {problem}", file=sys.stderr)
            return 2
        monitoring = app.extensions["monitoring"]
        stack.callback(monitoring.stop)
        monitoring.start()
        announce(options.host, listening.getsockname()[1], name, password, made_up)
        serve(app, listening, stop, lambda: [child.revive() for child in children])
    return 0


if __name__ == "__main__":
    sys.exit(main())
