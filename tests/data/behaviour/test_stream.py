"""The stream process: each event counts once, for the right customer, and survives whatever ends the process."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.data.behaviour import builders as make
from tests.data.profile.builders import a_behaviour, fill, join

from liuke.app import demo
from liuke.data import sources
from liuke.data.behaviour import service
from liuke.data.behaviour.follow import Stream, following
from liuke.data.behaviour.model import AsideReason, PlanInvalid, PlanMoved, StreamBusy
from liuke.data.behaviour.plan.parse import shipped
from liuke.data.behaviour.settle import settle
from liuke.data.identity.model import IdentityRan
from liuke.data.sources import SourceLoaded
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock

Send = Callable[..., None]


def _lake(bank: Bank, machine: Actor, query: str) -> list[tuple[Any, ...]]:
    with bank.read(machine) as tx, bank.lake.connect(tx, sources.CANONICAL["behaviour"]) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
        return found


def _ids(bank: Bank, machine: Actor) -> list[str]:
    return [key for (key,) in _lake(bank, machine, "SELECT source_key FROM behaviour ORDER BY source_key")]


def test_events_reach_windows_lake_and_counts(app: Bank, machine: Actor, stream: Stream, send: Send) -> None:
    send(make.an_event("U1"), make.an_event("U2"), make.an_event("nobody"), make.an_event(event="fly"))
    assert make.drained(stream) == 3
    stream.settle(wait=True)
    assert sorted(make.held(stream)) == [1, 2]
    assert len(_ids(app, machine)) == 3
    [minute] = service.intake(app, machine).minutes
    assert (minute.accepted, minute.malformed, minute.unresolved, minute.duplicates) == (3, 1, 1, 0)
    [aside] = service.quarantine(app, machine, reason=None, cursor=None, limit=10).items
    assert (aside.reason, aside.field) == (AsideReason.PLAN, "event")


def test_an_event_counts_once_however_often_it_is_sent(app: Bank, machine: Actor, stream: Stream, send: Send) -> None:
    event = make.an_event()
    send(event, event)
    send(event)
    assert make.drained(stream) == 1
    stream.settle(wait=True)
    send(event | {"page": "home"})
    assert make.drained(stream) == 0
    stream.settle(wait=True)
    assert _ids(app, machine) == [event["event_id"]]
    assert sum(one.duplicates for one in service.intake(app, machine).minutes) == 3


@pytest.mark.parametrize("settled", [True, False])
def test_an_event_sent_again_after_a_restart_is_known(app: Bank, machine: Actor, send: Send, settled: bool) -> None:
    event = make.an_event()
    with following(app) as first:
        send(event)
        make.drained(first)
        if settled:
            first.settle(wait=True)
    with following(app) as second:
        send(event, make.an_event())
        assert make.drained(second) == (1 if settled else 2)
        second.settle(wait=True)
    assert len(_ids(app, machine)) == 2


def test_what_was_not_written_yet_is_read_again_to_the_same_state(app: Bank, machine: Actor, send: Send) -> None:
    with following(app) as first:
        for number in range(5):
            send(*(make.an_event(f"U{user}", ago=number * make.HOUR + user) for user in range(1, 6)))
            make.drained(first)
            if number == 2:
                first.settle(wait=True)
        before = make.held(first)
    with following(app) as second:
        make.drained(second)
        assert make.held(second) == before
        second.settle(wait=True)
        assert len(_ids(app, machine)) == 25
    with following(app) as third:
        assert make.drained(third) == 0
        assert make.held(third) == before


def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    app: Bank, machine: Actor, stream: Stream, send: Send
) -> None:
    send(make.an_event())
    make.drained(stream)
    for _ in range(2):
        settle(app, machine, stream._pending, numbered=0)
    assert len(_ids(app, machine)) == 1


def test_an_event_live_and_by_file_is_one(app: Bank, machine: Actor, stream: Stream, send: Send) -> None:
    """The hash of a live row is the one a load computes, so a later file finds it unchanged."""
    folder, contracts = app.settings.sources_dir / "app", app.settings.contracts_dir
    folder.mkdir(parents=True)
    contracts.mkdir(parents=True)
    shutil.copy(Path(demo.__file__).parent / "twin" / "app_event.toml", contracts)
    told = {"product_no": "W001", "seconds": 12, "session_id": "s1", "device_id": "d1"}
    both = make.an_event("U1", **told, channel="app")
    send(both)
    make.drained(stream)
    stream.settle(wait=True)
    row = {name: value for name, value in both.items() if name != "channel"}
    later = {**row, "event_id": "file-only"}
    (folder / "events_202611.jsonl").write_bytes(make.body_of([row, later]) + b"\n")
    [load] = sources.load_source(app, machine, "app_event")
    assert (load.state, load.rows_accepted, load.rows_unchanged) == ("published", 2, 1)
    assert stream.renew()
    assert len(make.held(stream)[1]) == 2


def test_files_that_arrive_while_it_runs_are_in_the_windows(app: Bank, machine: Actor, stream: Stream) -> None:
    at = app.clock.now() - timedelta(hours=1)
    fill(app, machine, "behaviour", [a_behaviour("app", "x1", "U3", at)])
    assert not stream.renew()
    with app.write(machine) as tx:
        tx.emit(SourceLoaded(source="s", system="app", load_id="l", tables={"behaviour": 1}))
    assert stream.renew()
    assert sorted(make.held(stream)) == [3]


def test_two_customers_that_become_one_have_one_window(app: Bank, machine: Actor, stream: Stream, send: Send) -> None:
    send(make.an_event("U1"), make.an_event("U2"))
    make.drained(stream)
    join(app, machine, {("app", "U2"): 1})
    with app.write(machine) as tx:
        tx.emit(IdentityRan(records=2, customers=1, added=0, merged=1, split=0))
    assert stream.renew()
    send(make.an_event("U2"))
    make.drained(stream)
    assert {one_id: len(rows) for one_id, rows in make.held(stream).items()} == {1: 3}


def test_a_customer_is_known_by_customer_number_and_by_a_device_of_their_own(
    app: Bank, machine: Actor, stream: Stream, send: Send
) -> None:
    send(
        make.an_event(None, customer_no="C1"),
        make.an_event(None, device_id="d3"),
        make.an_event(None, device_id="d8"),
        make.an_event(None, device_id="unknown"),
    )
    make.drained(stream)
    assert {one_id: len(rows) for one_id, rows in make.held(stream).items()} == {1: 1, 3: 1}
    stream.settle(wait=True)
    rows = _lake(app, machine, "SELECT source, party_key FROM behaviour ORDER BY ALL")
    assert rows == [("app", "U3"), ("app", "device:d8"), ("app", "device:unknown"), ("core", "C1")]


def test_listeners_are_told_whose_windows_changed(app: Bank, send: Send) -> None:
    told: list[tuple[list[int], int]] = []

    def listen(_bank: Bank, windows: Any, one_ids: Any) -> None:
        told.append((one_ids.tolist(), len(windows.happened(int(one_ids[0])).time)))

    def broken(_bank: Bank, _windows: Any, _one_ids: Any) -> None:
        raise RuntimeError

    with following(app, [broken, listen]) as stream:
        send(make.an_event("U4"), make.an_event("U2"), make.an_event("U2"), make.an_event("nobody"))
        make.drained(stream)
    assert told == [([2, 4], 2)]


def test_late_and_future_events_are_set_aside_and_can_be_read(
    app: Bank, machine: Actor, stream: Stream, send: Send
) -> None:
    send(make.an_event(ts=4_070_908_800_000), make.an_event(ago=4 * make.DAY), b"{")
    assert make.drained(stream) == 0
    stream.settle(wait=True)
    pages, cursor = [], None
    while True:
        page = service.quarantine(app, machine, reason=None, cursor=cursor, limit=1)
        pages += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [one.reason for one in pages] == [AsideReason.JSON, AsideReason.LATE, AsideReason.AHEAD]
    [late] = service.quarantine(app, machine, reason=AsideReason.LATE, cursor=None, limit=9).items
    assert "72 小时" in late.message


def test_an_event_on_the_edge_of_midnight_is_known_for_as_long_as_it_may_come_again(
    app: Bank, clock: FixedClock, stream: Stream, send: Send
) -> None:
    event = make.an_event(ago=0)
    send(event)
    assert make.drained(stream) == 1
    clock.advance(timedelta(hours=71))
    send(event, received=make.NOW + 71 * make.HOUR)
    assert make.drained(stream) == 0
    clock.advance(timedelta(hours=2))
    send(event, received=make.NOW + 73 * make.HOUR)
    assert make.drained(stream) == 0
    assert [one.reason for one in stream._pending.aside] == [AsideReason.LATE]


def test_small_files_of_past_hours_become_one(
    app: Bank, machine: Actor, clock: FixedClock, stream: Stream, send: Send
) -> None:
    for _ in range(3):
        send(make.an_event())
        make.drained(stream)
        stream.settle(wait=True)
    clock.advance(timedelta(hours=1))
    stream._pack()
    with app.read(machine) as tx:
        files = app.lake.files(tx, sources.CANONICAL["behaviour"], partition="live-2026110204")
    assert len(files) == 1
    assert len(_ids(app, machine)) == 3


def test_a_bank_has_one_stream_process(app: Bank, stream: Stream) -> None:
    with pytest.raises(StreamBusy), following(app):
        pass


def test_a_new_plan_judges_from_then_on(app: Bank, machine: Actor, stream: Stream, send: Send) -> None:
    wider = shipped().replace('"login": {', '"fly": {"title": "飞", "schema": {}}, "login": {', 1)
    with pytest.raises(PlanInvalid):
        service.save_plan(app, machine, wider.replace('"title": "飞",', ""), base_version=0)
    assert service.save_plan(app, machine, wider, base_version=0).version == 1
    with pytest.raises(PlanMoved):
        service.save_plan(app, machine, wider, base_version=0)
    stream.renew()
    send(make.an_event(event="fly"))
    assert make.drained(stream) == 1
    assert [one.version for one in service.plan_versions(app, machine)] == [1, 0]


def test_the_stock_every_process_reads_holds_what_the_windows_hold(app: Bank, stream: Stream, send: Send) -> None:
    from liuke.data.behaviour.follow import folder
    from liuke.data.behaviour.windows import stock

    send(make.an_event("U1"), make.an_event("U5", ago=make.HOUR))
    make.drained(stream)
    before = make.held(stream)
    stream._published_at = -1e9
    stream.publish()
    assert stream.windows.fresh.count == 0
    assert make.held(stream) == before
    found = stock.load(folder(app) / "stock")
    assert found is not None
    assert np.array_equal(found.time, stream.windows.stock.time)
