"""What others may ask of the organisation: bring branches and staff up to date, assign customers, list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from liuke.data.org import store, tree
from liuke.data.org.model import (
    Assigned,
    BookChanged,
    Branch,
    BranchesReplaced,
    BranchLevel,
    DuplicateNumber,
    NothingSent,
    Staff,
    StaffFilter,
    StaffReplaced,
    StaffStatus,
)
from liuke.data.org.users import service as users
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page
from liuke.kernel.store.records import WriteHandle

#: Longest name or address kept.
_MAX_TEXT: Final = 200
_LEVEL_AT: Final = (BranchLevel.HEAD_OFFICE, BranchLevel.BRANCH)


def replace_branches(tx: WriteHandle, rows: Iterable[Mapping[str, object]]) -> None:
    """Bring the branch tree up to the full list given (canonical columns of ``branch``); those not named are closed.

    Customers follow their branch to its new place in the tree in the same transaction.

    Raises: NothingSent, DuplicateNumber, BadNumber, BrokenTree — the tree is then as it was.
    """
    given = _by_number(rows, "branch_no", what="机构")
    before, open_before = store.branch_paths(tx), store.active_branches(tx)
    parents = {number: _text(row, "parent_no") or None for number, row in given.items()}
    paths = tree.paths(parents)
    store.save_branches(tx, [_branch_row(row, paths[number], tx) for number, row in given.items()])
    closed = sorted(open_before - given.keys())
    if closed:
        store.close_branches(tx, closed)
    moved = sorted(number for number, path in paths.items() if before.get(number, path) != path)
    tx.emit(BranchesReplaced(added=len(given.keys() - before.keys()), closed=len(closed), moved=moved))


def replace_staff(tx: WriteHandle, rows: Iterable[Mapping[str, object]]) -> None:
    """Bring the staff up to the full list given (canonical columns of ``staff``); those not named have left.

    Who left loses the sign-in account, and their customers go to the pool of their branch.

    Raises: NothingSent, DuplicateNumber, BadNumber.
    """
    given = _by_number(rows, "staff_no", what="员工")
    before = store.staff_status(tx)
    fresh = [_staff_row(row, tx) for row in given.values()]
    store.save_staff(tx, fresh)
    missing = sorted(
        number for number, status in before.items() if status is StaffStatus.ACTIVE and number not in given
    )
    if missing:
        store.close_staff(tx, missing, on=tx.clock.today())
    gone = {str(row["staff_no"]) for row in fresh if row["status"] is StaffStatus.LEFT}
    left = sorted(missing + [number for number in gone if before.get(number) is not StaffStatus.LEFT])
    if left:
        users.disable_left(tx, left)
        released = store.release_books(tx, left, source="staff")
        if released:
            tx.emit(BookChanged(source="staff", changed=released))
    tx.emit(StaffReplaced(added=len(given.keys() - before.keys()), left=left))


def assign(tx: WriteHandle, rows: Iterable[tuple[OneId, str | None, str, str]]) -> Assigned:
    """Assign customers in bulk: (one_id, rm_no or None for the pool, branch_no, source).

    The last row of a customer counts. Nothing changes for one already there; what ends stays as history. An RM who
    left stands for the pool. Rows with an unknown branch are left out and named in the result.
    """
    changed, unknown = store.assign(tx, _clean(rows))
    if changed:
        tx.emit(BookChanged(source="assign", changed=len(changed)))
    return Assigned(changed, unknown)


def find_branches(
    bank: Bank, actor: Actor, *, text: str, under: str | None, active: bool | None, cursor: str | None, limit: int
) -> Page[Branch]:
    """Branches in tree order. The tree itself is no secret among staff with the permission to read it."""
    actor.require(Permission.ORG_READ)
    with bank.read(actor) as tx:
        return store.find_branches(tx, words=text.strip(), under=under, active=active, cursor=cursor, limit=limit)


def find_staff(bank: Bank, actor: Actor, wanted: StaffFilter, *, cursor: str | None, limit: int) -> Page[Staff]:
    """Staff by number, with the size of their book as far as the asker may see it."""
    actor.require(Permission.ORG_READ)
    with bank.read(actor) as tx:
        return store.find_staff(tx, wanted, users.logins_by_staff(), cursor=cursor, limit=limit)


def _by_number(rows: Iterable[Mapping[str, object]], key: str, *, what: str) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for row in rows:
        number = tree.checked(_text(row, key), what=what)
        if number in found:
            raise DuplicateNumber(what=what, number=number)
        found[number] = row
    if not found:
        raise NothingSent(what=what)
    return found


def _branch_row(row: Mapping[str, object], path: str, tx: WriteHandle) -> dict[str, object]:
    named = {name: _text(row, name) for name in ("branch_no", "province", "city", "district", "address")}
    depth = path.count("/")
    level = _text(row, "level")
    known = BranchLevel(level) if level in set(BranchLevel) else BranchLevel.SUB_BRANCH
    return named | {
        "parent_no": _text(row, "parent_no") or None,
        "name": _text(row, "name") or named["branch_no"],
        "level": known if level else _LEVEL_AT[depth - 1] if depth <= len(_LEVEL_AT) else known,
        "path": path,
        "longitude": row.get("longitude"),
        "latitude": row.get("latitude"),
        "active": True,
        "changed_at": tx.clock.now(),
    }


def _staff_row(row: Mapping[str, object], tx: WriteHandle) -> dict[str, object]:
    left_on = row.get("left_on")
    gone = _text(row, "status") == StaffStatus.LEFT or (isinstance(left_on, date) and left_on <= tx.clock.today())
    return {
        "staff_no": _text(row, "staff_no"),
        "name": _text(row, "name"),
        "branch_no": _text(row, "branch_no"),
        "position": _text(row, "position"),
        "status": StaffStatus.LEFT if gone else StaffStatus.ACTIVE,
        "hired_on": row.get("hired_on"),
        "left_on": left_on,
        "changed_at": tx.clock.now(),
    }


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).replace("\0", "").strip()[:_MAX_TEXT]


def _clean(rows: Iterable[tuple[OneId, str | None, str, str]]) -> Iterator[Sequence[object]]:
    for one_id, rm_no, branch_no, source in rows:
        yield int(one_id), (rm_no or "").strip() or None, (branch_no or "").strip(), source
