"""The gate for millions: the one statement over parts of everybody, on every core, answered as columns."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import ARRAY, BigInteger, ColumnElement, LargeBinary, any_, cast, func, literal, select, text
from sqlalchemy.dialects import postgresql

from liuke.data import profile
from liuke.guard.consent import Channel, Narrow, Purpose
from liuke.guard.gate.events import CustomersJudged
from liuke.guard.gate.judge.ask import Ask
from liuke.guard.gate.judge.model import Check, Message
from liuke.guard.gate.judge.statement import statement
from liuke.guard.gate.service import ask
from liuke.kernel.actor import Actor, Permission, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle

_DIALECT: Final = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
#: Customers of neighbouring numbers judged by one statement: few enough to sort in memory.
_SPAN: Final = 250_000
#: Customers named one by one to one statement.
_NAMED: Final = 20_000
#: When at least one in so many numbers is asked about, whole spans are read and the others left out.
_DENSE: Final = 8
_WORKERS: Final = max(1, min(4, os.cpu_count() or 1))

Numbers = npt.NDArray[np.int64]
#: Customers by what the gate says of them; None: permitted.
Judged = list[tuple[str | None, Numbers]]


def check_many(
    bank: Bank,
    actor: Actor,
    one_ids: Sequence[OneId] | Numbers | None,
    message: Message,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime | None = None,
) -> pa.Table:
    """The verdict on each customer (None: everybody in scope), by number: ``one_id`` and ``refusal``, null where
    permitted.

    The same statement as for one customer. It gives no permits: who sends asks for one (`check`) as each message goes
    out. One event for all; each customer once, those outside the scope with the refusal ``customer``. Parts of
    everybody are judged side by side, each as things stand when it is read.

    Raises: UnknownChannel, UnknownProduct.
    """
    actor.require(Permission.CUSTOMER_READ)
    wanted = None if one_ids is None else np.unique(np.asarray(one_ids, dtype=np.int64))
    with bank.read(actor) as tx:
        asked = ask(tx, message, channel=channel, purpose=purpose, now=now or bank.clock.now())
        parts = list(_parts(tx, wanted))
    with ThreadPoolExecutor(_WORKERS) as pool:
        judged = list(chain.from_iterable(pool.map(lambda part: _judge(bank, actor, asked, part), parts)))
    answer = _table(judged, wanted)
    with bank.write(actor) as tx:
        tx.emit(
            CustomersJudged(
                channel=asked.channel,
                purpose=asked.purpose,
                product_no=message.product_no or "",
                asked=answer.num_rows,
                allowed=answer["refusal"].null_count,
                policy_version=asked.version,
            )
        )
    return answer


def _parts(tx: ReadHandle, wanted: Numbers | None) -> Iterator[Narrow]:
    """Conditions on the number of a customer that together hold for all who are asked about."""
    whole = tx.actor.scope.kind is ScopeKind.ALL
    if wanted is None and not whole:
        wanted = np.array([row["one_id"] for row in tx.rows(profile.facts.numbers())], dtype=np.int64)
    if wanted is None:
        first, last = profile.facts.span(tx)
    elif len(wanted):
        first, last = int(wanted[0]), int(wanted[-1])
    else:
        return
    if wanted is None or (whole and len(wanted) > _NAMED and last - first < _DENSE * len(wanted)):
        yield from (_between(start, min(start + _SPAN - 1, last)) for start in range(first, last + 1, _SPAN))
    else:
        yield from (_among(wanted[start : start + _NAMED]) for start in range(0, len(wanted), _NAMED))


def _between(first: int, last: int) -> Narrow:
    return lambda column: column.between(first, last)


def _among(numbers: Numbers) -> Narrow:
    named: ColumnElement[Any] = cast(literal(numbers.tolist(), ARRAY(BigInteger)), ARRAY(BigInteger))
    return lambda column: column == any_(named)


def _judge(bank: Bank, actor: Actor, asked: Ask, part: Narrow) -> Judged:
    """The customers of one part by their verdict: their numbers travel packed, not row by row."""
    rows = profile.facts.rows()
    people = rows.where(part(rows.selected_columns.one_id)).subquery("people")
    said = statement(people, asked, only=part).subquery("said").c
    packed = func.string_agg(func.int8send(said.one_id), cast(b"", LargeBinary))
    query = select(said.refusal, packed).group_by(said.refusal)
    compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    with bank.read(actor) as tx:
        _read_in_order(tx)
        raw: Any = tx.connection.connection
        with raw.cursor(binary=True) as cursor:
            cursor.execute(str(compiled), compiled.construct_params())
            return [(code, np.frombuffer(numbers, dtype=">i8").astype(np.int64)) for code, numbers in cursor]


def _read_in_order(tx: ReadHandle) -> None:
    """Join by merging what the indexes give in order, until the transaction ends: the planner takes row-level security
    to hide nearly every row, and would look up each customer by itself.
    """
    tx.connection.execute(text("SET LOCAL work_mem = '64MB'"))
    for way in ("enable_nestloop", "enable_hashjoin", "max_parallel_workers_per_gather"):
        tx.connection.execute(text(f"SET LOCAL {way} = 0"))


def _table(judged: Judged, wanted: Numbers | None) -> pa.Table:
    """One row a customer, by number; those asked about and not found with the refusal of `Check.CUSTOMER`."""
    codes = [Check.CUSTOMER.value, *sorted({code for code, _ in judged if code is not None})]
    place = {code: number for number, code in enumerate(codes)} | {None: -1}
    last = max((int(numbers.max()) for _, numbers in judged if len(numbers)), default=0)
    said = np.full(last + 1, -2, dtype=np.int32)
    for code, numbers in judged:
        said[numbers] = place[code]
    if wanted is None:
        wanted = np.flatnonzero(said != -2)
    known = np.clip(wanted, 0, last)
    found = np.where((known == wanted) & (said[known] != -2), said[known], place[Check.CUSTOMER.value])
    refusal = pa.DictionaryArray.from_arrays(pa.array(found, mask=found < 0), pa.array(codes, pa.string()))
    return pa.table({"one_id": pa.array(wanted, pa.int64()), "refusal": refusal})
