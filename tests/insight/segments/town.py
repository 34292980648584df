"""Three hundred customers with pages and tags of a day; two relationship managers in two branches."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import text
from tests.guard.consent.builders import a_customer, an_act
from tests.guard.consent.builders import an_actor as someone

from liuke.data.tags import store as tag_store
from liuke.data.tags.define.book import Book, bind
from liuke.data.tags.define.read import shipped
from liuke.data.tags.snapshot import write
from liuke.data.tags.snapshot.draft import drafting
from liuke.guard import consent
from liuke.kernel.actor import EVERYTHING, Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank

SIZE = 301
DAY = date(2026, 10, 31)
EVERYBODY = np.arange(SIZE) > 0

#: Tags of customer n: AUM grows by 20,000 元, ages go from 18 to 77, every tenth customer has no age.
VALUES: Mapping[str, Any] = {
    "aum": np.arange(SIZE, dtype=np.int64) * 2_000_000,
    "age": (18 + np.arange(SIZE) % 60).astype(np.int64),
    "risk_tolerance": (np.arange(SIZE) % 5).astype(np.uint8),
    "no_login_30d": np.arange(SIZE) % 3 == 0,
    "dormant": np.arange(SIZE) % 7 == 0,
    "next_due_on": np.full(SIZE, (DAY - date(1970, 1, 1)).days) + np.arange(SIZE) % 40,
    "net_outflow_rate_3m": (np.arange(SIZE) % 100).astype(np.int64) * 100,
    "login_30d": (np.arange(SIZE) % 11).astype(np.int64),
}
MISSING: Mapping[str, Any] = {"age": np.arange(SIZE) % 10 == 0}


def book() -> Book:
    """The shipped definitions."""
    return bind(shipped())


def tag(
    bank: Bank,
    *,
    day: date = DAY,
    values: Mapping[str, Any] | None = None,
    missing: Mapping[str, Any] | None = None,
    present: Any = None,
) -> str:
    """Publish a snapshot of tags; ``values`` replaces columns of the town's."""
    held = {**VALUES, **(values or {})}
    lacks = {**MISSING, **(missing or {})}
    here = EVERYBODY if present is None else present
    root, known = tag_store.root(bank), book()
    created = datetime(2026, 11, 1, tzinfo=UTC)
    with drafting(root, book=known, as_of=day, created_at=created, engine="test") as draft:
        draft.put(0, here, {code: (column, lacks.get(code)) for code, column in held.items()})
        return write.publish(root, draft)


def people(bank: Bank, machine: Actor) -> None:
    """Pages of customers: odd ones are S001's in Hangzhou, even ones S002's in Ningbo."""
    a_customer(bank, machine, 1, aum=2_000_000)
    keys = [
        {"one": number, "key": bank.keys.wrap(bank.keys.new_subject_key(number))}  # type: ignore[arg-type]
        for number in range(2, SIZE)
    ]
    with bank.write(machine) as tx:
        tx.execute(text(_OTHERS), {"last": SIZE - 1})
        tx.execute(text("INSERT INTO subject_key (one_id, wrapped) VALUES (:one, :key)"), keys)


#: Everybody else, copied from the first.
_OTHERS = """
INSERT INTO profile
SELECT (jsonb_populate_record(first, jsonb_build_object(
    'one_id', n, 'aum', n * 2000000,
    'branch_path', CASE WHEN n % 2 = 1 THEN 'HO/0571/' ELSE 'HO/0574/' END,
    'rm_no', CASE WHEN n % 2 = 1 THEN 'S001' ELSE 'S002' END))).*
FROM profile AS first, generate_series(2, :last) AS n WHERE first.one_id = 1"""


def agree(bank: Bank, machine: Actor, numbers: Iterable[int]) -> None:
    """Let customers consent to marketing by SMS."""
    with bank.write(machine) as tx:
        for number in numbers:
            consent.record(tx, number, an_act())  # type: ignore[arg-type]


def analyst(name: str = "analyst", *more: Permission) -> Actor:
    """Somebody who makes segments over the whole bank."""
    rights = (Permission.SEGMENT_READ, Permission.SEGMENT_EDIT, Permission.SEGMENT_EXPORT, Permission.CUSTOMER_READ)
    return replace(someone(Role.ANALYST, scope=EVERYTHING, permissions=(*rights, *more)), user_id=name)


def manager(staff_no: str = "S001") -> Actor:
    """A relationship manager with a book."""
    rights = (Permission.SEGMENT_READ, Permission.CUSTOMER_READ)
    return someone(Role.RM, scope=Scope(ScopeKind.BOOK, staff_no=staff_no), permissions=rights)


def head(path: str = "HO/0571/") -> Actor:
    """The head of a branch."""
    rights = (Permission.SEGMENT_READ, Permission.SEGMENT_EXPORT, Permission.CUSTOMER_READ)
    return someone(Role.BRANCH_HEAD, scope=Scope(ScopeKind.BRANCH, branch_path=path), permissions=rights)


def judge() -> Actor:
    """Somebody who lets lists out of the house."""
    rights = (Permission.SEGMENT_READ, Permission.SEGMENT_APPROVE, Permission.SEGMENT_EXPORT)
    return someone(Role.COMPLIANCE, scope=EVERYTHING, permissions=rights)
