"""Sends very much, from a process of its own: `python -m tests.faults.flood PORT KIND COUNT RATE`.

Kinds: "steady" (ten sources, four metrics), "kilobyte" (messages of 1 kB), "names" (each event has one of 100,000
metric names), "big" (10 MB each). RATE is events a second, 0 as fast as Redis takes them. Says "COUNT SECONDS" at the
end: how many were sent, and how long that took.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time

from tests.feeds import CHANNEL
from tests.servers import RedisServer

SOURCES, NAMES = 10, 100_000
TOGETHER_S = 0.01  # so often a paced sender speaks
AT_ONCE = 200
BIG_BYTES = 10_000_000


def steady(number: int, now: float) -> bytes:
    return (b'{"event_type":"METRIC_UPDATE","source":"s%d","timestamp":%.6f,"metrics":{"application":{'
            b'"symbols_processed":%d,"patterns_per_second":12.5},"system":{"cpu_percent":41.5,"thread_count":%d}}}') % (
                number % SOURCES, now, number, number % 50)


def kilobyte(number: int, now: float) -> bytes:
    head = (b'{"event_type":"METRIC_UPDATE","source":"burst","timestamp":%.6f,"metrics":{"application":'
            b'{"symbols_processed":%d}},"note":"') % (now, number)
    return head + b"x" * (1_000 - len(head)) + b'"}'


def names(number: int, now: float) -> bytes:
    return b'{"event_type":"METRIC_UPDATE","source":"names","timestamp":%.6f,"metrics":{"free":{"name_%d":%d}}}' % (
        now, number % NAMES, number)


def big(number: int, now: float) -> bytes:
    head = b'{"event_type":"METRIC_UPDATE","source":"big","timestamp":%.6f,"metrics":{"n":%d},"note":"' % (now, number)
    return head + b"x" * (BIG_BYTES - len(head) - 2) + b'"}'


KINDS = {"steady": steady, "kilobyte": kilobyte, "names": names, "big": big}


def flood(server: RedisServer, kind: str, count: int, rate: float = 0.0) -> subprocess.Popen:
    """Start it; ask `sent` for its last word."""
    return subprocess.Popen([sys.executable, "-m", "tests.faults.flood", str(server.port), kind, str(count), str(rate)],
                            stdout=subprocess.PIPE, text=True)


def sent(process: subprocess.Popen) -> tuple[int, float]:
    """(how many were sent, seconds)."""
    said = process.communicate(timeout=600)[0].split()
    assert process.returncode == 0
    return int(said[0]), float(said[1])


def command(raw: bytes) -> bytes:
    return b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(CHANNEL), CHANNEL.encode(), len(raw), raw)


def main(port: int, kind: str, count: int, rate: float) -> None:
    make, at_once = KINDS[kind], 1 if kind == "big" else AT_ONCE
    with socket.create_connection(("127.0.0.1", port)) as connection:
        began, done, answered = time.monotonic(), 0, 0
        while done < count:
            due = count if not rate else min(count, int((time.monotonic() - began) * rate) + 1)
            portion = min(due - done, at_once if not rate else count)
            if portion <= 0:
                time.sleep(TOGETHER_S)
                continue
            now = time.time()
            connection.sendall(b"".join(  # each has a time of its own, as of a producer that measures
                command(make(done + place, now + place / 1e6)) for place in range(portion)))
            done += portion
            while answered < done:
                answered += connection.recv(1 << 16).count(b"\n")
        print(done, time.monotonic() - began, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
