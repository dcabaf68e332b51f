"""What the name of an unknown metric gives away: its group, its unit, and a title to print."""

from __future__ import annotations

SUFFIX_UNITS = (
    ("_per_second", "1/s"), ("_per_sec", "1/s"), ("_per_minute", "1/min"), ("_percent", "%"), ("_percentage", "%"),
    ("_pct", "%"), ("_ratio", "ratio"), ("_hit_rate", "ratio"), ("_milliseconds", "ms"), ("_ms", "ms"), ("_us", "µs"),
    ("_seconds", "s"), ("_secs", "s"), ("_sec", "s"), ("_s", "s"), ("_minutes", "min"), ("_hours", "h"),
    ("_kb", "KB"), ("_mb", "MB"), ("_gb", "GB"), ("_bytes", "bytes"), ("_count", "count"), ("_total", "count"),
    ("_connections", "count"), ("_clients", "count"), ("_depth", "count"), ("_celsius", "°C"), ("_score", "score"))
"""Endings of a name with the unit they mean; the longer ones first, since `_ms` also ends in `_s`."""

COUNTING_WORDS = frozenset(("sent", "recv", "received", "read", "write", "written", "in", "out", "rx", "tx"))
"""Bytes of this kind flow and are added up; other bytes are sizes, which may stand for hours."""

WHOLE_UNITS = {"percent": "%", "ratio": "ratio", "count": "count", "bytes": "bytes", "ms": "ms", "seconds": "s"}
UNITS = frozenset({"bytes", *WHOLE_UNITS.values(), *(unit for _, unit in SUFFIX_UNITS)})
_SAID_BY_THE_UNIT = ("1/s", "1/min", "%", "ratio", "ms", "µs", "s", "min", "h", "KB", "MB", "GB", "°C")
_ACRONYMS = {"cpu": "CPU", "io": "I/O", "db": "DB", "gc": "GC", "http": "HTTP", "api": "API", "sql": "SQL",
             "id": "ID", "ip": "IP", "p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99", "rss": "RSS",
             "vms": "VMS", "ttl": "TTL", "avg": "average", "min": "minimum", "max": "maximum", "calc": "calculation",
             "recv": "received", "fds": "open files", "gpu": "GPU", "qps": "QPS", "ws": "WS"}


def group_of(name: str) -> str:
    """The first part of a dotted name; `general` for a name without parts."""
    group, dot, _ = name.partition(".")
    return group if dot else "general"


def unit_of(name: str) -> str:
    """The unit the name's last part ends in; empty where it says none."""
    last = name.rpartition(".")[2].lower()
    if last in WHOLE_UNITS:
        return WHOLE_UNITS[last]
    if last.startswith("bytes_"):
        return "bytes"
    return next((unit for suffix, unit in SUFFIX_UNITS if last.endswith(suffix)), "")


def counts(name: str) -> bool:
    """Whether the name says that something is counted up for ever: `bytes_sent`, `orders_total`; not `heap_bytes`."""
    words = name.rpartition(".")[2].lower().split("_")
    return words[-1] == "total" or not COUNTING_WORDS.isdisjoint(words)


def title_of(name: str) -> str:
    """`app.http.request_wait_ms` becomes "HTTP request wait": the group and the unit are said elsewhere."""
    parts = name.split(".")
    words = [word for part in (parts[1:] or parts) for word in _words(part)]
    if words and words[-1] in _ACRONYMS.values() and len(words) == 1:
        return words[0][:1].upper() + words[0][1:]
    text = " ".join(words)
    return text[:1].upper() + text[1:] if text else name


def _words(part: str) -> list[str]:
    lowered = part.lower()
    for suffix, unit in SUFFIX_UNITS:
        if unit in _SAID_BY_THE_UNIT and lowered.endswith(suffix) and len(part) > len(suffix):
            part = part[: -len(suffix)]
            break
    return [_ACRONYMS.get(word.lower(), word) for word in part.replace("-", "_").replace(" ", "_").split("_") if word]
