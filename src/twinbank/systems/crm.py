"""The old CRM: one Excel workbook, everything text."""

import shutil
import zipfile
from pathlib import Path

import numpy as np

from twinbank import contacts, phrases
from twinbank.customers import tier
from twinbank.draw import Texts, happens, stream
from twinbank.layouts import table
from twinbank.sink import Row, Sink, spoilt
from twinbank.systems.core import occupation_words, occupations
from twinbank.window import times, unpadded
from twinbank.world import World

_RESULTS = ("未接通", "无兴趣", "考虑", "响应", "退订")
_CHANNELS = ("短信", "电话", "微信", "APP推送")
_VISIT_KINDS, _VISIT_RESULTS = ("上门", "网点", "电话"), ("有意向", "考虑中", "无意向", "已成交")
_KINSHIP = {
    (0, 1): "配偶",
    (1, 0): "配偶",
    (0, 2): "子女",
    (1, 2): "子女",
    (2, 0): "父母",
    (2, 1): "父母",
    (0, 4): "父母",
    (4, 0): "子女",
}
_FULL_WIDTH = str.maketrans("0123456789", "".join(chr(ord(c) + 0xFEE0) for c in "0123456789"))


def write(world: World, sink: Sink) -> None:
    """The workbook with its four sheets."""
    rng = stream(world.seed, "crm-bad")
    sheets: dict[str, list[Row]] = {"拜访": _visits(world), "家庭": _families(world)}
    bad: dict[str, dict[str, int]] = {}
    sheets["客户"], bad["客户"] = spoilt(
        rng, table("crm", "客户"), _customers(world), {"impossible_date": ("建档日期", "2025/2/30")}
    )
    sheets["营销触达"], bad["营销触达"] = spoilt(
        rng, table("crm", "营销触达"), _touches(world), {"duplicate_key": ("", "")}
    )
    name = f"sources/crm/crm_{world.window.label}.xlsx"
    order = ("客户", "拜访", "家庭", "营销触达")
    _workbook(sink.path(name), {sheet: (table("crm", sheet).names, sheets[sheet]) for sheet in order})
    for sheet in order:
        sink.note(name, len(sheets[sheet]), bad=bad.get(sheet), sheet=sheet)


def _workbook(path: Path, sheets: dict[str, tuple[list[str], list[Row]]]) -> None:
    """Write the sheets; the time of writing is taken out again, so that the same bank gives the same bytes."""
    from rustpy_xlsxwriter import FastExcel

    raw = path.with_suffix(".raw.xlsx")
    book = FastExcel(str(raw))
    for sheet, (names, rows) in sheets.items():
        body = [dict(zip(names, row, strict=True)) for row in rows] or [dict.fromkeys(names, "")]
        book = book.sheet(sheet, body)
    book.save()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for entry in sorted(source.namelist()):
            info = zipfile.ZipInfo(entry, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            if entry == "docProps/core.xml":
                target.writestr(info, _undated(source.read(entry)))
                continue
            with source.open(entry) as part, target.open(info, "w") as copy:
                shutil.copyfileobj(part, copy, 1 << 20)
    raw.unlink()


def _undated(properties: bytes) -> bytes:
    """Document properties with a fixed time."""
    import re

    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", properties)


def _moments(seconds: np.ndarray) -> list[str]:
    """`yyyy/m/d HH:MM`."""
    return [text[:10].replace("-", "/").replace("/0", "/") + text[10:16] for text in times(seconds).tolist()]


def _odd_phones(world: World, phones: Texts) -> list[str]:
    lot = stream(world.seed, "crm-phones").random(len(phones)).tolist()
    out = []
    for phone, chance in zip(phones.tolist(), lot, strict=True):
        wide = phone.translate(_FULL_WIDTH) if chance < 0.01 else phone
        out.append(f"{phone[:3]} {phone[3:7]} {phone[7:]}" if phone and 0.01 <= chance < 0.02 else wide)
    return out


def _odd_ids(world: World, ids: Texts) -> list[str]:
    lot = stream(world.seed, "crm-ids").random(len(ids)).tolist()
    return [
        f"{float(i):.5E}" if c < 0.004 and len(i) == 18 and i.isdigit() else i
        for i, c in zip(ids.tolist(), lot, strict=True)
    ]


def _customers(world: World) -> list[Row]:
    register, folk = world.registers["crm"], world.customers
    rng, seen, owner = stream(world.seed, "crm-customers"), register.seen, register.customer
    size = len(register)
    person = folk.person[owner]
    words = np.where(happens(rng, 0.1, size), np.where(seen.woman, "女士", "先生"), np.where(seen.woman, "女", "男"))
    birth = np.where(np.isnat(seen.birth), 0, seen.birth.astype(np.int64))
    family = world.people.family_phone[person]
    second = np.where(happens(rng, 0.25, size) & (family > 0), family.astype("U11"), "")
    left = np.flatnonzero(world.staff.left > 0)
    rm = np.where(happens(rng, 0.01, size), left[rng.integers(0, len(left), size)], folk.rm[owner])
    core = world.registers["core"]
    number = np.where(happens(rng, 0.3, size), core.key[core.first[owner]], "")
    columns: tuple[object, ...] = (
        register.key, seen.name, np.where(seen.gender_known, words, ""), np.full(size, "身份证"),
        _odd_ids(world, seen.ids()),
        [text if day else "" for text, day in zip(_birth_days(birth), birth.tolist(), strict=True)],
        _odd_phones(world, seen.phones()),
        second, np.where(seen.address_known, np.array(seen.homes.whole().to_pylist()), ""),
        np.where(happens(rng, 0.4, size), "", world.companies.employer_name[owner]),
        occupation_words(occupations(folk, world.seed)[owner]), tier(folk.wealth[owner]), world.staff.number[rm],
        world.branches.number[folk.branch[owner]], number,
        unpadded(np.maximum(folk.opened[owner], world.window.until - 3000)),
    )  # fmt: skip
    return list(zip(*(c.tolist() if isinstance(c, np.ndarray) else c for c in columns), strict=True))


def _birth_days(day: np.ndarray) -> list[str]:
    """Birth days, also those before 1970."""
    text = day.astype("datetime64[D]").astype("U10").tolist()
    return [t.replace("-", "/").replace("/0", "/") for t in text]


def _families(world: World) -> list[Row]:
    """Three in ten customers' relatives, as far as the RM knows them."""
    register, folk, people = world.registers["crm"], world.customers, world.people
    rng = stream(world.seed, "crm-family")
    known = np.full(len(people), "", dtype=register.key.dtype)
    known[folk.person[register.customer[::-1]]] = register.key[::-1]
    rows: list[Row] = []
    lots = rng.random((len(register), 3)).tolist()
    starts = np.searchsorted(people.household, people.household[folk.person[register.customer]]).tolist()
    for record, (key, first, lot) in enumerate(zip(register.key.tolist(), starts, lots, strict=True)):
        if lot[0] > 0.3:
            continue
        me = int(folk.person[register.customer[record]])
        for other in range(first, min(first + 5, len(people))):
            kin = _KINSHIP.get((int(people.role[me]), int(people.role[other]) if people.role[other] != 3 else 2))
            if people.household[other] != people.household[me] or other == me or kin is None:
                continue
            ids = "" if lot[1] < 0.5 else bytes(people.id_no[other]).decode()
            phone = "" if lot[2] < 0.4 else str(people.phone[other])
            rows.append((key, kin, str(world.names[other]), ids, phone, str(known[other])))
    return rows


def _visits(world: World) -> list[Row]:
    register = world.registers["crm"]
    rows: list[Row] = []
    for month in world.window.months:
        made = contacts.visits(world.customers, register, month, seed=world.seed)
        columns = (register.key[made.record], world.staff.number[made.staff], made.kind, made.lot)
        for key, staff, kind, lot, at in zip(*(c.tolist() for c in columns), _moments(made.at), strict=True):
            topic, result = phrases.VISIT_TOPICS[lot % 6], _VISIT_RESULTS[lot // 6 % 4]
            rows.append(
                (
                    f"V{len(rows) + 1:09d}",
                    key,
                    staff,
                    at,
                    _VISIT_KINDS[kind],
                    topic,
                    result,
                    phrases.VISITS[lot // 24 % 6],
                )
            )
    return rows


def _touches(world: World) -> list[Row]:
    register, folk = world.registers["crm"], world.customers
    rows: list[Row] = []
    for month in world.window.months:
        made = contacts.touches(folk, register, month, seed=world.seed)
        owner = register.customer[made.record]
        warm = (folk.likes[owner, 1] + folk.digital[owner]).tolist()
        columns = (register.key[made.record], world.staff.number[made.staff], made.kind, made.lot)
        for at, (key, staff, kind, lot) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            campaign, channel = divmod(kind, 10)
            chance = lot % 1000 / 1000 - 0.1 * warm[at]
            result = _RESULTS[
                0 if chance > 0.62 else 1 if chance > 0.25 else 2 if chance > 0.03 else 3 if lot % 7 else 4
            ]
            by = staff if channel in (1, 2) else ""
            number = f"A{month.label}{campaign:02d}"
            content = f"T{campaign:02d}{channel}"
            rows.append(
                (
                    f"M{len(rows) + 1:09d}",
                    number,
                    phrases.CAMPAIGNS[campaign],
                    key,
                    _CHANNELS[channel],
                    by,
                    int(made.at[at]),
                    content,
                    result,
                )
            )
    moments = _moments(np.array([row[6] for row in rows], dtype=np.int64)) if rows else []
    return [(*row[:6], moment, *row[7:]) for row, moment in zip(rows, moments, strict=True)]
