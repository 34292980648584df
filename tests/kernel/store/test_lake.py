"""The lake: a file counts only once a transaction published it."""

import resource
import signal
import uuid
from pathlib import Path

import pyarrow as pa
import pytest

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.columns import PiClass, Retention
from liuke.kernel.store.lake import LakeColumn, LakeTable
from liuke.kernel.store.records import DiskFull

CUPS = LakeTable(
    "cups",
    "One row is one cup.",
    (
        LakeColumn("number", "BIGINT", "number of the cup", "", PiClass.NONE, Retention.WORK),
        LakeColumn("colour", "VARCHAR", "its colour", "", PiClass.NONE, Retention.WORK),
    ),
)


def _cups(*numbers: int) -> pa.Table:
    return pa.table({"number": pa.array(numbers, pa.int64()), "colour": ["青"] * len(numbers)})


def _numbers(bank: Bank, actor: Actor) -> list[int]:
    with bank.read(actor) as tx, bank.lake.connect(tx, CUPS) as tables:
        return [row[0] for row in tables.execute("SELECT number FROM cups ORDER BY number").fetchall()]


def test_a_table_without_files_has_its_columns_and_no_row(bank: Bank, machine: Actor) -> None:
    assert _numbers(bank, machine) == []


def test_a_draft_is_invisible_until_its_transaction_commits(bank: Bank, machine: Actor) -> None:
    draft = bank.lake.write(CUPS, _cups(1, 2))
    assert _numbers(bank, machine) == []
    with pytest.raises(RuntimeError), bank.write(machine) as tx:
        bank.lake.publish(tx, [draft])
        raise RuntimeError
    assert _numbers(bank, machine) == []
    with bank.write(machine) as tx:
        bank.lake.publish(tx, [draft], load_id=uuid.uuid4())
    assert _numbers(bank, machine) == [1, 2]


def test_a_partition_is_replaced_in_one_step(bank: Bank, machine: Actor) -> None:
    with bank.write(machine) as tx:
        bank.lake.publish(
            tx, [bank.lake.write(CUPS, _cups(1), partition="a"), bank.lake.write(CUPS, _cups(2), partition="b")]
        )
    with bank.write(machine) as tx:
        assert bank.lake.retire(tx, CUPS, partition="a") == 1
        bank.lake.publish(tx, [bank.lake.write(CUPS, _cups(9), partition="a")])
        assert _numbers(bank, machine) == [1, 2]
    assert _numbers(bank, machine) == [2, 9]


def test_a_query_is_written_as_it_stands_and_an_empty_one_leaves_no_file(bank: Bank, machine: Actor) -> None:
    with bank.lake.engine() as tables:
        draft = bank.lake.write_query(CUPS, tables, "SELECT range AS number, 'x' AS colour FROM range(3)")
        assert bank.lake.write_query(CUPS, tables, "SELECT 1::BIGINT AS number, 'x' AS colour WHERE false") is None
    assert draft is not None
    assert draft.rows == 3
    with bank.write(machine) as tx:
        bank.lake.publish(tx, [draft])
    assert _numbers(bank, machine) == [0, 1, 2]


def test_what_a_crash_left_behind_is_swept_and_what_counts_stays(bank: Bank, machine: Actor) -> None:
    kept = bank.lake.write(CUPS, _cups(1))
    lost = bank.lake.write(CUPS, _cups(2))
    with bank.write(machine) as tx:
        bank.lake.publish(tx, [kept])
    with bank.read(machine) as tx:
        assert bank.lake.sweep(tx, older_than_seconds=3600, now=lost.path.stat().st_mtime) == 0
        assert bank.lake.sweep(tx, older_than_seconds=60, now=lost.path.stat().st_mtime + 61) == 1
    assert kept.path.exists()
    assert not lost.path.exists()
    assert _numbers(bank, machine) == [1]


def test_a_full_disk_is_said_plainly_and_leaves_no_half_file(bank: Bank) -> None:
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(DiskFull) as caught:
            bank.lake.write(
                CUPS, pa.table({"number": range(200_000), "colour": [uuid.uuid4().hex for _ in range(200_000)]})
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert "磁盘空间不足" in caught.value.message
    assert list(Path(bank.lake.root).rglob("*.parquet*")) == []


def test_files_are_for_the_owner_only(bank: Bank) -> None:
    draft = bank.lake.write(CUPS, _cups(1))
    assert draft.path.stat().st_mode & 0o077 == 0
