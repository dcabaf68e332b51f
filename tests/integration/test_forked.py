"""A forked process cannot be told from a new interpreter by what tests ask of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import psutil
import pytest

from tests.forked import ROOT, begin

SAYS = """import json, os, signal, sys, threading
print(json.dumps([sys.argv[1:3], os.environ.get("WORD"), os.environ.get("MONITORING_START"), os.getcwd(),
                  os.getpgrp(), threading.active_count(), sorted(os.listdir("/proc/self/fd"))[:4],
                  [signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
                   for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)]]))"""
LIMIT_S = 60.0

pytestmark = pytest.mark.parametrize("anew", [False, True], ids=["forked", "anew"])


def ended(process) -> int:
    process.stdin.close()
    process.stdout.close()
    assert process.wait(LIMIT_S) == process.poll() == process.returncode
    assert not psutil.pid_exists(process.pid)
    return process.returncode


def test_it_has_the_environment_it_was_given_and_nothing_of_the_server(anew):
    process = begin("timeit", "-n1", "-r1", "-s", SAYS, "pass", variables={"WORD": "ü"}, piped=True, anew=anew)
    # A shell without a terminal has what it starts in the background, us too, ignore the keyboard.
    keyboard = not anew or signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert json.loads(process.stdout.readline()) == [
        ["-n1", "-r1"], "ü", os.environ.get("MONITORING_START"), str(ROOT), os.getpgrp(), 1,
        ["0", "1", "2", "3"], [True, keyboard, True]]  # the fourth is the folder that it reads
    assert "loop" in process.stdout.read()
    assert ended(process) == 0


def test_it_reads_what_is_written_and_says_how_it_ended(anew):
    process = begin("json.tool", "--compact", variables={}, piped=True, anew=anew)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    assert process.poll() is None
    process.stdin.write('{"a": 1}')
    process.stdin.close()
    assert process.stdout.read() == '{"a":1}\n'
    assert ended(process) == 0
    assert ended(begin("json.tool", "--unknown", variables={}, piped=True, anew=anew)) == 2
    for number in (signal.SIGTERM, signal.SIGKILL):
        process = begin("json.tool", variables={}, piped=True, anew=anew)
        process.send_signal(number)
        assert ended(process) == -number
        process.send_signal(number)  # as often as anybody likes
        process.kill()
