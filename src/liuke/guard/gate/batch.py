"""The gate for millions: one statement over all customers asked about, answered as columns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import BigInteger, Select, column, func, select, table, text
from sqlalchemy.dialects import postgresql

from liuke.data import profile
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.events import CustomersJudged
from liuke.guard.gate.judge import statement
from liuke.guard.gate.model import Check, Message
from liuke.guard.gate.service import ask
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import WriteHandle

_DIALECT: Final = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
_WANTED: Final = table("gate_wanted", column("one_id", BigInteger))
#: Above so many customers, whole tables are read.
_FEW: Final = 20_000
_SCHEMA: Final = {"one_id": pa.int64(), "refusal": pa.dictionary(pa.int32(), pa.string())}


def check_many(
    bank: Bank,
    actor: Actor,
    one_ids: Sequence[OneId] | npt.NDArray[np.int64] | None,
    message: Message,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime | None = None,
) -> pa.Table:
    """The verdict on each customer (None: everybody in scope): ``one_id`` and ``refusal``, null where permitted.

    The same statement as for one customer. It gives no permits: who sends asks for one (`check`) as each message goes
    out. One event for all; each customer once, those outside the scope with the refusal ``customer``.

    Raises: UnknownChannel, UnknownProduct.
    """
    actor.require(Permission.CUSTOMER_READ)
    with bank.write(actor) as tx:
        asked = ask(tx, message, channel=channel, purpose=purpose, now=now or bank.clock.now())
        facts = profile.facts.rows()
        wanted = None if one_ids is None else np.unique(np.asarray(one_ids, dtype=np.int64))
        if wanted is None or len(wanted) > _FEW:
            _read_whole_tables(tx)
        if wanted is not None:
            _send_over(tx, wanted)
            facts = facts.where(facts.selected_columns.one_id.in_(select(_WANTED.c.one_id)))
        said = statement(facts.subquery("people"), asked).subquery("said")
        answer = _columns(tx, select(said.c.one_id, func.coalesce(said.c.refusal, "").label("refusal")))
        if wanted is not None:
            answer = _with_missing(answer, wanted)
        allowed = answer["refusal"].null_count
        tx.emit(
            CustomersJudged(
                channel=asked.channel,
                purpose=asked.purpose,
                product_no=message.product_no or "",
                asked=answer.num_rows,
                allowed=allowed,
                policy_version=asked.version,
            )
        )
    return answer


def _read_whole_tables(tx: WriteHandle) -> None:
    """Join by hash until the transaction ends: the planner takes row-level security to hide nearly every row, and would
    look up each customer by itself.
    """
    tx.execute(text("SET LOCAL work_mem = '256MB'"))
    tx.execute(text("SET LOCAL enable_nestloop = off"))


def _send_over(tx: WriteHandle, wanted: npt.NDArray[np.int64]) -> None:
    """Put the customers asked about into a table that lives as long as the transaction."""
    tx.execute(text("CREATE TEMP TABLE gate_wanted (one_id BIGINT PRIMARY KEY) ON COMMIT DROP"))
    raw: Any = tx.connection.connection
    with raw.cursor() as cursor, cursor.copy("COPY gate_wanted FROM STDIN (FORMAT BINARY)") as sink:
        sink.write(_binary(wanted))
    tx.execute(text("ANALYZE gate_wanted"))


def _binary(numbers: npt.NDArray[np.int64]) -> bytes:
    """The numbers as PostgreSQL's binary COPY: a header, for each row one field of eight bytes, a trailer."""
    rows = np.empty(len(numbers), dtype=[("fields", ">i2"), ("length", ">i4"), ("one_id", ">i8")])
    rows["fields"], rows["length"], rows["one_id"] = 1, 8, numbers
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


def _columns(tx: WriteHandle, query: Select[Any]) -> pa.Table:
    """The rows of a query as Arrow columns, an empty refusal as null."""
    compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params()
    raw: Any = tx.connection.connection
    with raw.cursor() as cursor, cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT CSV)", values) as source:
        data = b"".join(bytes(block) for block in source)
    if not data:
        return pa.table({name: pa.array([], kind) for name, kind in _SCHEMA.items()})
    return pyarrow.csv.read_csv(
        pa.BufferReader(data),
        read_options=pyarrow.csv.ReadOptions(column_names=list(_SCHEMA), block_size=16 << 20),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=_SCHEMA, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )


def _with_missing(answer: pa.Table, wanted: npt.NDArray[np.int64]) -> pa.Table:
    """The answer, and those who were not found with the refusal of `Check.CUSTOMER`."""
    missing = np.setdiff1d(wanted, answer["one_id"].to_numpy(), assume_unique=True)
    if not len(missing):
        return answer
    reason = pa.array([Check.CUSTOMER.value] * len(missing), pa.string()).dictionary_encode()
    gone = pa.table({"one_id": missing, "refusal": reason})
    return pa.concat_tables([answer, gone]).unify_dictionaries()
