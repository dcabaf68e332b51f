"""The ring is the last N samples by time, however they arrive; deltas joined equal the snapshot."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.metrics.ring import Ring
from dashboard.named_numbers import NamedNumbers
from tests.unit.ring_model import Model, check, rows_of, samples
from tests.unit.tape import made

ascending = made(60, 1, lambda tape: {"a": float(tape.number(0, 3)), "b": 1.5})
LOOKS = ["nothing", "cursor", "length", "window", "late", "latest", "prepend", "news"]


@settings(deadline=None)
@given(samples, ascending, st.integers(1, 40), st.integers(1, 32))
def test_samples_filed_together_are_filed_as_one_by_one(mixed, regular, rows, together):
    """Regular ones are written column by column, the others between them are not."""
    appended = [*mixed, *((100.0 + number, values) for number, values in enumerate(regular)), *mixed[:5],
                *((200.0 + number, values) for number, values in enumerate(regular))]
    one, all_at_once = Ring(rows=rows), Ring(rows=rows)
    for at, values in appended:
        one.append("s", at, values)
    for first in range(0, len(appended), together):
        all_at_once.append_all("s", [
            (at, NamedNumbers.of(values)) for at, values in appended[first:first + together]])
    expected, found = one.window("s"), all_at_once.window("s")
    assert rows_of(found) == rows_of(expected)
    assert (list(found.times), list(found.numbers)) == (list(expected.times), list(expected.numbers))
    assert all_at_once.counters == one.counters
    assert all_at_once.latest("s") == one.latest("s")
    for cursor in range(0, expected.cursor, 7):
        news, its = one.since("s", cursor), all_at_once.since("s", cursor)
        assert (news is None) == (its is None) and (news is None or rows_of(news) == rows_of(its))


@settings(deadline=None)
@given(made(12, 3, lambda tape: (tape.number(1, 90), tape.one_of(["ab", "a", "abc", ""]), tape.one_of(LOOKS))),
       st.integers(1, 80))
def test_whoever_looks_finds_all_that_was_filed(steps, rows):
    """Samples of a flood are held back until somebody looks: nobody can tell."""
    one, held, at, known = Ring(rows=rows), Ring(rows=rows), 0.0, 0
    for count, names, look in steps:
        appended = [(at + number, dict.fromkeys(names, at + number)) for number in range(count)]
        at += count
        held.append_all("s", [(moment, NamedNumbers.of(values)) for moment, values in appended])
        for moment, values in appended:
            one.append("s", moment, values)
        for ring in (one, held):
            if look == "late":
                ring.append("s", at - count - 0.5, {"a": 1.0})
            elif look == "prepend":
                ring.prepend("s", np.array([-at - 2.0, -at - 1.0]), {"a": np.array([1.0, 2.0])})
        if look in ("cursor", "length", "latest"):
            assert getattr(held, look)("s") == getattr(one, look)("s")
        elif look == "window":
            assert rows_of(held.window("s")) == rows_of(one.window("s"))
        elif look == "news":
            found, wanted = (ring.since("s", known) for ring in (held, one))
            assert (found is None) == (wanted is None) and (found is None or rows_of(found) == rows_of(wanted))
            known = one.cursor("s")
    assert rows_of(held.window("s")) == rows_of(one.window("s"))
    assert (held.counters, held.span("s"), held.metrics("s")) == (one.counters, one.span("s"), one.metrics("s"))


@settings(deadline=None)
@given(made(40, 2, lambda tape: (tape.one_of(["ab", "a", "cd", "e"]), tape.number(1, 6))), st.integers(1, 9),
       st.integers(1, 4))
def test_names_in_turn_and_more_of_them_than_there_is_room_for(runs, rows, metrics):
    one, held, at = Ring(rows=rows, metrics=metrics), Ring(rows=rows, metrics=metrics), 0.0
    for names, count in runs:
        samples = [(at + number, dict.fromkeys(names, 1.0)) for number in range(count)]
        at += count
        held.append_all("s", [(moment, NamedNumbers.of(values)) for moment, values in samples])
        for moment, values in samples:
            one.append("s", moment, values)
    assert rows_of(held.window("s")) == rows_of(one.window("s"))
    assert (held.counters, held.metrics("s"), held.cursor("s")) == (one.counters, one.metrics("s"), one.cursor("s"))


@settings(deadline=None)
@given(samples, st.integers(1, 40))
def test_equals_the_last_n_by_time_in_any_order_with_duplicates(appended, rows):
    ring, model = Ring(rows=rows), Model(rows)
    for at, values in appended:
        assert ring.append("s", at, values) == model.append(at, values)
    check(ring, model)
    counters = ring.counters
    assert counters.appended == len(appended) == (
        counters.stored + counters.late + counters.merged + counters.duplicates + counters.too_old + counters.empty
        + counters.samples_refused)


@settings(deadline=None)
@given(st.binary(min_size=60, max_size=60), st.integers(1, 60))
def test_the_order_of_arrival_does_not_matter(turns, rows):
    ring = Ring(rows=rows)
    for at in sorted(range(60), key=lambda at: turns[at]):
        ring.append("s", float(at), {"a": float(at)})
    assert list(ring.window("s").columns["a"]) == [float(at) for at in range(60 - rows, 60)]


@settings(deadline=None)
@given(samples, st.integers(1, 40), st.integers(1, 9))
def test_deltas_joined_onto_an_earlier_window_equal_the_snapshot(appended, rows, read_each):
    ring = Ring(rows=rows)
    held, cursor = {}, 0
    for index, (at, values) in enumerate([*appended, (61, {"a": 1.0})]):
        ring.append("s", at, values)
        if index % read_each and index != len(appended):
            continue
        delta = ring.since("s", cursor)
        snapshot = ring.window("s")
        if delta is None:
            held = rows_of(snapshot)
        else:
            news = rows_of(delta)
            append_only = not held or not news or min(news) > max(held)
            assert delta.in_order == append_only
            held = held | news
        oldest = snapshot.times[0]
        held = {time: cells for time, cells in held.items() if time >= oldest}
        assert held == rows_of(snapshot)
        assert delta is None or delta.cursor == snapshot.cursor
        cursor = snapshot.cursor


@settings(deadline=None)
@given(samples, st.integers(-5, 65), st.integers(-5, 65))
def test_window_takes_the_samples_between_two_times(appended, start, end):
    ring = Ring(rows=40)
    for at, values in appended:
        ring.append("s", at, values)
    everything = rows_of(ring.window("s"))
    window = ring.window("s", start=start, end=end)
    assert rows_of(window) == {at: cells for at, cells in everything.items() if start <= at <= end}


@settings(deadline=None)
@given(made(8, 2, lambda tape: (tape.number(0, 60), tape.number(1, 20))), st.integers(1, 60), st.integers(1, 9))
def test_runs_of_late_samples_are_put_in_their_place(runs, rows, live_each):
    """As a journal tells them: in order, while newer ones go on arriving."""
    ring, model, live = Ring(rows=rows), Model(rows), 1000
    for start, length in runs:
        for at in range(start, start + length):
            for when in (at, live) if at % live_each == 0 else (at,):
                cells = {"a": float(when)}
                assert ring.append("s", float(when), cells) == model.append(float(when), cells)
            live += 1
    check(ring, model)
