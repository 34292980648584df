"""Tables of the 360 page: one wide row a customer, what falls due, keys of subjects; and reading one customer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from liuke.data.profile.model import CustomerViewed, Part
from liuke.kernel.actor import Actor
from liuke.kernel.ids import OneId
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.lake import LakeColumn, LakeTable
from liuke.kernel.store.log import event_table
from liuke.kernel.store.records import Database, ReadHandle, WriteHandle
from liuke.kernel.store.scope import scoped

_KEEP: Final = Retention.RELATION


def _none(name: str, kind: Any, **options: Any) -> Column[Any]:  # noqa: ANN401  (as SQLAlchemy's own)
    return column(name, kind, pi=PiClass.NONE, keep=_KEEP, **options)


def _c1(name: str, kind: Any, **options: Any) -> Column[Any]:  # noqa: ANN401
    return column(name, kind, pi=PiClass.C1, keep=_KEEP, **options)


def _c2(name: str, kind: Any, **options: Any) -> Column[Any]:  # noqa: ANN401
    return column(name, kind, pi=PiClass.C2, keep=_KEEP, **options)


#: Parts of the page kept ready in the shape of the wire. JSON, not JSONB: three times faster to read.
DOCUMENTS: Final = (
    "accounts",
    "holdings",
    "monthly",
    "cash_flow",
    "timeline",
    "behaviour",
    "relations",
    "sources",
    "interactions",
    "complaints",
)
#: Fields encrypted under the subject's key. Lists are JSON inside.
SEALED: Final = ("name", "phones", "id_numbers", "address", "birth_date")
#: Documents in which somebody's words or relatives stand; emptied when a customer is erased.
PERSONAL_DOCUMENTS: Final = ("timeline", "relations", "interactions", "complaints")

profile_table = Table(
    "profile",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _none("kind", Text),
    _c1("branch_no", Text),
    _none("branch_name", Text),
    _c1("branch_path", Text),
    _c1("rm_no", Text, nullable=True),
    _c1("rm_name", Text),
    _none("as_of", Date),
    _none("currency", Text),
    _c2("tier", Text),
    _c2("aum", BigInteger),
    _c2("aum_mavg", BigInteger),
    _c2("change_3m", BigInteger),
    _c2("deposits", BigInteger),
    _c2("wealth", BigInteger),
    _c2("funds", BigInteger),
    _c2("insurance", BigInteger),
    _c2("metal", BigInteger),
    _c2("loans", BigInteger),
    _c2("card_balance", BigInteger),
    _c2("credit_limit", BigInteger),
    _c2("risk_tolerance", Text, nullable=True),
    _c1("risk_valid_until", Date, nullable=True),
    _c2("next_maturity_on", Date, nullable=True),
    _c2("next_maturity_amount", BigInteger),
    _c2("holds", ARRAY(Text)),
    _c1("last_contact_at", DateTime(timezone=True), nullable=True),
    _c1("last_login_at", DateTime(timezone=True), nullable=True),
    _c1("open_complaints", Integer),
    _c1("source_count", Integer),
    _c2("gender", Text, nullable=True),
    *(_c2(name, LargeBinary, nullable=True) for name in SEALED),
    *(_c2(name, JSON) for name in DOCUMENTS),
    _c2("related", ARRAY(BigInteger)),
    _none("ledger", Text),
    _none("fingerprint", LargeBinary),
    Index("ix_profile_aum", "aum", "one_id"),
    Index("ix_profile_change", "change_3m", "one_id"),
    Index("ix_profile_contact", literal_column("coalesce(last_contact_at, 'epoch'::timestamptz)"), "one_id"),
    Index("ix_profile_rm", "rm_no", "aum", "one_id"),
    Index("ix_profile_branch", "branch_path", postgresql_ops={"branch_path": "text_pattern_ops"}),
    Index("ix_profile_due", "next_maturity_on", postgresql_where=text("next_maturity_on IS NOT NULL")),
)

#: Search values of names, phones and ID numbers, of every source's spelling. Apart from the wide row, because under
#: row-level security PostgreSQL uses no index for a search inside an array; it holds nothing readable.
blind_table = Table(
    "profile_blind",
    metadata,
    _c2("value", LargeBinary, primary_key=True),
    _none("kind", Text, primary_key=True),
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_profile_blind_one_id", "one_id"),
)

due_table = Table(
    "profile_due",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _none("place", Integer, primary_key=True, autoincrement=False),
    _c1("branch_path", Text),
    _c1("rm_no", Text, nullable=True),
    _none("product_no", Text),
    _none("product_name", Text),
    _none("kind", Text),
    _c2("amount", BigInteger),
    _c2("matures_on", Date),
    Index("ix_profile_due_on", "matures_on", "one_id", "place"),
    Index("ix_profile_due_rm", "rm_no", "matures_on"),
)

#: Data keys of customers, wrapped under a master key; without its key (null) a customer's fields are gone for good.
key_table = Table(
    "subject_key",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _c2("wrapped", LargeBinary, nullable=True),
    _c1("erased_at", DateTime(timezone=True), nullable=True),
)


def _lake(name: str, kind: str, meaning: str, pi: PiClass, unit: str = "") -> LakeColumn:
    return LakeColumn(name, kind, meaning, unit, pi, Retention.RECORD)


#: Everything that happened with a customer, sorted by customer and time, so that one customer is read from one place.
LEDGER: Final = LakeTable(
    "profile_ledger",
    "客户流水:每位客户的交易、登录、浏览、互动与触达,按客户与时间排列",
    (
        _lake("one_id", "BIGINT", "统一客户号", PiClass.C1),
        _lake("moment", "TIMESTAMPTZ", "发生的时间", PiClass.C1, "UTC"),
        _lake("kind", "VARCHAR", "transaction login view call visit chat complaint touch", PiClass.C1),
        _lake("source", "VARCHAR", "来源系统", PiClass.NONE),
        _lake("source_key", "VARCHAR", "在来源系统中的编号", PiClass.C1),
        _lake("account_tail", "VARCHAR", "账号末四位", PiClass.C1),
        _lake("account_key", "VARCHAR", "账户在来源系统中的编号", PiClass.C1),
        _lake("account_kind", "VARCHAR", "账户种类", PiClass.C1),
        _lake("channel", "VARCHAR", "渠道", PiClass.C1),
        _lake("name", "VARCHAR", "交易类别、页面、主题或结果", PiClass.C2),
        _lake("product_no", "VARCHAR", "产品编号", PiClass.C1),
        _lake("product_name", "VARCHAR", "产品名称", PiClass.NONE),
        _lake("direction", "VARCHAR", "in 流入,out 流出", PiClass.C2),
        _lake("amount", "BIGINT", "金额", PiClass.C2, "分"),
        _lake("balance_after", "BIGINT", "交易后余额", PiClass.C2, "分"),
        _lake("currency", "VARCHAR", "币种", PiClass.NONE),
        _lake("counterparty_name", "VARCHAR", "对方户名", PiClass.C2),
        _lake("staff_no", "VARCHAR", "员工编号", PiClass.C1),
        _lake("text", "VARCHAR", "摘要或内容", PiClass.C2),
    ),
)

_PAGE_COLUMNS: Final = tuple(
    name
    for name in profile_table.columns.keys()  # noqa: SIM118  (a collection of columns, not a mapping)
    if name not in {*DOCUMENTS, "related", "ledger", "fingerprint", "branch_path"}
)


def place(field: str) -> str:
    """Where an encrypted field lives, as it is bound into its ciphertext."""
    return f"profile.{field}"


#: Names of the parties a customer is related to, as far as row-level security lets the actor see them.
_RELATIVES: Final = """
(SELECT json_agg(json_build_array(o.one_id, encode(o.name, 'base64'), encode(k.wrapped, 'base64')))
 FROM profile o JOIN subject_key k ON k.one_id = o.one_id WHERE o.one_id = ANY (profile.related))::text"""

_WITH_KEY: Final = profile_table.outerjoin(key_table, key_table.c.one_id == profile_table.c.one_id)
_THIS: Final = profile_table.c.one_id == bindparam("one_id")
_PAGE: Final = (
    select(
        *(profile_table.c[name] for name in _PAGE_COLUMNS),
        *(cast(profile_table.c[name], Text).label(name) for name in DOCUMENTS),
        key_table.c.wrapped,
        literal_column(_RELATIVES, Text).label("relatives"),
    )
    .select_from(_WITH_KEY)
    .where(_THIS)
)
_SEALED: Final = (
    select(profile_table.c.one_id, profile_table.c.ledger, *(profile_table.c[name] for name in SEALED))
    .add_columns(key_table.c.wrapped)
    .select_from(_WITH_KEY)
    .where(_THIS)
)


#: The page's statement as PostgreSQL text. Row-level security narrows it to the actor's scope.
PAGE_SQL: Final = str(_PAGE.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]


def page_row(records: Database, actor: Actor, one_id: OneId) -> Mapping[str, Any] | None:
    """The wide row of a customer, its key and its relatives' names, and the look written down; None outside the scope.

    Documents come as text, ready to be sent.
    """
    seen = CustomerViewed(subject=one_id, part=Part.PAGE)
    return records.look(actor, PAGE_SQL, {"one_id": one_id}, seen=seen)


def sealed_row(tx: ReadHandle, one_id: OneId) -> RowMapping | None:
    """The encrypted fields of a customer and the name of its ledger; None outside the actor's scope."""
    return tx.one(scoped(_SEALED, profile_table, tx.actor), {"one_id": one_id})


def changes(tx: ReadHandle, one_id: OneId, *, before: int | None, limit: int) -> Sequence[RowMapping]:
    """Events about a customer, newest first, looks at it left out; one more than ``limit`` when there are more."""
    query = (
        select(event_table)
        .where(event_table.c.subject == one_id, event_table.c.kind != CustomerViewed.kind)
        .order_by(event_table.c.seq.desc())
        .limit(limit + 1)
    )
    return tx.rows(query.where(event_table.c.seq < before) if before is not None else query)


def erase(tx: WriteHandle, one_id: OneId) -> bool:
    """Destroy the customer's key and every readable trace of the person; the amounts stay. False when already gone."""
    gone = key_table.update().where(key_table.c.one_id == one_id, key_table.c.wrapped.is_not(None))
    if not tx.execute(gone.values(wrapped=None, erased_at=tx.clock.now())):
        return False
    empty: dict[str, Any] = dict.fromkeys(PERSONAL_DOCUMENTS, literal_column("'[]'::json"))
    sealed = dict.fromkeys(SEALED, null())
    tx.execute(update(profile_table).where(profile_table.c.one_id == one_id).values(**sealed, **empty, gender=null()))
    tx.execute(delete(blind_table).where(blind_table.c.one_id == one_id))
    return True
