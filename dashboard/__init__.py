"""A monitoring console that lives inside a Flask application.

    from dashboard import Monitoring, Settings
    Monitoring(app)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.extension import Monitoring
    from dashboard.settings import Settings

__all__ = ["Monitoring", "Settings", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str):
    """Load the console when it is asked for: the agent and the publisher import this package without Dash."""
    if name == "Monitoring":
        from dashboard.lasting import nothing_collected

        with nothing_collected():
            from dashboard.extension import Monitoring

        return Monitoring
    if name == "Settings":
        from dashboard.settings import Settings

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
