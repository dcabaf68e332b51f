"""The same application without the console: what its pages cost by themselves."""

from tests.integration.hosts.mounted_host import build

app = build(mounted=False)
