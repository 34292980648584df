"""From party records as the sources hold them to records that can be compared: whole tables, and one row alike."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.identity.linkage import clean, hashes
from liuke.data.identity.linkage.columns import flat, mapped

#: Columns read from the lake table ``party``; a missing one counts as empty.
PARTY_COLUMNS: Final = (
    "source", "source_key", "kind", "name", "id_type", "id_no", "birth_date", "gender", "phone", "phone2", "email",
    "city", "address",
)  # fmt: skip

#: The comparable record. birth: yyyymmdd; gender: 1 M, 2 F; firm: 1 for a company; street, house, place, email: keys.
RECORD: Final = pa.schema(
    [
        ("record", pa.int32()), ("firm", pa.int8()), ("id_no", pa.string()), ("id_valid", pa.bool_()),
        ("name", pa.string()), ("reading", pa.string()), ("phone", pa.int64()), ("phone2", pa.int64()),
        ("birth", pa.int32()), ("gender", pa.int8()), ("street", pa.int64()), ("house", pa.int64()),
        ("place", pa.int64()), ("email", pa.int64()),
    ]
)  # fmt: skip

#: Dates that systems fill in when they know none.
_NO_BIRTH: Final = (18991231, 19000101, 19700101, 19491001, 99991231)


def normalise(parties: pa.Table) -> pa.Table:
    """Comparable records (schema `RECORD`), in the order of ``parties``; ``record`` is the row's position.

    Numbers of 15 digits become 18; full width becomes half; a birth date or gender that is missing is read from the
    identity number; what is masked, a placeholder or impossible counts as missing.
    """
    firm = _firms(parties)
    id_no = mapped(_text(parties, "id_no"), clean.id_form)
    valid_card = valid_id_cards(id_no)
    id_no, id_valid = _typed(id_no, _text(parties, "id_type"), valid_card)
    name = mapped(_text(parties, "name"), clean.name_form)
    address = mapped(_text(parties, "address"), clean.address_form)
    card_birth, card_gender = _from_card(id_no)
    columns = [
        pa.array(np.arange(parties.num_rows, dtype=np.int32)),
        pa.array(firm.astype(np.int8)),
        id_no,
        pa.array(id_valid),
        name,
        mapped(name, clean.pinyin),
        mapped(_text(parties, "phone"), clean.phone_form, pa.int64()),
        mapped(_text(parties, "phone2"), clean.phone_form, pa.int64()),
        _filled(_birth(parties), card_birth, pa.int32()),
        _filled(_gender(parties), card_gender, pa.int8()),
        _keyed(address),
        _keyed(mapped(address, clean.house_numbers)),
        _keyed(mapped(_text(parties, "city"), clean.address_form)),
        _keyed(mapped(_text(parties, "email"), clean.email_form)),
    ]
    return pa.table(columns, schema=RECORD)


def normalise_all(parts: Iterable[pa.Table]) -> pa.Table:
    """`normalise` part by part, so that the sources' wide rows are never all in memory; ``record`` counts through."""
    done = [normalise(part) for part in parts]
    whole = pa.concat_tables(done).combine_chunks() if done else RECORD.empty_table()
    return whole.set_column(0, RECORD.field("record"), pa.array(np.arange(whole.num_rows, dtype=np.int32)))


def valid_id_cards(ids: pa.Array) -> npt.NDArray[np.bool_]:
    """Which are resident identity numbers with a real province, a possible birth date and the right check character.

    ids: (n,) string, 18 characters in capitals. Source: GB 11643-1999.
    """
    octets = _characters(ids)
    digits = octets - 48
    right_form = (digits[:, :17] < 10).all(axis=1) & ((digits[:, 17] < 10) | (octets[:, 17] == ord("X")))
    checks = np.frombuffer(clean.ID_CHECKS.encode(), np.uint8)
    total = digits[:, :17].astype(np.int32) @ np.array(clean.ID_WEIGHTS, np.int32)
    province = np.isin(digits[:, 0].astype(np.int16) * 10 + digits[:, 1], list(clean.PROVINCES))
    real = right_form & (checks[total % 11] == octets[:, 17]) & province & _is_date(_date_in_card(digits))
    return np.asarray(real, dtype=np.bool_)


def _characters(ids: pa.Array) -> npt.NDArray[np.uint8]:
    """(n, 18) character codes; rows of another length are filled with ``~``."""
    fits = pc.fill_null(pc.and_(pc.equal(pc.binary_length(ids), 18), pc.string_is_ascii(ids)), False)
    plain = pc.cast(pc.if_else(fits, ids, "~" * 18), pa.large_string())
    data = plain.buffers()[2]
    if data is None:
        return np.zeros((0, 18), np.uint8)
    first = np.frombuffer(plain.buffers()[1], np.int64)[plain.offset]
    return np.frombuffer(data, np.uint8)[first : first + 18 * len(plain)].reshape(-1, 18)


def _date_in_card(digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    return digits[:, 6:14].astype(np.int64) @ (10 ** np.arange(7, -1, -1))


def _is_date(days: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether yyyymmdd is a calendar date between 1880 and 2099."""
    year, month, day = days // 10000, days // 100 % 100, days % 100
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = (month >= 1) & (month <= 12)
    limit = lengths[np.where(known, month, 0)] + leap
    return np.asarray((year >= 1880) & (year < 2100) & known & (day >= 1) & (day <= limit), dtype=np.bool_)


def _typed(ids: pa.Array, types: pa.Array, card: npt.NDArray[np.bool_]) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Numbers of other documents carry their type, so that a passport never equals an identity number."""
    others = pc.if_else(pa.array(card), pa.scalar(None, pa.string()), ids)
    code = mapped(others, lambda text: "U" if clean.is_credit_code(text) else None)
    firm_code = pc.is_valid(code).to_numpy(zero_copy_only=False) & ~card
    kind = pc.fill_null(types, "idcard")
    plain = pc.or_(pc.is_in(kind, pa.array(["idcard", "uscc", ""])), pa.array(card | firm_code))
    typed = pc.if_else(plain, ids, pc.binary_join_element_wise(kind, ids, ":"))
    return typed, card | firm_code


def _from_card(ids: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Birth date and gender that an identity number states, where its date part is a date."""
    digits = _characters(ids) - 48
    dates = _date_in_card(digits)
    known = (digits[:, :17] < 10).all(axis=1) & _is_date(dates)
    gender = np.where(digits[:, 16] % 2 == 1, 1, 2)
    return pa.array(dates.astype(np.int32), mask=~known), pa.array(gender.astype(np.int8), mask=~known)


def _firms(parties: pa.Table) -> npt.NDArray[np.bool_]:
    kind = pc.fill_null(_text(parties, "kind"), "person")
    return np.asarray(pc.equal(kind, "company").to_numpy(zero_copy_only=False), dtype=np.bool_)


def _birth(parties: pa.Table) -> pa.Array:
    if "birth_date" not in parties.column_names:
        return pa.nulls(parties.num_rows, pa.int32())
    dates = pc.cast(flat(parties, "birth_date"), pa.date32())
    number = pc.add(pc.add(pc.multiply(pc.year(dates), 10000), pc.multiply(pc.month(dates), 100)), pc.day(dates))
    unknown = pc.is_in(number, pa.array(_NO_BIRTH, number.type))
    return pc.cast(pc.if_else(unknown, pa.scalar(None, number.type), number), pa.int32())


def _gender(parties: pa.Table) -> pa.Array:
    return mapped(_text(parties, "gender"), {"M": 1, "F": 2}.get, pa.int8())


def _filled(first: pa.Array, second: pa.Array, kind: pa.DataType) -> pa.Array:
    return pc.cast(pc.coalesce(first, second), kind)


def _keyed(values: pa.Array) -> pa.Array:
    keys = hashes.of_text(values)
    return pa.array(keys.view(np.int64), mask=keys == 0)


def _text(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return pc.cast(flat(table, name), pa.string())
