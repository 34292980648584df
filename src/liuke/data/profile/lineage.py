"""Lineage of the 360 page: which canonical columns each part of the page shows, read off the queries that build it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

import sqlglot

from liuke.data import sources
from liuke.data.profile.refresh.amounts import AMOUNTS
from liuke.data.profile.refresh.documents import DOCUMENTS
from liuke.data.profile.refresh.present import CUSTOMERS, LEDGER_SQL, PRESENT, VIEWS
from liuke.data.profile.refresh.whole import PEOPLE, WIDE
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import Edge, Node, NodeKind, table_column
from liuke.kernel.trace import Origin, trace

#: Parts of the page: key, name on screen, and the columns of the wide row they show.
PARTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "head": ("客户 360 · 抬头", ("person", "kind", "gender", "tier", "risk_tolerance", "risk_valid_until")),
    "assets": (
        "客户 360 · 资产",
        ("aum", "aum_mavg", "change_3m", "deposits", "wealth", "funds", "insurance", "metal"),
    ),
    "debts": ("客户 360 · 负债与授信", ("loans", "card_balance", "credit_limit")),
    "curve": ("客户 360 · AUM 走势", ("monthly",)),
    "accounts": ("客户 360 · 账户", ("accounts",)),
    "holdings": ("客户 360 · 持仓与到期", ("holdings", "due", "next_maturity_on", "next_maturity_amount", "holds")),
    "flows": ("客户 360 · 交易与代发", ("cash_flow",)),
    "timeline": ("客户 360 · 时间线", ("timeline", "last_contact_at", "last_login_at")),
    "behaviour": ("客户 360 · 行为与偏好", ("behaviour",)),
    "relations": ("客户 360 · 关系", ("relations",)),
    "talks": ("客户 360 · 沟通与投诉", ("interactions", "complaints", "open_complaints")),
    "sources": ("客户 360 · 来源系统", ("sources",)),
}
#: What only chooses among several records of one thing, and is not shown.
_CHOOSES: Final = frozenset({"known_at", "source", "source_key"})
#: What the queries read beside the canonical tables: membership, erased customers, and their home.
_BESIDE: Final = {
    "member": ("source", "source_key", "one_id"),
    "all_member": ("source", "source_key", "one_id"),
    "erased": ("one_id",),
    "home": ("one_id", "rm_no", "branch_no", "branch_path"),
}
#: The ledger's bookings alone: what is summed as money comes from nothing else in it.
_BOOKED: Final = "booked"


def lineage(_bank: Bank) -> Iterator[Edge]:
    """Every edge from a canonical column to a part of the 360 page."""
    yield from _edges()


@lru_cache(maxsize=1)
def _edges() -> tuple[Edge, ...]:
    """The queries do not change while the process runs."""
    wide = _wide()
    return tuple(
        Edge(_column(origin), Node(NodeKind.SCREEN, f"customer.{key}", label), "")
        for key, (label, columns) in PARTS.items()
        for origin in sorted({origin for column in columns for origin in wide[column]})
        if origin.table in sources.CANONICAL and (origin.column not in _CHOOSES or key == "sources")
    )


def _column(origin: Origin) -> Node:
    table = sources.CANONICAL[origin.table]
    meaning = next((column.meaning for column in table.columns if column.name == origin.column), "")
    return table_column(origin.table, origin.column, of=table.meaning, meaning=meaning)


def _wide() -> Mapping[str, frozenset[Origin]]:
    """The columns of the wide row with the canonical columns they come from, through all steps."""
    schema = {name: {column.name: column.kind for column in table.columns} for name, table in sources.CANONICAL.items()}
    schema |= {name: dict.fromkeys(columns, "VARCHAR") for name, columns in _BESIDE.items()}
    known: dict[str, dict[str, frozenset[Origin]]] = {}
    for name, query in _steps():
        traced = trace(sqlglot.parse_one(query, dialect="duckdb"), schema)
        known[name] = {column: _settled(origins, known) for column, origins in traced.columns.items()}
        schema[name] = dict.fromkeys(traced.columns, "VARCHAR")
    return known["wide"]


def _settled(origins: frozenset[Origin], known: Mapping[str, Mapping[str, frozenset[Origin]]]) -> frozenset[Origin]:
    """Origins in earlier steps, replaced by what those come from."""
    found = (known[one.table].get(one.column, frozenset()) if one.table in known else {one} for one in origins)
    return frozenset(origin for some in found for origin in some)


def _steps() -> Iterator[tuple[str, str]]:
    yield from (*PRESENT, *VIEWS, *CUSTOMERS, ("ledger", LEDGER_SQL))
    yield _BOOKED, LEDGER_SQL.partition("UNION ALL")[0]
    for name, query in (*AMOUNTS, *DOCUMENTS, *PEOPLE, *WIDE):
        money_only = "kind = 'transaction'" in query
        yield name, query.replace("FROM ledger", f"FROM {_BOOKED}") if money_only else query
