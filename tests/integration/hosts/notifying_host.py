"""The alerts and the notifier of one process, until it is killed: `python -m … CLAIM_S`, Redis from the environment."""

from __future__ import annotations

import sys
import threading

from dashboard.alerts.store import AlertStore
from dashboard.notifications.notifier import Notifier
from dashboard.settings import Settings

if __name__ == "__main__":
    settings = Settings.from_env()
    alerts = AlertStore(settings)
    alerts.start()
    Notifier(settings, alerts, claim_s=float(sys.argv[1])).start()
    threading.Event().wait()
