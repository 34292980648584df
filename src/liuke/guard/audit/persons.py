"""Whom entries are about, so that they can be forgotten: each customer has a key of audit's own, and a number.

What an entry says of a customer lies beside it, encrypted under the customer's key; a list of customers names their
numbers only. Whoever destroys the row of key and number makes both meaningless in the log, in its sealed segments and
in every copy of them. A salted digest of the clear text stays in the entry, so that evidence can be shown to be true.

    <number> <base64 of what the key ring encrypted: 32 hexadecimal digits of salt, then canonical JSON>

Number 0 is the bank itself: records of a data subject's own requests are kept under its key, as proof of the answer.
"""

import os
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from liuke.guard.audit import store
from liuke.guard.audit.model import EntryView, Told
from liuke.guard.audit.seal.entry import canonical
from liuke.guard.audit.seal.hash import BESIDE, CLEAR, HASH_BYTES, Hasher
from liuke.guard.audit.seal.model import Draft, Line
from liuke.kernel.crypto import KeyRing, SubjectKey
from liuke.kernel.event import Recorded
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Entries of these kinds are kept when their customer is erased: they prove that the bank answered the request.
KEPT: Final = "subject."
#: Where an event names the customers of a list.
_LISTED: Final = "one_ids"
#: Where an entry names their numbers.
_NUMBERS: Final = "persons"
_BANK: Final = 0
_AT: Final = "audit.beside"
_SALT_BYTES: Final = 16
_SALT_DIGITS: Final = _SALT_BYTES * 2
_DIGITS: Final = HASH_BYTES * 2


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the log knows them."""

    number: int
    subject: OneId
    key: SubjectKey


def met(tx: WriteHandle, ring: KeyRing, events: Sequence[Recorded]) -> dict[int, Person]:
    """Everybody the events are about, by customer; who was not known before gets a key."""
    subjects = {int(event.subject) for event in events if event.subject is not None and not _kept(event.kind)}
    subjects |= {one_id for event in events if event.subject is None for one_id in _shown(event)}
    known = _opened(ring, store.persons(tx, subjects=subjects))
    fresh = sorted(subjects - {int(person.subject) for person in known})
    if fresh:
        wrapped = ring.wrap_many(ring.new_subject_key(subject) for subject in fresh)
        store.add_persons(tx, list(zip(fresh, wrapped, strict=True)))
        known = _opened(ring, store.persons(tx, subjects=subjects))
    return {int(person.subject): person for person in known}


def named_in(tx: ReadHandle, ring: KeyRing, lines: Iterable[Line]) -> dict[int, Person]:
    """Everybody some entries name who was not erased, by number."""
    numbers = {number for line in lines for number in _numbers(line)}
    return {person.number: person for person in _opened(ring, store.persons(tx, numbers=numbers))}


def _opened(ring: KeyRing, rows: Sequence[Mapping[Any, Any]]) -> list[Person]:
    keys = ring.unwrap_many((bytes(row["wrapped"]) for row in rows), (row["subject"] for row in rows))
    return [
        Person(int(row["number"]), OneId(row["subject"]), key)
        for row, key in zip(rows, keys, strict=True)
        if isinstance(key, SubjectKey)
    ]


def _numbers(line: Line) -> set[int]:
    found = set(_listed(line))
    if line.beside is not None:
        found.add(_number(line.beside))
    return found - {_BANK}


def _listed(line: Line) -> list[int]:
    found = line.facts.get(_NUMBERS, [])
    return found if isinstance(found, list) else []


def _number(beside: bytes) -> int:
    number = beside.partition(b" ")[0]
    return int(number) if number.isdigit() else _BANK


def _shown(event: Recorded) -> list[int]:
    found = event.payload.get(_LISTED, [])
    return found if isinstance(found, list) else []


def _kept(kind: str) -> bool:
    return kind.startswith(KEPT)


# writing


def drafts(
    events: Sequence[Recorded], *, ring: KeyRing, hasher: Hasher, known: Mapping[int, Person]
) -> Iterator[Draft]:
    """Events as entries, made one after another as they are written: a batch of them held together costs the collector
    of garbage a quarter of the time."""
    about = [event for event in events if event.subject is not None]
    people = [None if _kept(event.kind) else known[int(event.subject or 0)] for event in about]
    texts = [canonical({"payload": event.payload, "subject": event.subject}) for event in about]
    hidden = covered(texts, people, ring=ring, hasher=hasher)
    for event in events:
        yield _draft(event, known) if event.subject is None else _hidden(event, next(hidden))


def _draft(event: Recorded, known: Mapping[int, Person]) -> Draft:
    facts = _facts(event)
    facts["payload"] = {name: value for name, value in event.payload.items() if name != _LISTED}
    if _LISTED in event.payload:
        facts[_NUMBERS] = [known[one_id].number for one_id in _shown(event)]
    return Draft(facts)


def _hidden(event: Recorded, covered: "Covered") -> Draft:
    facts = _facts(event)
    facts["clear"], facts["sealed"] = covered.clear, covered.sealed
    return Draft(facts, covered.beside)


def _facts(event: Recorded) -> dict[str, object]:
    return {
        "actor": event.actor_id,
        "at": event.at,
        "id": event.id,
        "kind": event.kind,
        "place": (event.txn, event.seq),
        "request": event.request_id,
        "version": event.version,
        "via": event.via,
    }


class Covered(NamedTuple):
    """What lies beside an entry, its digest, and the salted digest of its clear text; the entry holds both."""

    clear: str
    sealed: str
    beside: bytes


def covered(
    texts: Sequence[bytes], people: Sequence[Person | None], *, ring: KeyRing, hasher: Hasher
) -> Iterator[Covered]:
    """Texts that can be read while the person's key exists (None: the bank's), element by element."""
    salts = os.urandom(_SALT_BYTES * len(texts))
    salted = [salts[at * _SALT_BYTES : (at + 1) * _SALT_BYTES] + text for at, text in enumerate(texts)]
    said = [one[:_SALT_BYTES].hex() + one[_SALT_BYTES:].decode() for one in salted]
    owners = [person for person in people if person is not None]
    owned = (text for text, person in zip(said, people, strict=True) if person is not None)
    under_keys = iter(ring.encrypt_many(owned, keys=[person.key for person in owners], at=_AT))
    besides: list[bytes] = []
    for text, person in zip(said, people, strict=True):
        hidden = ring.seal(text, at=_AT, subject=_BANK) if person is None else next(under_keys) or b""
        number = _BANK if person is None else person.number
        besides.append(b"%d %b" % (number, b2a_base64(hidden, newline=False)))
    clear, sealed = hasher.many(CLEAR, salted).hex(), hasher.many(BESIDE, besides).hex()
    for at, beside in enumerate(besides):
        digits = slice(at * _DIGITS, (at + 1) * _DIGITS)
        yield Covered(clear[digits], sealed[digits], beside)


# reading


def told(line: Line, *, ring: KeyRing, known: Mapping[int, Person]) -> Told | None:
    """What lies beside an entry, in clear; None where there is nothing or the customer was erased. Raises Tampered."""
    if line.beside is None:
        return None
    number, _, hidden = line.beside.partition(b" ")
    person = known.get(_number(line.beside))
    if number == b"%d" % _BANK:
        clear = ring.unseal(b64decode(hidden), at=_AT, subject=_BANK)
    elif person is not None:
        clear = str(ring.decrypt(b64decode(hidden), key=person.key, at=_AT))
    else:
        return None
    return Told(salt=clear[:_SALT_DIGITS], text=clear[_SALT_DIGITS:])


def subjects_of(line: Line, beside: Told | None, known: Mapping[int, Person]) -> list[OneId]:
    """The customers an entry is about, as far as they are not erased."""
    if beside is not None:
        return [OneId(orjson.loads(beside.text)["subject"])]
    return [known[number].subject for number in _listed(line) if number in known]


def view(line: Line, *, ring: KeyRing, known: Mapping[int, Person]) -> EntryView:
    """An entry as people see it. Raises Tampered."""
    facts, beside = line.facts, told(line, ring=ring, known=known)
    event_id, listed = facts.get("id"), [number in known for number in _listed(line)]
    payload: Any = orjson.loads(beside.text)["payload"] if beside else facts.get("payload")
    return EntryView(
        n=line.n,
        at=datetime.fromisoformat(str(facts["at"])),
        kind=str(facts["kind"]),
        actor_id=str(facts["actor"]),
        via=str(facts["via"]),
        request_id=str(facts["request"]),
        event_id=None if event_id is None else str(event_id),
        subject=None if beside is None else subjects_of(line, beside, known)[0],
        listed=() if line.committed else subjects_of(line, None, known),
        payload=payload,
        erased=line.committed and beside is None,
        listed_erased=listed.count(False),
    )
