"""Sealing and opening the fields that name a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson

from liuke.data.profile.model import Field, Row
from liuke.data.profile.store import SEALED, place
from liuke.kernel.crypto import BlindKind, Erased, KeyRing, SubjectKey

#: What is shown for a field whose key was destroyed.
GONE: Final = str(Erased())
#: What customers are found by.
BLINDED: Final = (BlindKind.NAME, BlindKind.PHONE, BlindKind.ID_NO)


@dataclass(frozen=True, slots=True)
class Person:
    """The fields that name a customer, in clear."""

    name: str
    phones: tuple[str, ...]
    #: (type, number) of each identity document.
    id_numbers: tuple[tuple[str, str], ...]
    address: str | None
    birth_date: date | None
    erased: bool

    def values(self, field: Field) -> list[str]:
        """The values of one revealable field."""
        match field:
            case Field.NAME:
                return [self.name]
            case Field.PHONE:
                return list(self.phones)
            case Field.ID_NO:
                return [number for _, number in self.id_numbers]
            case Field.ADDRESS:
                return [self.address] if self.address else []
            case Field.BIRTH_DATE:
                return [self.birth_date.isoformat()] if self.birth_date else []


_ERASED: Final = Person(GONE, (), (), None, None, erased=True)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Columns of ``n`` customers as they are stored: ciphertexts by field, and (search value, kind, one_id)."""

    fields: Mapping[str, Sequence[bytes | None]]
    blinds: Sequence[tuple[bytes, str, int]]


def seal(ring: KeyRing, keys: Sequence[SubjectKey | Erased], people: Sequence[Row]) -> Sealed:
    """Encrypt ``n`` customers' fields, each under its own key; an erased customer's stay empty.

    people: mappings with ``name``, ``names``, ``phones``, ``id_numbers`` ([[type, number]]), ``address`` and
    ``birth_date``.
    """
    live = [(key, person) for key, person in zip(keys, people, strict=True) if isinstance(key, SubjectKey)]
    plain = [_texts(person) for _, person in live]
    ciphers = {
        field: iter(ring.encrypt_many([texts[field] for texts in plain], keys=[k for k, _ in live], at=place(field)))
        for field in SEALED
    }
    alive = [isinstance(key, SubjectKey) for key in keys]
    return Sealed(
        {field: [next(values) if there else None for there in alive] for field, values in ciphers.items()},
        [blind for kind in BLINDED for blind in _blinds(ring, kind, live)],
    )


def _texts(person: Row) -> dict[str, str | None]:
    born = person["birth_date"]
    return {
        "name": person["name"],
        "phones": orjson.dumps(list(person["phones"])).decode(),
        "id_numbers": orjson.dumps([list(pair) for pair in person["id_numbers"]]).decode(),
        "address": person["address"] or None,
        "birth_date": born.isoformat() if born else None,
    }


def _blinds(ring: KeyRing, kind: BlindKind, people: Sequence[tuple[SubjectKey, Row]]) -> list[tuple[bytes, str, int]]:
    """Search values of one kind for every customer, without repeats."""
    flat = [(text, key.subject) for key, person in people for text in _spellings(person, kind)]
    values = ring.blind_many(kind, [text for text, _ in flat])
    return sorted({(value, kind.value, subject) for value, (_, subject) in zip(values, flat, strict=True) if value})


def _spellings(person: Row, kind: BlindKind) -> Sequence[str]:
    """Everything a customer may be found by."""
    if kind is BlindKind.ID_NO:
        return [number for _, number in person["id_numbers"]]
    return list(person["names"] if kind is BlindKind.NAME else person["phones"])


def open_person(ring: KeyRing, row: Row) -> Person:
    """A customer's fields in clear from its row and wrapped key; an erased customer's are gone."""
    key = ring.unwrap(row["wrapped"], row["one_id"])
    if isinstance(key, Erased):
        return _ERASED
    clear = {field: _clear(ring, key, field, row[field]) for field in SEALED}
    return Person(
        name=clear["name"] or "",
        phones=tuple(orjson.loads(clear["phones"] or "[]")),
        id_numbers=tuple((kind, number) for kind, number in orjson.loads(clear["id_numbers"] or "[]")),
        address=clear["address"],
        birth_date=date.fromisoformat(clear["birth_date"]) if clear["birth_date"] else None,
        erased=False,
    )


def _clear(ring: KeyRing, key: SubjectKey, field: str, value: bytes | None) -> str | None:
    return None if value is None else str(ring.decrypt(value, key=key, at=place(field)))


def open_names(ring: KeyRing, rows: Sequence[Row]) -> list[str]:
    """The names of customers in a list, from ``one_id``, ``name`` and ``wrapped``."""
    keys = ring.unwrap_many([row["wrapped"] for row in rows], [row["one_id"] for row in rows])
    names = ring.decrypt_many([row["name"] for row in rows], keys=keys, at=place("name"))
    return [GONE if isinstance(key, Erased) else str(name or "") for name, key in zip(names, keys, strict=True)]
