"""Columns that say what personal information they hold and how long it is kept; no other column may be stored."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, MetaData
from sqlalchemy.sql.base import SchemaEventTarget
from sqlalchemy.sql.type_api import TypeEngine

#: Every table of Liuke, for migrations and checks.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class PiClass(StrEnum):
    """个人金融信息类别. Source: JR/T 0171-2020 个人金融信息保护技术规范, section 4.2; NONE is not personal."""

    NONE = "none"
    C1 = "c1"  # held inside the bank: account opening time, branch
    C2 = "c2"  # identifies a person or shows their finances: name, phone, ID number, balance, transactions
    C3 = "c3"  # authenticates a person: passwords, one-time codes, biometrics


class Retention(StrEnum):
    """How long a stored value is kept."""

    PERMANENT = "permanent"  # as long as the system: configuration, definitions
    RELATION = (
        "relation"  # while the customer relation lasts, then 5 years (反洗钱法 2024, article 34: ten for records)
    )
    RECORD = "record"  # ten years: transactions, events, evidence
    WORK = "work"  # two years: task runs, loads, quarantine
    SESSION = "session"  # until the session or token ends


def column(
    name: str,
    kind: TypeEngine[Any] | type[TypeEngine[Any]],
    *parts: SchemaEventTarget,
    pi: PiClass,
    keep: Retention,
    **options: Any,  # noqa: ANN401  (handed to SQLAlchemy as it is)
) -> Column[Any]:
    """A stored column. ``nullable`` is false unless stated."""
    options.setdefault("nullable", False)
    return Column(name, kind, *parts, info={"pi": pi, "keep": keep}, **options)
