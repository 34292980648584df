"""The event log: written with the change, never changed, read once each without gaps."""

import threading
from dataclasses import dataclass
from typing import ClassVar

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId
from liuke.kernel.store import log


@dataclass(frozen=True, kw_only=True)
class CupFilled(Event):
    kind: ClassVar[str] = "test.cup_filled"
    cup: int


def _read_all(bank: Bank, actor: Actor, after: tuple[int, int] = (0, 0)) -> list[log.Recorded]:
    with bank.read(actor) as tx:
        return log.read_after(tx.connection, *after)


def test_an_event_is_written_with_its_change_or_not_at_all(bank: Bank, machine: Actor) -> None:
    with pytest.raises(RuntimeError), bank.write(machine) as tx:
        tx.emit(CupFilled(cup=1))
        raise RuntimeError
    with bank.write(machine) as tx:
        tx.emit(CupFilled(cup=2, subject=OneId(7)))
    events = _read_all(bank, machine)
    assert [(event.kind, event.payload, event.subject) for event in events] == [("test.cup_filled", {"cup": 2}, 7)]
    assert events[0].actor_id == "system:test"


@pytest.mark.parametrize("change", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event"])
def test_nobody_can_change_the_log_not_even_its_owner(bank: Bank, machine: Actor, change: str) -> None:
    with bank.write(machine) as tx:
        tx.emit(CupFilled(cup=1))
    with pytest.raises(DBAPIError), bank.write(machine) as tx:
        tx.execute(text(change))
    with psycopg.connect(bank.records.url) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute(change)
    assert len(_read_all(bank, machine)) == 1


def test_a_transaction_that_commits_late_is_not_skipped(bank: Bank, machine: Actor) -> None:
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with bank.write(machine) as tx:
            tx.emit(CupFilled(cup=1))
            written.set()
            commit.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    with bank.write(machine) as tx:
        tx.emit(CupFilled(cup=2))
    assert _read_all(bank, machine) == []
    commit.set()
    thread.join()
    assert sorted(event.payload["cup"] for event in _read_all(bank, machine)) == [1, 2]


def test_a_consumer_goes_on_where_its_cursor_stands(bank: Bank, machine: Actor) -> None:
    with bank.write(machine) as tx:
        tx.emit(*(CupFilled(cup=number) for number in range(5)))
    with bank.write(machine) as tx:
        first = log.read_after(tx.connection, *log.position(tx.connection, "drinker"), limit=3)
        log.advance(tx.connection, "drinker", first[-1].txn, first[-1].seq, bank.clock)
    with bank.write(machine) as tx:
        rest = log.read_after(tx.connection, *log.position(tx.connection, "drinker"))
    assert [event.payload["cup"] for event in first + rest] == [0, 1, 2, 3, 4]


def test_an_event_wakes_listeners_when_it_commits(bank: Bank, machine: Actor) -> None:
    with psycopg.connect(bank.records.url, autocommit=True) as listener:
        listener.execute(f"LISTEN {log.CHANNEL}")
        with bank.write(machine) as tx:
            tx.emit(CupFilled(cup=1))
        assert [note.channel for note in listener.notifies(timeout=5, stop_after=1)] == [log.CHANNEL]


def test_two_kinds_of_one_name_cannot_exist() -> None:
    with pytest.raises(TypeError):

        class Impostor(Event):
            kind: ClassVar[str] = "test.cup_filled"


def test_the_application_role_cannot_bypass_row_level_security(bank: Bank, machine: Actor) -> None:
    with bank.read(machine) as tx:
        assert tx.value(select(text("current_user"))) == "liuke_app"
        row = tx.one(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"))
    assert row == {"rolsuper": False, "rolbypassrls": False}
