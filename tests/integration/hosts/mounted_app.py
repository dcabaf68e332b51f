"""The application at the top of a module: for gunicorn and `flask run`."""

from tests.integration.hosts.mounted_host import build

app = build()
