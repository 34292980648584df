"""Runs: what is recomputed, what becomes visible, what a failing rule stops, and what a kill leaves."""

import uuid
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.data.pipelines.conftest import (
    FIRST,
    FLOW_SQL,
    booking,
    bring,
    flow,
    last_run,
    monthly,
    noon,
    publish,
    rows,
)
from tests.data.profile import builders as make

from liuke.data import pipelines
from liuke.data.pipelines import jobs, store
from liuke.data.pipelines.build import stage
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.model import (
    Health,
    InputFailed,
    NothingLike,
    NotPublished,
    PartitionDiffers,
    PipelineBroken,
    PipelineBusy,
    PipelineRunState,
    PipelineState,
    PipelineUnknown,
    QueryFailed,
    RuleBroken,
    RunKind,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import running
from liuke.kernel.store.lake import Lake


def health(bank: Bank, machine: Actor, name: str = "daily_flow") -> Health:
    return next(one.health for one in pipelines.overview(bank, machine) if one.name == name)


def follow(bank: Bank, machine: Actor) -> None:
    bank.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    with running(bank, machine, job="pipelines") as progress:
        jobs.run_due(bank, machine, progress)


def test_a_published_table_is_built_from_the_present_state_of_its_inputs(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    found = rows(books, machine)
    assert found[0] == ("core", "C-1", FIRST, "current", 100 + 105, 2)
    assert ("core", "C-2", FIRST + timedelta(days=2), "term", 7, 1) in found
    assert len(found) == 6
    run = last_run(books, machine)
    assert (run.state, run.partitions, run.rows, run.why) == (PipelineRunState.DONE, 5, 6, "首次生成")
    assert health(books, machine) is Health.FRESH


def test_the_day_of_a_booking_is_that_of_beijing(books: Bank, machine: Actor) -> None:
    late = make.a_transaction("core", "late", "a1", noon(6) + timedelta(hours=11, minutes=59), 1, party_key="C-1")
    next_day = make.a_transaction("core", "next", "a1", noon(6) + timedelta(hours=12), 2, party_key="C-1")
    make.fill(books, machine, "transaction", [late, next_day])
    publish(books, machine, flow())
    bring(books, machine)
    by_day = {row[2]: row[4] for row in rows(books, machine) if row[1] == "C-1"}
    assert (by_day[FIRST + timedelta(days=6)], by_day[FIRST + timedelta(days=7)]) == (1, 2)


def test_only_partitions_that_new_rows_touch_are_recomputed(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    with books.read(machine) as tx:
        before = {row["partition"]: number for number, row in store.files(tx, ["daily_flow"])["daily_flow"].items()}
    make.fill(books, machine, "transaction", [booking(50, 3, 1000), booking(51, 9, 5)])
    assert health(books, machine) is Health.STALE
    bring(books, machine)
    with books.read(machine) as tx:
        after = {row["partition"]: number for number, row in store.files(tx, ["daily_flow"])["daily_flow"].items()}
    assert {part for part in after if after[part] != before.get(part)} == {"2026-10-04", "2026-10-10"}
    assert last_run(books, machine).why == "transaction 有新数据"
    assert bring(books, machine) is None


def test_a_correction_moves_a_booking_from_one_day_to_another(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    make.fill(books, machine, "transaction", [booking(0, 8, 100, revision=1)])
    bring(books, machine)
    by_day = {row[2]: row[4] for row in rows(books, machine) if row[1] == "C-1"}
    assert (by_day[FIRST], by_day[FIRST + timedelta(days=8)]) == (105, 100)
    assert last_run(books, machine).partitions == 2


def test_a_partition_whose_rows_are_gone_goes_away(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(60, 20)])
    publish(books, machine, flow())
    bring(books, machine)
    make.fill(books, machine, "transaction", [booking(60, 0, revision=1)])
    bring(books, machine)
    assert FIRST + timedelta(days=20) not in {row[2] for row in rows(books, machine)}


def test_a_change_of_an_input_the_table_is_not_cut_by_recomputes_everything(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    make.fill(books, machine, "account", [make.an_account("core", "a1", "C-1", kind="debit_card", revision=1)])
    bring(books, machine)
    assert {row[3] for row in rows(books, machine)} == {"debit_card", "term"}
    assert last_run(books, machine).why == "account 有变化，全部重算"


def test_a_frozen_input_recomputes_nothing_that_is_there(books: Bank, machine: Actor) -> None:
    publish(
        books, machine, flow(partition={"column": "day", "by": {"transaction": "event_time"}, "frozen": ["account"]})
    )
    bring(books, machine)
    make.fill(books, machine, "account", [make.an_account("core", "a1", "C-1", kind="debit_card", revision=1)])
    assert bring(books, machine) is None
    make.fill(books, machine, "transaction", [booking(70, 4, 1)])
    bring(books, machine)
    kinds = {row[2]: row[3] for row in rows(books, machine) if row[1] == "C-1"}
    assert (kinds[FIRST], kinds[FIRST + timedelta(days=4)]) == ("current", "debit_card")


REACHING = """
SELECT t.source, t.party_key, CAST(t.event_time AS DATE) AS day, count(o.source_key) AS followed
FROM transaction t
LEFT JOIN transaction o ON o.party_key = t.party_key AND CAST(o.event_time AS DATE) > CAST(t.event_time AS DATE)
    AND CAST(o.event_time AS DATE) <= CAST(t.event_time AS DATE) + 3
GROUP BY t.source, t.party_key, CAST(t.event_time AS DATE)
""".strip()

batches = st.lists(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 9), st.integers(0, 500), st.sampled_from(["a1", "a2"])),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches)
def test_partition_by_partition_equals_the_whole_for_any_loads_and_corrections(
    books: Bank, machine: Actor, loads: list[list[tuple[int, int, int, str]]]
) -> None:
    """The oracle is a table of the same query, computed anew as a whole over the same rows."""
    suffix = uuid.uuid4().hex[:8]
    reach = {"column": "day", "by": {"transaction": "event_time"}, "after_days": 3}
    trees = [
        flow(table=f"flow_{suffix}", sql=FLOW_SQL),
        flow(
            table=f"reach_{suffix}",
            sql=REACHING,
            keys=["source", "party_key", "day"],
            partition=reach,
            columns={},
            rules=[],
        ),
    ]
    for tree in trees:
        publish(books, machine, tree)
        bring(books, machine, tree["table"])
    revisions: dict[int, int] = {}
    for load in loads:
        told = []
        for number, day, amount, account in {one[0]: one for one in load}.values():
            revisions[number] = revisions.get(number, 0) + 1
            revision = revisions[number]
            told.append(booking(number, day, amount, account=account, revision=revision, row_hash=revision))
        make.fill(books, machine, "transaction", told)
        for tree in trees:
            bring(books, machine, tree["table"])
    for tree in trees:
        kept = rows(books, machine, tree["table"])
        assert last_run(books, machine, tree["table"]).kind is RunKind.CHANGED
        bring(books, machine, tree["table"], kind=RunKind.WHOLE)
        assert rows(books, machine, tree["table"]) == kept


def test_a_reach_that_is_too_short_is_found_out_before_anybody_sees_it(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(100 + day, day) for day in range(60)])
    short = {"column": "day", "by": {"transaction": "event_time"}}
    publish(
        books, machine, flow(sql=REACHING, keys=["source", "party_key", "day"], partition=short, columns={}, rules=[])
    )
    with pytest.raises(PartitionDiffers):
        bring(books, machine)
    with books.read(machine) as tx:
        assert "daily_flow" not in pipelines.tables(tx)
        assert store.files(tx, ["daily_flow"])["daily_flow"] == {}


def test_a_failing_rule_keeps_the_last_good_rows_and_names_itself(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    good = rows(books, machine)
    make.fill(books, machine, "transaction", [booking(80, 1, -5000), booking(81, 1, 1, account="a2", party_key="C-2")])
    with pytest.raises(RuleBroken):
        bring(books, machine)
    assert rows(books, machine) == good
    run = last_run(books, machine)
    assert run.state is PipelineRunState.REJECTED
    assert [(one.rule, one.rows) for one in run.broken] == [("发生额不为负", 1)]
    assert run.broken[0].samples == ("source=core · party_key=C-1 · day=2026-10-02 · kind=current",)
    assert "发生额不为负" in run.sentence
    assert "1 行" in run.sentence
    assert health(books, machine) is Health.FAILED


def test_what_is_made_from_a_failed_table_stops_and_says_so_and_goes_on_when_it_is_mended(
    books: Bank, machine: Actor
) -> None:
    publish(books, machine, flow())
    publish(books, machine, monthly())
    follow(books, machine)
    good = rows(books, machine, "monthly_flow")
    assert good == [("core", "C-1", FIRST, sum(range(100, 110))), ("core", "C-2", FIRST, 7)]
    make.fill(books, machine, "transaction", [booking(80, 1, -5000)])
    follow(books, machine)
    assert (health(books, machine), health(books, machine, "monthly_flow")) == (Health.FAILED, Health.BLOCKED)
    assert rows(books, machine, "monthly_flow") == good
    with pytest.raises(InputFailed, match="daily_flow"):
        bring(books, machine, "monthly_flow", kind=RunKind.WHOLE)
    assert last_run(books, machine, "monthly_flow").state is PipelineRunState.BLOCKED
    make.fill(books, machine, "transaction", [booking(80, 1, 1, revision=1)])
    follow(books, machine)
    assert {health(books, machine), health(books, machine, "monthly_flow")} == {Health.FRESH}
    assert rows(books, machine, "monthly_flow")[0][3] == good[0][3] + 1


def test_what_failed_is_not_tried_again_until_something_changes(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(80, 1, -5000)])
    publish(books, machine, flow())
    follow(books, machine)
    first = last_run(books, machine).id
    follow(books, machine)
    assert last_run(books, machine).id == first
    publish(books, machine, flow(rules=[]))
    follow(books, machine)
    assert last_run(books, machine).state is PipelineRunState.DONE


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ({"kind": "not_null", "columns": ["amount"]}, None),
        ({"kind": "unique", "columns": ["party_key"]}, 5),
        ({"kind": "range", "columns": ["day"], "greatest": "2026-10-03"}, 2),
        ({"kind": "range", "columns": ["amount"], "greatest": "2.09"}, 2),
        ({"kind": "rows", "least": "6", "greatest": "6"}, None),
        ({"kind": "rows", "least": "7"}, 1),
        ({"kind": "rule", "expression": "bookings < 2 or kind = 'term'"}, 5),
        ({"kind": "rule", "expression": "amount / (bookings - 2) >= -1"}, None),
        ({"kind": "rule", "expression": "bookings < 2", "severity": "warn"}, "told"),
        ({"kind": "rule", "expression": "bookings < 2", "most": 5}, None),
    ],
)
def test_each_kind_of_rule_counts_the_rows_that_break_it(
    books: Bank, machine: Actor, rule: dict[str, Any], broken: int | str | None
) -> None:
    publish(books, machine, flow(rules=[rule]))
    if isinstance(broken, int):
        with pytest.raises(RuleBroken):
            bring(books, machine)
        assert last_run(books, machine).broken[0].rows == broken
    else:
        bring(books, machine)
        assert [one.rows for one in last_run(books, machine).broken] == ([5] if broken else [])


def test_keys_that_repeat_or_are_empty_stop_a_run_without_any_rule(books: Bank, machine: Actor) -> None:
    twice = {"partition": None, "columns": {}, "rules": []}
    publish(
        books, machine, flow(sql="SELECT kind FROM account UNION ALL SELECT kind FROM account", keys=["kind"], **twice)
    )
    with pytest.raises(RuleBroken, match="主键唯一"):
        bring(books, machine)
    publish(books, machine, flow(sql="SELECT product_no FROM account", keys=["product_no"], **twice))
    with pytest.raises(RuleBroken, match="主键不为空"):
        bring(books, machine)


def test_personal_keys_of_broken_rows_are_masked(books: Bank, machine: Actor) -> None:
    make.fill(
        books, machine, "party", [make.a_party("core", "C-1", name="张小三"), make.a_party("crm", "M-1", name="张小三")]
    )
    publish(books, machine, flow(sql="SELECT name FROM party", keys=["name"], partition=None, columns={}, rules=[]))
    with pytest.raises(RuleBroken):
        bring(books, machine)
    assert set(last_run(books, machine).broken[0].samples) == {"name=张**"}


class Killed(BaseException):
    """Stands for a process that is gone."""


def test_a_backfill_killed_halfway_goes_on_where_it_was(
    books: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.fill(books, machine, "transaction", [booking(200 + day, day) for day in range(0, 100, 9)])
    publish(books, machine, flow())
    write, written = Lake.write_query, []

    def killing(self: Lake, *args: Any, **options: Any) -> Any:
        written.append(options.get("partition"))
        if len(written) == 9:
            raise Killed
        return write(self, *args, **options)

    monkeypatch.setattr(Lake, "write_query", killing)
    with pytest.raises(Killed):
        bring(books, machine)
    run = last_run(books, machine)
    assert run.state is PipelineRunState.RUNNING
    assert 0 < run.partitions_done < run.partitions
    with books.read(machine) as tx:
        assert "daily_flow" not in pipelines.tables(tx)
    again = bring(books, machine)
    assert again == run.id
    assert len(written) < 25
    assert written.count("2026-10-01") == 1
    kept = rows(books, machine)
    bring(books, machine, kind=RunKind.WHOLE)
    assert rows(books, machine) == kept


def test_rows_that_came_while_a_run_lay_killed_are_taken_in_after_it(
    books: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(books, machine, flow())
    with monkeypatch.context() as patch:
        patch.setattr(stage.Stage, "prove", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            bring(books, machine)
    make.fill(books, machine, "transaction", [booking(300, 3, 1_000_000)])
    bring(books, machine)
    assert health(books, machine) is Health.STALE
    assert max(row[4] for row in rows(books, machine)) < 1_000
    bring(books, machine)
    assert max(row[4] for row in rows(books, machine)) > 1_000_000


def test_a_killed_run_of_an_older_version_is_given_up(
    books: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(books, machine, flow())
    with monkeypatch.context() as patch:
        patch.setattr(stage.Stage, "prove", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            bring(books, machine)
    left = last_run(books, machine).id
    publish(books, machine, flow(rules=[]))
    assert bring(books, machine) != left
    with books.read(machine) as tx:
        assert tx.value(text("SELECT count(*) FROM lake_file WHERE table_name LIKE '%~%' AND removed_at IS NULL")) == 0


def test_a_span_of_partitions_is_recomputed_by_hand(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    good = rows(books, machine)
    bring(books, machine, kind=RunKind.RANGE, since=FIRST, until=FIRST + timedelta(days=1))
    assert rows(books, machine) == good
    assert last_run(books, machine).partitions == 2
    with pytest.raises(NothingLike):
        bring(books, machine, kind=RunKind.RANGE, since=FIRST, until=FIRST - timedelta(days=1))


def test_a_span_by_hand_does_not_pass_for_what_changed_elsewhere(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    make.fill(books, machine, "transaction", [booking(400, 4, 9_000)])
    bring(books, machine, kind=RunKind.RANGE, since=FIRST, until=FIRST)
    assert health(books, machine) is Health.STALE
    bring(books, machine)
    assert max(row[4] for row in rows(books, machine)) > 9_000


def test_a_new_version_is_seen_only_when_it_is_whole(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    wider = FLOW_SQL.replace("count(*) AS bookings", "count(*) AS bookings, max(t.amount) AS largest")
    publish(books, machine, flow(sql=wider))
    assert len(rows(books, machine)[0]) == 6
    bring(books, machine)
    assert len(rows(books, machine)[0]) == 7
    assert last_run(books, machine).why == "启用第 2 版定义"


def test_a_version_that_would_break_what_is_made_from_it_is_not_published(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    publish(books, machine, monthly())
    renamed = FLOW_SQL.replace("sum(t.amount) AS amount", "sum(t.amount) AS total")
    edit.save(books, machine, flow(sql=renamed, columns={}, rules=[]), base_version=1)
    with pytest.raises(Exception, match=r"monthly_flow.*amount"):
        edit.publish(books, machine, "daily_flow", version=2)


def test_an_input_column_that_is_gone_stops_the_run_and_names_the_nearest(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    publish(books, machine, monthly())
    bring(books, machine, "monthly_flow")
    good = rows(books, machine, "monthly_flow")
    with psycopg.connect(books.records.url, autocommit=True) as owner:
        owner.execute(
            """UPDATE pipeline_version SET columns = replace(columns::text, '"amount"', '"amounts"')::jsonb
               WHERE name = 'daily_flow'"""
        )
    with pytest.raises(PipelineBroken, match="是否想写“amounts”"):
        bring(books, machine, "monthly_flow")
    assert last_run(books, machine, "monthly_flow").state is PipelineRunState.FAILED
    assert rows(books, machine, "monthly_flow") == good


def test_a_division_by_zero_is_empty(books: Bank, machine: Actor) -> None:
    sql = (
        "SELECT source_key, balance / (balance - balance) AS a, 7 // (balance - balance) AS b, 7 % 0 AS c FROM account"
    )
    publish(books, machine, flow(sql=sql, keys=["source_key"], partition=None, columns={}, rules=[]))
    bring(books, machine)
    assert rows(books, machine) == [("a1", None, None, None), ("a2", None, None, None)]


def test_a_value_that_cannot_be_converted_fails_the_run_in_words(books: Bank, machine: Actor) -> None:
    sql = "SELECT source_key, CAST(account_no || 'x' AS BIGINT) AS a FROM account"
    publish(books, machine, flow(sql=sql, keys=["source_key"], partition=None, columns={}, rules=[]))
    with pytest.raises(QueryFailed, match="不能转换"):
        bring(books, machine)
    assert last_run(books, machine).state is PipelineRunState.FAILED


def test_a_sum_that_overflows_fails_instead_of_being_wrong(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(500 + n, 0, 2**62) for n in range(4)])
    publish(books, machine, flow())
    with pytest.raises(QueryFailed):
        bring(books, machine)


def test_an_empty_lake_gives_an_empty_table(bank: Bank, machine: Actor) -> None:
    publish(bank, machine, flow())
    bring(bank, machine)
    assert rows(bank, machine) == []
    assert last_run(bank, machine).state is PipelineRunState.DONE


def test_two_runs_of_one_table_do_not_meet(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    with store.sole(books, "daily_flow"), pytest.raises(PipelineBusy):
        bring(books, machine)


def test_what_is_not_in_force_does_not_run(books: Bank, machine: Actor) -> None:
    with pytest.raises(PipelineUnknown):
        bring(books, machine)
    edit.save(books, machine, flow(), base_version=0)
    with pytest.raises(NotPublished):
        bring(books, machine)
    follow(books, machine)
    publish(
        books,
        machine,
        monthly(
            table="paused", sql="SELECT kind, count(*) AS n FROM account GROUP BY kind", keys=["kind"], partition=None
        ),
    )
    edit.state_to(books, machine, "paused", PipelineState.PAUSED)
    follow(books, machine)
    with books.read(machine) as tx:
        assert store.last_runs(tx) == {}


def test_a_cadence_alone_runs_when_it_has_passed(books: Bank, machine: Actor, clock: Any) -> None:
    publish(books, machine, flow(on_commit=False, cadence="1d"))
    follow(books, machine)
    first = last_run(books, machine).id
    make.fill(books, machine, "transaction", [booking(600, 3)])
    follow(books, machine)
    assert last_run(books, machine).id == first
    clock.advance(timedelta(days=1))
    follow(books, machine)
    assert last_run(books, machine).id != first


def test_events_tell_what_was_built_and_what_failed(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    make.fill(books, machine, "transaction", [booking(80, 1, -5000)])
    with pytest.raises(RuleBroken):
        bring(books, machine)
    with books.read(machine) as tx:
        told = tx.rows(text("SELECT kind, payload FROM event WHERE kind LIKE 'pipeline.%' ORDER BY seq"))
    assert [row["kind"].removeprefix("pipeline.") for row in told] == ["saved", "stated", "built", "failed"]
    assert told[2]["payload"]["rows"] == 6
    assert (told[3]["payload"]["state"], told[3]["payload"]["rule"]) == ("rejected", "发生额不为负")


def test_a_span_beyond_reason_is_cut(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(700, -200_000)])
    publish(books, machine, flow())
    with pytest.raises(PartitionDiffers):
        bring(books, machine)
    assert date.fromisoformat(str(FIRST)) == FIRST
