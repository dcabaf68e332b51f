"""See `dashboard.history.cli`."""

import sys

from dashboard.history.cli import main

sys.exit(main())
