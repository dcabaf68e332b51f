"""What psutil sees of this machine. What it cannot see is absent: nothing is put in its place."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psutil

log = logging.getLogger(__name__)

MB = 1024 * 1024
LOOPBACK = ("lo", "lo0", "Loopback Pseudo-Interface 1")  # traffic with oneself is no traffic of the machine


class HostReader:
    """Reads the machine and its own process. CPU figures are means since the reading before."""

    def __init__(self, disk: str = "/", *, monotonic: Callable[[], float] = time.monotonic):
        """`disk` is the path whose file system is watched."""
        self.disk = disk
        self.cores = psutil.cpu_count() or 1
        self.memory_total_mb = psutil.virtual_memory().total / MB
        self._monotonic = monotonic
        self._own = psutil.Process()
        self._complained: set[str] = set()
        # Without a reading before them the first figures would be means over nothing.
        psutil.cpu_percent(None)
        self._own.cpu_percent(None)

    def system(self) -> dict[str, Any]:
        """The `system` group of METRIC_UPDATE."""
        figures: dict[str, Any] = {}
        with self._part("cpu"):
            figures["cpu_percent"] = psutil.cpu_percent(None)
        with self._part("load"):
            figures["load_1m"], figures["load_5m"], _ = (round(value, 2) for value in psutil.getloadavg())
        with self._part("memory"):
            memory = psutil.virtual_memory()
            figures["memory_percent"] = memory.percent
            # What `memory_percent` is a part of: taken, and not to be had back at once.
            figures["memory_mb"] = round((memory.total - memory.available) / MB, 1)
        with self._part("swap"):
            swap = psutil.swap_memory()
            if swap.total:  # a machine without swap does not have 0 % of it in use
                figures["swap_percent"] = swap.percent
        with self._part("disk"):
            figures["disk_percent"] = psutil.disk_usage(self.disk).percent
        with self._part("disk traffic"):
            disks = psutil.disk_io_counters()
            if disks is not None:
                figures["disk_io"] = {"bytes_read": disks.read_bytes, "bytes_written": disks.write_bytes}
        with self._part("network"):
            cards = [
                counters for name, counters in psutil.net_io_counters(pernic=True).items() if name not in LOOPBACK
            ]
            if cards:
                figures["network_io"] = {
                    "bytes_sent": sum(card.bytes_sent for card in cards),
                    "bytes_recv": sum(card.bytes_recv for card in cards),
                }
        with self._part("threads"):
            counts = [found.info["num_threads"] for found in psutil.process_iter(["num_threads"])]
            figures["process_count"] = len(counts)
            figures["thread_count"] = sum(count for count in counts if count is not None)
        return figures

    def own(self) -> dict[str, Any]:
        """What the reading process itself takes, for the `agent` group."""
        figures: dict[str, Any] = {}
        with self._part("own process"):
            figures["cpu_percent"] = self._own.cpu_percent(None)
            figures["memory_mb"] = round(self._own.memory_info().rss / MB, 1)
        return figures

    def uptime_s(self) -> float | None:
        """Seconds since the machine started."""
        with self._part("uptime"):
            return max(0.0, time.time() - psutil.boot_time())
        return None

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        """A part that this system does not give is left out, and said once."""
        try:
            yield
        except (psutil.Error, OSError, RuntimeError, AttributeError, NotImplementedError) as problem:
            if name not in self._complained:
                self._complained.add(name)
                log.warning("This system does not give %s: %s", name, type(problem).__name__)


def dotted(groups: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested groups as one object of dotted names."""
    flat: dict[str, Any] = {}
    for name, value in groups.items():
        if isinstance(value, Mapping):
            flat |= dotted(value, f"{path}{name}.")
        else:
            flat[path + name] = value
    return flat
