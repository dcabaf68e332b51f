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


def is_echo(copies, line, raw):
    return not copies.without_echoes(line, [raw])


def test_the_second_copy_is_the_echo(both):
    assert [is_echo(both, line, b"one") for line in (0, 1)] == [False, True]
    assert [is_echo(both, line, b"two") for line in (1, 0)] == [False, True]


def test_the_same_bytes_sent_again_are_no_echo(both):
    assert [is_echo(both, line, b"one") for line in (0, 0, 1, 1, 1, 0)] == [False, False, True, True, False, True]


@given(st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=40), st.randoms(use_true_random=False))
def test_whatever_the_order_and_however_many_together_every_message_is_taken_once(sent, chance):
    copies, at, taken = opened(), [0, 0], []
    while min(at) < len(sent):
        line = chance.choice([line for line in (0, 1) if at[line] < len(sent)])
        together = sent[at[line]:at[line] + chance.randint(1, 5)]
        taken += copies.without_echoes(line, together)
        at[line] += len(together)
    assert taken == sent
    assert copies.echoes == sum(at) - len(sent)
    rest = 0 if at[0] < len(sent) else 1
    assert copies.without_echoes(rest, sent[at[rest]:]) == []
    assert not copies._ahead


def test_alone_nothing_is_waited_for_or_remembered():
    copies = Copies()
    copies.opened(1)
    assert not copies.must_wait(1, b"one")
    assert [is_echo(copies, 1, b"one") for _ in range(3)] == [False] * 3
    assert not copies._ahead


def test_what_a_lost_line_still_owed_is_forgotten_and_what_the_other_owes_is_not(both):
    is_echo(both, 0, b"only on 0")
    is_echo(both, 1, b"first on 1")
    both.closed(1)
    assert is_echo(both, 0, b"first on 1")
    assert not is_echo(both, 0, b"only on 0")
    assert not both._ahead


def test_the_line_that_leads_waits_for_nobody(both):
    assert not both.must_wait(0, b"one")
    assert both.must_wait(1, b"one")
    is_echo(both, 0, b"one")
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
        is_echo(copies, 0, b"%d" % number)
    assert len(copies._ahead) == 3
    assert is_echo(copies, 1, b"9")
    assert not is_echo(copies, 1, b"0")


def test_a_child_begins_anew(both):
    is_echo(both, 0, b"one")
    both._lock.acquire()
    both.reset_locks()
    assert not is_echo(both, 1, b"one")
    assert not both._ahead
