"""What all tests have in common."""

from __future__ import annotations

import os

# A console that a test starts must not leave a history behind in the checkout. Who tests the history names a place.
os.environ["MONITORING_DATABASE_URL"] = "off"
