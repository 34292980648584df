"""The truth: who every record is, and what the simulation knows and the bank does not."""

import numpy as np

from twinbank import companies, customers
from twinbank.arrow import Table, pa, pq
from twinbank.draw import Ints, stream
from twinbank.layouts import SYSTEMS
from twinbank.sink import Sink
from twinbank.systems.app import devices
from twinbank.world import World

_EVENTS = np.array(["", "moved", "new_job", "house", "child", "illness"])


def write(world: World, sink: Sink) -> None:
    """All files under DIR/truth."""
    tables = {
        "identity": identity(world),
        "person": _person(world),
        "family": _family(world),
        "company": _company(world),
        "ownership": _ownership(world),
        "device": _device(world),
        "phone": _phone(world),
        "account": _account(world),
        "life_event": _life_event(world),
    }
    for name, rows in tables.items():
        path = f"truth/{name}.parquet"
        pq.write_table(rows, sink.path(path), compression="zstd")
        sink.note(path, rows.num_rows)


def identity(world: World) -> Table:
    """source, source_key, person_id of every customer record of every system."""
    source, key, person = [], [], []
    for name in SYSTEMS:
        register = world.registers[name]
        source += [name] * len(register)
        key += register.key.tolist()
        owner = np.where(
            register.customer >= 0, world.customers.person[register.customer], companies.PERSON_ID + register.company
        )
        person.append(owner)
    return pa.table({"source": source, "source_key": key, "person_id": np.concatenate(person)})


def _day(days: Ints) -> object:
    known = (np.asarray(days) > 0) & (np.asarray(days) < customers.NEVER)
    return pa.array(np.where(known, days, 0).astype("datetime64[D]"), mask=~known)


def _person(world: World) -> Table:
    people, folk = world.people, world.customers
    size = len(people)
    former = people.former_names()

    def spread(values: np.ndarray, *, empty: object = None) -> object:
        out = np.full(size, empty, dtype=object)
        out[folk.person] = values.tolist()
        return pa.array(out.tolist())

    leave = np.zeros(size, dtype=np.int64)
    leave[folk.person] = folk.leave
    reason = np.array(customers.REASONS, dtype=object)[folk.reason]
    reason[~folk.leaves] = None
    return pa.table(
        {
            "person_id": np.arange(size),
            "name": world.names.tolist(),
            "former_name": [a if a != b else None for a, b in zip(former.tolist(), world.names.tolist(), strict=True)],
            "id_no": [bytes(row).decode() for row in people.id_no],
            "birth_date": people.birth,
            "gender": np.where(people.woman, "F", "M").tolist(),
            "household_id": people.household,
            "customer": spread(np.ones(len(folk), bool), empty=False),
            "branch_no": spread(world.branches.number[folk.branch]),
            "rm_no": spread(world.staff.number[folk.rm]),
            "persona": spread(np.array(customers.PERSONAS)[folk.persona]),
            "income_month": spread(folk.income),
            "wealth": spread(folk.wealth),
            "hazard": spread(folk.hazard),
            "leave_date": _day(leave),
            "leave_reason": spread(reason),
            **{f"likes_{name}": spread(folk.likes[:, at].round(4)) for at, name in enumerate(customers.LIKES)},
            "price_sensitivity": spread(folk.price_sensitivity.round(4)),
            "digital": spread(folk.digital.round(4)),
        }
    )


def _family(world: World) -> Table:
    """Head–spouse, parents–children, head–parent; each pair in both directions."""
    people = world.people
    size = int(people.household[-1]) + 1
    row = np.full((5, size), -1)
    row[people.role, people.household] = np.arange(len(people))
    pairs = [
        (0, 1, "spouse", "spouse"),
        (0, 2, "child", "parent"),
        (0, 3, "child", "parent"),
        (1, 2, "child", "parent"),
    ]
    pairs += [(1, 3, "child", "parent"), (0, 4, "parent", "child")]
    person, other, kind = [], [], []
    for a, b, there, back in pairs:
        both = np.flatnonzero((row[a] >= 0) & (row[b] >= 0))
        person += [row[a, both], row[b, both]]
        other += [row[b, both], row[a, both]]
        kind += [there] * len(both) + [back] * len(both)
    return pa.table({"person_id": np.concatenate(person), "other_id": np.concatenate(other), "kind": kind})


def _company(world: World) -> Table:
    firms, core = world.companies, world.registers["core"]
    return pa.table(
        {
            "person_id": companies.PERSON_ID + np.arange(len(firms)),
            "cust_no": core.key[core.persons :].tolist(),
            "name": firms.name.tolist(),
            "legal_rep_id": world.customers.person[firms.owner],
        }
    )


def _ownership(world: World) -> Table:
    """One row a firm and a person who directs it or owns a share: share in per cent, 0 without one."""
    firms, folk = world.companies, world.customers
    company, holder, share = firms.holders
    owned = dict(zip(zip(company.tolist(), holder.tolist(), strict=True), share.tolist(), strict=True))
    led = {(firm, boss) for firm, boss in enumerate(firms.owner.tolist())}
    pairs = sorted(led | owned.keys())
    return pa.table(
        {
            "company_id": [companies.PERSON_ID + firm for firm, _ in pairs],
            "person_id": [int(folk.person[holder]) for _, holder in pairs],
            "legal_rep": [pair in led for pair in pairs],
            "share": [owned.get(pair, 0) for pair in pairs],
        }
    )


def _device(world: World) -> Table:
    owner = world.customers.person[world.registers["app"].customer]
    return pa.table({"device_id": devices(world).tolist(), "person_id": owner})


def _phone(world: World) -> Table:
    """Present and former phones; a former number may be somebody else's present one."""
    people = world.people
    old = np.flatnonzero(people.old_phone > 0)
    changed = people.changed_on.astype(np.int64)
    began = changed[old] - stream(world.seed, "phone-history").integers(300, 4000, len(old))
    return pa.table(
        {
            "phone": [str(n) for n in [*people.phone.tolist(), *people.old_phone[old].tolist()]],
            "person_id": np.concatenate([np.arange(len(people)), old]),
            "valid_from": _day(np.concatenate([np.where(people.old_phone > 0, changed, 0), began])),
            "valid_to": _day(np.concatenate([np.zeros(len(people), np.int64), changed[old]])),
        }
    )


def _account(world: World) -> Table:
    book, core = world.accounts, world.registers["core"]
    company = companies.PERSON_ID + core.company[book.record]
    return pa.table(
        {
            "acct_no": book.number.tolist(),
            "person_id": np.where(book.customer >= 0, world.customers.person[book.customer], company),
            "opening": book.opening,
            "closing": world.ledger.balance,
        }
    )


def _life_event(world: World) -> Table:
    """One row an event: the customer, the month's first day, what happened."""
    folk = world.customers
    row, month = np.nonzero(folk.life_event)
    first = np.array([m.first for m in world.window.months])
    return pa.table(
        {
            "person_id": folk.person[row],
            "on": _day(first[month]),
            "kind": _EVENTS[folk.life_event[row, month]].tolist(),
        }
    )
