"""Statements that travel to PostgreSQL together: one message out, one back, one transaction.

The driver's own pipeline sends and listens anew for every statement. Here everything up to the one synchronisation goes
out at once, each statement prepared when its connection first meets it. What PostgreSQL gets between two
synchronisations is one transaction, and leaves nothing when one statement of it fails.
Source: PostgreSQL manual, "Pipeline Mode" (libpq).
"""

from collections.abc import Generator, MutableMapping, Sequence
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import adapt, generators
from psycopg.abc import Transformer
from psycopg.adapt import PyFormat
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

#: PostgreSQL text with ``$1`` places, and the values for them in order.
Query = tuple[str, Sequence[Any]]
_Key = tuple[str, tuple[int, ...]]
#: The names of the statements prepared on a connection, by text and types of values, the oldest first.
Prepared = MutableMapping[_Key, bytes]

#: Statements kept prepared on one connection.
_MOST: Final = 256
_numbers: Final = count()


def together(raw: psycopg.Connection[Any], prepared: Prepared, queries: Sequence[Query]) -> list[dict[str, Any] | None]:
    """The first row of each query (None: it gives none), in one transaction that commits when all of them went well.

    Raises: psycopg.Error, of the first statement that fails.
    """
    conn, values = raw.pgconn, adapt.Transformer(raw)
    fresh: dict[_Key, bytes] = {}
    conn.enter_pipeline_mode()
    try:
        last = [0]
        for query in queries:
            last.append(last[-1] + _send(conn, values, query, prepared, fresh))
        conn.pipeline_sync()
        answers = raw.wait(_answers(conn))
        conn.exit_pipeline_mode()
    except BaseException:
        raw.close()  # nobody waits any more for what is under way on it
        raise
    fault = next((answer for answer in answers if answer.status == ExecStatus.FATAL_ERROR), None)
    if fault is not None:
        error = error_from_result(fault, encoding=raw.info.encoding)
        if isinstance(error, psycopg.errors.InvalidSqlStatementName) and prepared:
            prepared.clear()  # the driver lets go of every prepared statement after a rollback, ours among them
            return together(raw, prepared, queries)
        raise error
    prepared.update(fresh)
    _forget_oldest(raw, prepared)
    return [_first(values, answers[place - 1]) for place in last[1:]]


def _send(conn: PGconn, known: Transformer, query: Query, prepared: Prepared, fresh: dict[_Key, bytes]) -> int:
    """Put a query into the message; returns how many answers it will have, the last of them its own."""
    text, given = query
    values = known.dump_sequence(given, [PyFormat.AUTO] * len(given))
    types, formats = known.types or (), known.formats
    key = (text, tuple(types))
    name = prepared.get(key) or fresh.get(key)
    if name is not None:
        conn.send_query_prepared(name, values, formats, Format.BINARY)
        return 1
    name = fresh[key] = b"liuke_%d" % next(_numbers)
    conn.send_prepare(name, text.encode(), types)
    conn.send_query_prepared(name, values, formats, Format.BINARY)
    return 2


def _answers(conn: PGconn) -> Generator[Any, Any, list[PGresult]]:
    """What PostgreSQL answers, in order, up to the synchronisation."""
    yield from generators.send(conn)
    found: list[PGresult] = []
    while True:
        some = yield from generators.fetch_many(conn)
        if some and some[0].status == ExecStatus.PIPELINE_SYNC:
            return found
        if not some and conn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        found += some[:1]


def _forget_oldest(raw: psycopg.Connection[Any], prepared: Prepared) -> None:
    while len(prepared) > _MOST:
        name = prepared.pop(next(iter(prepared)))
        raw.pgconn.exec_(b"DEALLOCATE " + name)


def _first(known: Transformer, answer: PGresult) -> dict[str, Any] | None:
    if answer.status != ExecStatus.TUPLES_OK or not answer.ntuples:
        return None
    known.set_pgresult(answer)
    row = known.load_row(0, tuple)
    names = [(answer.fname(place) or b"").decode() for place in range(answer.nfields)]
    return dict(zip(names, row or (), strict=True))
