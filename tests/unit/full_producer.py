"""A producer with all that an ordinary one sends, and a while of it."""

from __future__ import annotations

from tests.unit.ui_world import NOW, hear_metrics

# What an ordinary producer sends: six gauges and twelve charts.
FULL = {
    "system": {"cpu_percent": 41.5, "memory_percent": 61.2, "memory_mb": 2432.25, "disk_percent": 31.3,
               "thread_count": 42, "network_io": {"bytes_sent": 123456789, "bytes_recv": 987654321}},
    "application": {"patterns_per_second": 12.25, "indicators_per_second": 55.5, "cache_hit_rate": 0.93,
                    "avg_pattern_detection_ms": 12.345, "avg_indicator_calc_ms": 3.21, "symbols_processed": 5000},
    "processing": {"ticks_per_second": 812.5, "patterns_detected": 1234, "active_backtests": 2, "queue_depth": 17},
    "database": {"active_connections": 9, "slow_queries_count": 1, "query_avg_ms": 4.56},
    "redis": {"messages_per_second": 21.5, "connected_clients": 7, "channels": 3, "messages_published": 123456,
              "memory_usage_mb": 12.75},
}


def grown(number):
    """FULL as it is `number` samples later."""
    return {group: {name: value if isinstance(value, dict) else value + number for name, value in metrics.items()}
            for group, metrics in FULL.items()} | {
        "system": FULL["system"] | {"cpu_percent": 40 + number % 20, "network_io": {
            "bytes_sent": 123456789 + 5000 * number, "bytes_recv": 987654321 + 70000 * number}}}


def fill(services, count, step_s=5.0):
    for _ in range(count):
        services.clock.now += step_s
        hear_metrics(services, score=88, **grown(int(services.clock.now - NOW)))
