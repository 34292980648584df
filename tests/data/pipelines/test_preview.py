"""A preview shows some rows, masked, within bounds, and is seen."""

import pytest
from sqlalchemy import text
from tests.data.pipelines.conftest import FIRST, booking, bring, flow, publish
from tests.data.profile import builders as make

from liuke.data.pipelines.build import preview as previewing
from liuke.data.pipelines.build.preview import preview
from liuke.data.pipelines.lineage import lineage
from liuke.data.pipelines.model import PipelineInvalid, QueryFailed, QueryTooLarge, QueryTooLong
from liuke.data.pipelines.query.mask import masked
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden

PLAIN = {"partition": None, "columns": {}, "rules": []}


@pytest.mark.parametrize(
    ("value", "pi", "shown"),
    [
        ("张小三", "c2", "张**"),
        ("13812341234", "c2", "1**********"),
        ("-12.50", "c2", "-**.**"),
        ("1990-03-07", "c2", "1***-**-**"),
        ("secret", "c3", "***"),
        ("C-1", "c1", "C-1"),
        ("current", "none", "current"),
        (None, "c2", None),
    ],
)
def test_a_value_is_masked_by_its_class(value: str | None, pi: str, shown: str | None) -> None:
    assert masked(value, pi) == shown


def test_a_preview_shows_the_newest_day_masked_by_class(books: Bank, machine: Actor) -> None:
    found = preview(books, machine, flow())
    assert [column.name for column in found.columns] == ["source", "party_key", "day", "kind", "amount", "bookings"]
    assert found.rows == (("core", "C-1", str(FIRST.replace(day=5)), "current", "2**", "2"),)
    assert not found.more


def test_names_and_numbers_of_people_do_not_stand_in_a_preview(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "party", [make.a_party("core", "C-1", name="张小三", phone="13812341234")])
    found = preview(
        books, machine, flow(sql="SELECT name, phone, upper(id_no) AS card FROM party", keys=["name"], **PLAIN)
    )
    assert found.rows == (("张**", "1**********", "3" + "*" * 17),)


def test_many_rows_are_cut(books: Bank, machine: Actor) -> None:
    make.fill(books, machine, "transaction", [booking(1000 + n, 4) for n in range(80)])
    found = preview(books, machine, flow(sql="SELECT source_key FROM transaction", keys=["source_key"], **PLAIN))
    assert len(found.rows) == previewing.ROWS
    assert found.more


def test_a_preview_is_an_event(books: Bank, machine: Actor) -> None:
    preview(books, machine, flow())
    with books.read(machine) as tx:
        told = tx.one(text("SELECT payload FROM event WHERE kind = 'pipeline.previewed'"))
    assert told is not None
    assert told["payload"] == {"table": "daily_flow", "inputs": ["transaction", "account"], "rows": 50}


def test_a_query_that_does_not_end_is_stopped(books: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "SECONDS", 0.2)
    make.fill(books, machine, "transaction", [booking(2000 + n, 4) for n in range(2000)])
    endless = "SELECT count(*) AS n FROM transaction a, transaction b, transaction c, transaction d"
    with pytest.raises(QueryTooLong):
        preview(books, machine, flow(sql=endless, keys=["n"], **PLAIN))


def test_a_query_that_wants_too_much_memory_is_stopped(
    books: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MEMORY_MIB", 40)
    monkeypatch.setattr(previewing, "SPILL_MIB", 1)
    make.fill(books, machine, "transaction", [booking(3000 + n, 4) for n in range(2000)])
    wide = (
        "SELECT a.source_key || b.source_key AS k, count(*) AS n FROM transaction a, transaction b"
        " GROUP BY a.source_key || b.source_key"
    )
    with pytest.raises(QueryTooLarge):
        preview(books, machine, flow(sql=wide, keys=["k"], **PLAIN))


def test_a_query_that_fails_or_is_wrong_says_why(books: Bank, machine: Actor) -> None:
    with pytest.raises(QueryFailed, match="不能转换"):
        preview(books, machine, flow(sql="SELECT CAST(kind AS BIGINT) AS k FROM account", keys=["k"], **PLAIN))
    with pytest.raises(PipelineInvalid):
        preview(books, machine, flow(sql="SELECT * FROM read_csv('/etc/passwd')"))
    with pytest.raises(PipelineInvalid):
        preview(books, machine, flow(table="X"))


def test_only_who_may_edit_may_preview(books: Bank, machine: Actor) -> None:
    with pytest.raises(Forbidden):
        preview(books, make.an_actor(Role.ANALYST, permissions=[Permission.PIPELINE_READ]), flow())


def test_lineage_leads_from_canonical_columns_to_derived_ones(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    edges = {(edge.origin.key, edge.target.key) for edge in lineage(books)}
    assert ("transaction.amount", "daily_flow.amount") in edges
    assert ("transaction.event_time", "daily_flow.day") in edges
    labels = {edge.target.key: edge.target.label for edge in lineage(books)}
    assert labels["daily_flow.amount"] == "客户日流水 · 发生额"
