"""Two lines bring the same messages in the same order: each is taken in once, however they are interleaved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.feed.copies import Copies


@pytest.fixture
def both():
    return opened()


def opened(**options):
    copies = Copies(**options)
    copies.opened(0)
    copies.opened(1)
    return copies


def test_the_second_copy_is_the_echo(both):
    assert [both.is_echo(line, b"one") for line in (0, 1)] == [False, True]
    assert [both.is_echo(line, b"two") for line in (1, 0)] == [False, True]


def test_the_same_bytes_sent_again_are_no_echo(both):
    assert [both.is_echo(line, b"one") for line in (0, 0, 1, 1, 1, 0)] == [False, False, True, True, False, True]


@given(st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=40), st.randoms(use_true_random=False))
def test_whatever_the_order_every_message_is_taken_once(sent, chance):
    copies, at, taken = opened(), [0, 0], []
    while min(at) < len(sent):
        line = chance.choice([line for line in (0, 1) if at[line] < len(sent)])
        if not copies.is_echo(line, sent[at[line]]):
            taken.append(sent[at[line]])
        at[line] += 1
    assert taken == sent
    assert not copies._ahead


def test_alone_nothing_is_waited_for_or_remembered():
    copies = Copies()
    copies.opened(1)
    assert not copies.must_wait(1, b"one")
    assert [copies.is_echo(1, b"one") for _ in range(3)] == [False] * 3
    assert not copies._ahead


def test_what_a_lost_line_still_owed_is_forgotten_and_what_the_other_owes_is_not(both):
    both.is_echo(0, b"only on 0")
    both.is_echo(1, b"first on 1")
    both.closed(1)
    assert both.is_echo(0, b"first on 1")
    assert not both.is_echo(0, b"only on 0")
    assert not both._ahead


def test_the_line_that_leads_waits_for_nobody(both):
    assert not both.must_wait(0, b"one")
    assert both.must_wait(1, b"one")
    both.is_echo(0, b"one")
    assert not both.must_wait(1, b"one")
    both.lead(1)
    assert both.must_wait(0, b"two")
    assert not both.must_wait(1, b"two")


def test_the_line_that_is_left_leads(both):
    both.closed(0)
    assert not both.must_wait(1, b"one")
    both.opened(0)
    assert both.must_wait(0, b"one")


def test_what_is_awaited_is_bounded():
    copies = opened(awaited=3)
    for number in range(10):
        copies.is_echo(0, b"%d" % number)
    assert len(copies._ahead) == 3
    assert copies.is_echo(1, b"9")
    assert not copies.is_echo(1, b"0")


def test_a_child_begins_anew(both):
    both.is_echo(0, b"one")
    both._lock.acquire()
    both.reset_locks()
    assert not both.is_echo(1, b"one")
    assert not both._ahead
