"""Events reach the log once each and in order, whatever crashes; the database and the log watch over each other."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import delete, select, update
from tests.guard.audit.conftest import RateSet

from liuke.app.wiring import LISTENERS
from liuke.app.worker import listening
from liuke.data.org.users.roles import PERMISSIONS
from liuke.data.profile import CustomersListed
from liuke.guard.audit import (
    erase,
    evidence,
    examine,
    follow,
    persons,
    proved,
    rebuild,
    search,
    service,
    store,
    turn,
)
from liuke.guard.audit.model import LogNotBegun, TransactionsAnew, Wanted
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.log import Log, held
from liuke.guard.audit.seal.model import FaultKind, LogFull, LogHeld, LogRolledBack
from liuke.guard.consent.requests.model import SubjectErased
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.log import cursor_table

Reopened = Callable[[], AbstractContextManager[Log]]


def seen(bank: Bank, actor: Actor, **wanted: object) -> list[tuple[int, str, object]]:
    page = search(bank, actor, Wanted(**wanted), cursor=None, limit=100)  # type: ignore[arg-type]
    return [(entry.n, entry.kind, entry.subject) for entry in page.items]


def _until(holds: Callable[[], bool]) -> None:
    """Wait for the follower; the test's own time limit ends a wait in vain."""
    while not _told(holds):
        time.sleep(0.05)


def _told(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except LogNotBegun:
        return False


def test_every_event_is_taken_in_once_and_in_order(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(7, 8)
    with bank.write(machine) as tx:
        tx.emit(RateSet(rate_bp=120))
    assert turn(bank, machine, log) == 3
    assert turn(bank, machine, log) == 0
    assert log.newest.size == 3
    assert seen(bank, machine) == [(2, "test.rate_set", None), (1, "test.page_seen", 8), (0, "test.page_seen", 7)]
    assert examine(bank, machine).sound


def test_the_search_narrows_by_customer_actor_kind_and_time(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    see(7, 8, 7)
    with bank.write(Actor.system("other")) as tx:
        tx.emit(RateSet(rate_bp=1))
    turn(bank, machine, log)
    assert [n for n, _, _ in seen(bank, machine, subject=OneId(7))] == [2, 0]
    assert [n for n, _, _ in seen(bank, machine, actor_id="system:other")] == [3]
    assert [n for n, _, _ in seen(bank, machine, kind="test.page_seen")] == [2, 1, 0]
    assert [n for n, _, _ in seen(bank, machine, kind="test.")] == [3, 2, 1, 0]
    assert seen(bank, machine, until=bank.clock.now()) == []
    first = search(bank, machine, Wanted(kind="test."), cursor=None, limit=3)
    rest = search(bank, machine, Wanted(kind="test."), cursor=first.next_cursor, limit=3)
    assert [entry.n for entry in (*first.items, *rest.items)] == [3, 2, 1, 0]


def test_looking_up_a_customers_trail_is_an_entry_itself(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(7)
    turn(bank, machine, log)
    search(bank, machine, Wanted(subject=OneId(7)), cursor=None, limit=10)
    turn(bank, machine, log)
    assert seen(bank, machine)[0] == (1, "audit.trail_viewed", 7)


def test_reading_the_log_is_an_entry_itself(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(7, 8)
    turn(bank, machine, log)
    seen(bank, machine)
    proved(bank, machine, 1)
    turn(bank, machine, log)
    assert [(kind, subject) for _, kind, subject in seen(bank, machine)][:2] == [
        ("audit.trail_viewed", 8),
        ("audit.searched", None),
    ]


def test_a_turn_that_crashes_after_writing_does_not_write_twice(
    bank: Bank, machine: Actor, log: Log, see: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(1, 2, 3)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(store, "remember", lambda *_: (_ for _ in ()).throw(RuntimeError))
        turn(bank, machine, log)
    assert log.size == 3
    see(4)
    turn(bank, machine, log)
    assert [n for n, _, _ in seen(bank, machine)] == [3, 2, 1, 0]
    assert [subject for _, _, subject in seen(bank, machine)] == [4, 3, 2, 1]
    assert examine(bank, machine).sound


def test_nothing_moves_on_when_the_disk_is_full(
    bank: Bank, machine: Actor, log: Log, see: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(1)
    with monkeypatch.context() as patch, pytest.raises(LogFull):
        patch.setattr(log, "append", lambda _drafts: (_ for _ in ()).throw(LogFull()))
        turn(bank, machine, log)
    turn(bank, machine, log)
    assert [n for n, _, _ in seen(bank, machine)] == [0]


def test_two_servers_cannot_follow_into_one_log(reopened: Reopened, log: Log) -> None:
    with pytest.raises(LogHeld), reopened():
        pass


def test_a_customer_who_is_erased_is_gone_and_the_log_still_verifies(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    see(7, 8, 7)
    with bank.write(machine) as tx:
        tx.emit(SubjectErased(request="r1", rooms=[], subject=OneId(7)))
    turn(bank, machine, log)
    turn(bank, machine, log)
    assert seen(bank, machine, subject=OneId(7)) == [(3, "subject.erased", 7)]
    erased = proved(bank, machine, 0).entry
    assert (erased.subject, erased.payload, erased.erased) == (None, None, True)
    assert proved(bank, machine, 1).entry.subject == 8
    assert examine(bank, machine).sound
    assert examine(bank, machine).erased == 2


def test_a_log_that_grows_and_forgets_while_it_is_verified_is_sound(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    see(7, 8)
    turn(bank, machine, log)

    def meanwhile(_done: float) -> None:
        see(7, 9)
        turn(bank, machine, log)
        erase(bank, machine, log, OneId(7), reason="r1")

    report = examine(bank, machine, say=meanwhile)
    assert list(report.faults) == []
    assert log.size > report.size


def test_nothing_in_the_files_tells_whom_an_entry_is_about(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(70_707)
    with bank.write(machine) as tx:
        tx.emit(SubjectErased(request="r1", rooms=["consent"], subject=OneId(70_707)))
    turn(bank, machine, log)
    held = b"".join(path.read_bytes() for path in (bank.settings.home / "audit").rglob("*") if path.is_file())
    assert b"70707" not in held
    assert b"overview" not in held


def test_a_copy_taken_before_the_erasure_says_nothing_after_it(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    see(7)
    turn(bank, machine, log)
    copy = bank.settings.home / "copy"
    shutil.copytree(bank.settings.home / "audit", copy)
    erase(bank, machine, log, OneId(7), reason="test")
    line = Folder(copy).line(0)
    assert line is not None
    assert line.beside is not None
    with bank.read(machine) as tx:
        known = persons.named_in(tx, bank.keys, [line])
        assert persons.told(line, ring=bank.keys, known=known) is None


def test_a_list_of_customers_is_found_by_each_of_them_until_they_are_erased(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    with bank.write(machine) as tx:
        tx.emit(CustomersListed(where="list", count=2, one_ids=[7, 8]))
    see(8)
    turn(bank, machine, log)
    assert [n for n, _, _ in seen(bank, machine, subject=OneId(7))] == [0]
    assert [n for n, _, _ in seen(bank, machine, subject=OneId(8))] == [1, 0]
    entry = proved(bank, machine, 0).entry
    assert (entry.listed, entry.listed_erased, entry.payload) == ([7, 8], 0, {"where": "list", "count": 2})
    erase(bank, machine, log, OneId(8), reason="test")
    assert seen(bank, machine, subject=OneId(8)) == []
    entry = proved(bank, machine, 0).entry
    assert (entry.listed, entry.listed_erased) == ([7], 1)
    assert examine(bank, machine).sound


def test_a_customer_seen_again_after_the_erasure_has_a_new_number(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    see(7)
    turn(bank, machine, log)
    erase(bank, machine, log, OneId(7), reason="test")
    see(7)
    turn(bank, machine, log)
    assert [n for n, _, _ in seen(bank, machine, subject=OneId(7))] == [2]
    assert proved(bank, machine, 0).entry.erased
    assert examine(bank, machine).sound


def test_a_key_destroyed_without_an_erasure_is_named(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(6, 7)
    turn(bank, machine, log)
    with bank.write(machine) as tx:
        tx.execute(delete(store.person_table).where(store.person_table.c.subject == 7))
    faults = examine(bank, machine).faults
    assert [(fault.kind, fault.entry) for fault in faults] == [(FaultKind.PERSONAL, 1)]


def test_evidence_shows_a_list_with_public_numbers(bank: Bank, machine: Actor, log: Log) -> None:
    with bank.write(machine) as tx:
        tx.emit(CustomersListed(where="list", count=2, one_ids=[7, 8]))
    turn(bank, machine, log)
    _, pack = evidence(bank, machine, [0], reason="监管检查")
    number = bank.keys.customer_numbers.encode
    assert [entry["customers"] for entry in pack["entries"]] == [[number(7), number(8)]]  # type: ignore[attr-defined]


def test_an_erasure_interrupted_between_two_turns_is_carried_out(
    bank: Bank, machine: Actor, log: Log, see: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(7)
    with bank.write(machine) as tx:
        tx.emit(SubjectErased(request="r1", rooms=[], subject=OneId(7)))
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(follow, "erase", lambda *_args, **_more: (_ for _ in ()).throw(RuntimeError))
        turn(bank, machine, log)
    turn(bank, machine, log)
    assert proved(bank, machine, 0).entry.erased


def test_the_index_is_built_again_from_the_log(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(7, 8, 9)
    turn(bank, machine, log)
    erase(bank, machine, log, OneId(8), reason="test")
    with bank.read(machine) as tx:
        before = tx.rows(select(store.entry_table).order_by(store.entry_table.c.n))
    rebuild(bank, machine, log)
    with bank.read(machine) as tx:
        assert tx.rows(select(store.entry_table).order_by(store.entry_table.c.n)) == before


@pytest.mark.parametrize("n", [0, 2])
def test_an_edited_index_is_named(bank: Bank, machine: Actor, log: Log, see: Callable, n: int) -> None:
    see(7, 8, 9)
    turn(bank, machine, log)
    with bank.write(machine) as tx:
        tx.execute(update(store.entry_table).where(store.entry_table.c.n == n).values(leaf=b"x"))
    faults = examine(bank, machine).faults
    assert [(fault.kind, fault.entry) for fault in faults] == [(FaultKind.INDEX, n)]
    with bank.write(machine) as tx:
        tx.execute(delete(store.entry_table).where(store.entry_table.c.n == n))
    assert not examine(bank, machine).sound or n == 2


def test_an_index_that_tells_other_facts_is_named(bank: Bank, machine: Actor, log: Log, see: Callable) -> None:
    see(7, 8)
    turn(bank, machine, log)
    with bank.write(machine) as tx:
        tx.execute(update(store.entry_table).where(store.entry_table.c.n == 1).values(actor_id="somebody"))
    assert [fault.entry for fault in examine(bank, machine).faults] == [1]


def test_the_database_notices_a_log_that_was_rolled_back_or_begun_anew(
    bank: Bank, machine: Actor, see: Callable, reopened: Reopened
) -> None:
    home = bank.settings.home
    see(1)
    with reopened() as log:
        turn(bank, machine, log)
    shutil.copytree(home / "audit", home / "old")
    see(2)
    with reopened() as log:
        turn(bank, machine, log)
    shutil.rmtree(bank.settings.audit_witness)  # type: ignore[arg-type]
    shutil.rmtree(home / "audit")
    with pytest.raises(LogRolledBack, match="数据库"), reopened():
        pass
    shutil.copytree(home / "old", home / "audit")
    with pytest.raises(LogRolledBack), reopened():
        pass
    assert FaultKind.ROLLBACK in {fault.kind for fault in examine(bank, machine).faults}


def test_the_follower_keeps_up_by_itself_and_stops_when_asked(bank: Bank, machine: Actor, see: Callable) -> None:
    see(1, 2)
    with listening(bank, LISTENERS):
        _until(lambda: service.state(bank, machine).indexed == 2)
    assert not held(bank.settings.home / "audit")
    assert [n for n, _, _ in seen(bank, machine)] == [1, 0]


def test_why_nothing_is_written_is_told_until_all_is_well_again(
    bank: Bank, machine: Actor, see: Callable, reopened: Reopened
) -> None:
    see(1)
    with reopened() as log:
        turn(bank, machine, log)
    path = next((bank.settings.home / "audit/segments").glob("*.log"))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"customer", b"somebody").replace(b"test.", b"text."))
    with listening(bank, LISTENERS):
        _until(lambda: "与其签名检查点不符" in service.state(bank, machine).trouble)
    path.write_bytes(whole)
    see(2)
    with listening(bank, LISTENERS):
        _until(lambda: service.state(bank, machine).indexed == 2)
    assert service.state(bank, machine).trouble == ""


def test_no_role_both_writes_business_data_and_keeps_the_log() -> None:
    reading = {Permission.AUDIT_READ, Permission.AUDIT_ADMIN, Permission.EVENT_READ, Permission.ORG_READ}
    for role in Role:
        if Permission.AUDIT_ADMIN in PERMISSIONS[role]:
            assert PERMISSIONS[role] <= reading, role
    assert Permission.AUDIT_ADMIN in PERMISSIONS[Role.AUDIT_ADMIN]


def test_a_database_that_counts_its_transactions_anew_stops_the_log_instead_of_leaving_a_gap(
    bank: Bank, machine: Actor, log: Log, see: Callable
) -> None:
    """As after a restore from a dump: new events would lie before the cursor and never be read."""
    see(7)
    turn(bank, machine, log)
    with bank.write(machine) as tx:
        tx.execute(update(cursor_table).where(cursor_table.c.consumer == "audit").values(txn=2**50))
    see(8)
    size = log.size
    with pytest.raises(TransactionsAnew, match="事务编号倒退"):
        turn(bank, machine, log)
    assert log.size == size
