"""The board has its bounds, whatever is sent: names, sources, results; and which of them stay."""

from __future__ import annotations

from dashboard.source_record import MAX_METRICS
from dashboard.sources import SILENT_S
from tests.unit.board_world import applied, at, board
from tests.unit.messages import RECEIVED, health, read, update


def test_everything_is_bounded():
    target = board()
    for turn in range(4):
        target.apply(at(turn, {f"m{turn}_{index}": index for index in range(900)} | {
            f"f{turn}_{index}": "x" for index in range(150)}))
        target.apply(health(RECEIVED + turn, timestamp=RECEIVED + turn,
                            components={f"c{turn}_{index}": "ok" for index in range(150)}))
    for index in range(300):
        target.apply(read(RECEIVED + 9, type="health_check", component=f"s{index}", status="ok",
                          source="TickStockPL", timestamp=RECEIVED + index))
        target.apply(read(RECEIVED + index, event="command_result", payload={"request_id": f"q{index}"}))
    found = target.get("TickStockPL")
    assert (len(found.latest_metrics), len(found.facts), len(found.components)) == (1024, 200, 200)
    assert "m3_899" in found.latest_metrics
    assert "m0_0" not in found.latest_metrics
    assert len(target.results) == 200
    assert "q299" in target.results
    assert "q0" not in target.results


def test_sources_above_the_bound_are_refused_and_counted():
    target = applied(*(at(index, source=f"s{index % 5}") for index in range(20)), max_sources=3)
    assert target.names() == ["s0", "s1", "s2"]
    assert (target.refused, target.refused_names) == (8, ("s3", "s4"))
    assert target.get("s4") is None
    for index in range(200):
        target.apply(at(0, source=f"more{index}"))
    assert len(target.refused_names) == 50


def test_a_source_silent_for_a_day_gives_its_place_to_a_new_one():
    target = applied(at(0, source="gone"), at(50, source="live"), at(60, source="new"), max_sources=2)
    target.get("gone")
    target.apply(at(SILENT_S - 1, source="new"))
    assert (target.names(), target.refused_names) == (["gone", "live"], ("new",))
    target.apply(at(SILENT_S, source="new"))
    assert (target.names(), target.refused_names, target.refused) == (["live", "new"], (), 2)
    assert target.get("gone") is None
    assert target.get("new").first_received == RECEIVED + SILENT_S


def test_names_without_end_leave_the_same_newest_ones_whatever_the_order_and_whenever_somebody_looks():
    events = [update({f"n{number}": number}, timestamp=RECEIVED - 5_000 + number) for number in range(3_000)]
    calm, other = board(), board()
    for event in events:
        calm.apply(event)
    for event in (*events[1::2], *events[::2]):
        other.apply(event)
        if event.metrics.keys() & {"n7", "n2000", "n2500"}:
            other.get("TickStockPL")
    found, again = (each.get("TickStockPL").latest_metrics for each in (calm, other))
    assert dict(found) == dict(again)
    assert found.keys() == {f"n{number}" for number in range(3_000 - MAX_METRICS, 3_000)}
    assert len(calm._records["TickStockPL"]._metrics) <= MAX_METRICS * 1.25
