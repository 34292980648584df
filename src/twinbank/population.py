"""Party records of many people in five systems without the bank around them, to measure identity resolution on."""

import numpy as np

from twinbank import dirt, people
from twinbank.arrow import Column, Table, pa, pc
from twinbank.draw import Ints, happens, stream

_TODAY = np.datetime64("2026-10-31")
_PEOPLE_PER_RECORD = 0.42
_SHARE = {"core": 1.0, "app": 0.62, "card": 0.42, "wealth": 0.24, "crm": 0.45}
_TWICE = {"core": 0.015, "app": 0.02, "card": 0.01, "wealth": 0.005, "crm": 0.02}
_PREFIX = {"core": "10", "app": "u_", "card": "K", "wealth": "88", "crm": "G"}


def population(n: int, *, seed: int = 7) -> tuple[Table, Table]:
    """`n` party records of about 0.42 n people, and the truth.

    Returns (records, truth). records: source, source_key, name, id_type, id_no, birth_date (date32), gender (M/F),
    phone, email (null), province, city, district, address (whole text); unknown = null; rows in random order.
    truth: source, source_key, person_id. Difficulty: ID number missing 2–45 % by source, one digit wrong 0.3–2 %, 15
    digits for some of the old; a former phone 10–25 %, a family member's phone 1 %; former numbers that belong to
    somebody else now; homonyms by frequency of names; pinyin, full width, wrong characters, former names; moved homes.
    """
    crowd = people.build(int(n * _PEOPLE_PER_RECORD), seed=seed, today=_TODAY, purpose="population")
    adults = np.flatnonzero(crowd.adults(_TODAY))
    rng = stream(seed, "population", "members")
    adults = rng.permutation(adults)[: max(int(n * _PEOPLE_PER_RECORD), 1)]
    scale = n / len(adults) / (sum(_SHARE[s] * (1 + _TWICE[s]) for s in _SHARE))
    tables, owners = [], []
    for source in _SHARE:
        some = adults[happens(rng, _SHARE[source] * scale, len(adults))] if source != "core" else adults
        rows = np.concatenate([some, some[happens(rng, _TWICE[source], len(some))]])
        owners.append(rows)
        tables.append(_records(crowd.take(rows), source, seed=seed, start=0))
    whole, owner = pa.concat_tables(tables), np.concatenate(owners)
    order = rng.permutation(len(owner))[:n]
    records = whole.take(pa.array(order))
    truth = records.select(["source", "source_key"]).append_column("person_id", pa.array(owner[order]))
    return records, truth


def _records(some: people.People, source: str, *, seed: int, start: int) -> Table:
    rng = stream(seed, "population", source)
    seen = dirt.look(some, rng=rng, rates=dirt.SYSTEMS[source])
    size = len(some)
    number = 10_000_000 + start + rng.permutation(size)
    gender = np.where(seen.woman, "F", "M")
    passport = pa.array(some.passport)
    return pa.table(
        {
            "source": pa.array([source]).take(pa.array(np.zeros(size, np.int64))),
            "source_key": pc.binary_join_element_wise(_PREFIX[source], pa.array(number).cast(pa.string()), ""),
            "name": _text(pa.array(seen.name)),
            "id_type": pc.if_else(passport, "passport", "idcard"),
            "id_no": _text(pa.array(seen.id_no).cast(pa.string())),
            "birth_date": pa.array(seen.birth),
            "gender": pa.array(gender, mask=~seen.gender_known),
            "phone": _number(seen.phone),
            "email": pa.nulls(size, pa.string()),
            **_address(seen),
        }
    )


def _text(column: Column) -> Column:
    return pc.if_else(pc.equal(column, ""), None, column)


def _number(phone: Ints) -> Column:
    return pa.array(phone, mask=phone == 0).cast(pa.string())


def _address(seen: dirt.Seen) -> dict[str, Column]:
    known = pa.array(seen.address_known)
    parts = {name: seen.homes.part(name) for name in ("province", "city", "district")} | {"address": seen.homes.whole()}
    return {name: pc.if_else(known, column, None) for name, column in parts.items()}
