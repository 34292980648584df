"""The 360 page as bytes: the ready documents of the row, and around them what depends on who looks and on which day."""

import base64
from datetime import date
from typing import Any, Final

import orjson

from liuke.data import org
from liuke.data.profile.model import Field, Reminder, Row
from liuke.data.profile.remind import Situation, age, remind
from liuke.data.profile.seal import GONE, Person, open_names
from liuke.kernel.crypto import KeyRing

#: Columns that stand on the page as they stand in the row.
_PLAIN: Final = (
    "kind",
    "as_of",
    "currency",
    "tier",
    "holds",
    "risk_tolerance",
    "risk_valid_until",
    "next_maturity_on",
    "next_maturity_amount",
    "branch_no",
    "branch_name",
    "rm_name",
    "last_contact_at",
    "last_login_at",
)
_AMOUNTS: Final = (
    "deposits",
    "wealth",
    "funds",
    "insurance",
    "metal",
    "aum",
    "aum_mavg",
    "change_3m",
    "loans",
    "card_balance",
    "credit_limit",
)
_READY: Final = (
    "accounts",
    "holdings",
    "monthly",
    "cash_flow",
    "timeline",
    "behaviour",
    "sources",
    "interactions",
    "complaints",
)
_MASKED: Final = {
    Field.NAME: "name",
    Field.PHONE: "phone",
    Field.ID_NO: "id_no",
    Field.ADDRESS: "address",
    Field.BIRTH_DATE: "id_no",  # an ID number holds the birth date: who may see the one may see the other
}


def page(row: Row, person: Person, *, ring: KeyRing, masking: org.Masking, today: date) -> bytes:
    """The whole page."""
    answer: dict[str, Any] = {name: row[name] for name in _PLAIN}
    answer["customer_no"] = ring.customer_numbers.encode(row["one_id"])
    answer["erased"] = person.erased
    answer["rm_no"] = row["rm_no"] or ""
    answer["identity"] = identity(person, gender=row["gender"], masking=masking, today=today)
    answer["amounts"] = {name: row[name] for name in _AMOUNTS}
    answer["reminders"] = _reminders(row, person, today)
    answer["relations"] = _relations(row, ring, masking)
    for name in _READY:
        answer[name] = orjson.Fragment(row[name])
    return orjson.dumps(answer)


def identity(person: Person, *, gender: str | None, masking: org.Masking, today: date) -> dict[str, Any]:
    """Who the customer is, as the actor may see it."""
    born = person.birth_date
    shown = born.isoformat() if born else None
    return {
        "name": person.name if person.erased else masking.name(person.name),
        "phones": [masking.phone(number) for number in person.phones],
        "id_numbers": [{"type": kind, "number": masking.id_no(number)} for kind, number in person.id_numbers],
        "address": masking("address", person.address),
        "birth_date": shown if shown is None or "id_no" in masking.clear else f"{shown[:4]}-**-**",
        "age": age(born, today) if born else None,
        "gender": gender,
        "masked": [field for field, rule in _MASKED.items() if rule not in masking.clear and person.values(field)]
        if not person.erased
        else [],
    }


def _reminders(row: Row, person: Person, today: date) -> list[dict[str, Any]]:
    situation = Situation(
        aum=row["aum"],
        change_3m=row["change_3m"],
        open_complaints=row["open_complaints"],
        next_maturity_on=row["next_maturity_on"],
        next_maturity_amount=row["next_maturity_amount"],
        risk_valid_until=row["risk_valid_until"],
        last_contact_at=row["last_contact_at"],
        birth_date=person.birth_date,
    )
    return [
        {"kind": one.kind, "on": one.on, "amount": one.amount, "days": one.days}
        for one in remind(situation, today=today)
        if not (person.erased and one.kind is Reminder.BIRTHDAY)
    ]


def _relations(row: Row, ring: KeyRing, masking: org.Masking) -> list[dict[str, Any]]:
    """Relations with the number and masked name of those parties whom the actor may see."""
    if row["relations"] == "[]":
        return []
    found = [
        {"one_id": one_id, "name": _bytes(name), "wrapped": _bytes(wrapped)}
        for one_id, name, wrapped in orjson.loads(row["relatives"] or "[]")
    ]
    names = {relative["one_id"]: name for relative, name in zip(found, open_names(ring, found), strict=True)}
    relations = []
    for relation in orjson.loads(row["relations"]):
        other = relation.pop("one_id")
        name = names.get(other)
        relation["customer_no"] = None if name is None else ring.customer_numbers.encode(other)
        relation["name"] = name if name is None or name == GONE else masking.name(name)
        relations.append(relation)
    return relations


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
