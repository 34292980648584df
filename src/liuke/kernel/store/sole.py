"""Holding something for oneself, across all processes that share a database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from liuke.kernel.errors import LiukeError

_TAKE = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_LEAVE = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


@contextmanager
def sole(engine: Engine, name: str, *, busy: LiukeError) -> Iterator[None]:
    """Hold ``name`` until the block ends or the process dies; the lock is PostgreSQL's advisory lock of a connection.

    Raises: ``busy`` at once when somebody else holds it.
    """
    with engine.connect() as raw:
        connection = raw.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(_TAKE, {"name": name}).scalar():
            raise busy
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a server that died holds no locks
                connection.execute(_LEAVE, {"name": name})
