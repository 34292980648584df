"""Records in PostgreSQL: one transaction per request or job, seen through the actor's scope by the database itself."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import orjson
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine, Executable, RowMapping, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from liuke.kernel.actor import Actor
from liuke.kernel.clock import Clock
from liuke.kernel.errors import Invalid, Unavailable
from liuke.kernel.event import Event
from liuke.kernel.store import log

#: The role every connection of the application works as: it owns nothing and cannot bypass row-level security.
APP_ROLE: Final = "liuke_app"

_ENTER = text(
    "SELECT set_config('liuke.scope', :kind, true), set_config('liuke.branch_path', :branch, true),"
    " set_config('liuke.staff_no', :staff, true)"
)


#: A look: the row, and the event of having seen it when there is one. Its places carry an underscore, a query's do not.
_LOOK: Final = """
WITH looked AS ({query}), seen AS (
    INSERT INTO event (id, kind, version, at, actor_id, via, request_id, subject, payload)
    SELECT %(_id)s, %(_kind)s, %(_version)s, %(_at)s, %(_actor_id)s, %(_via)s, %(_request_id)s, %(_subject)s,
           %(_payload)s
    WHERE EXISTS (SELECT FROM looked))
SELECT * FROM looked"""
_ENTER_RAW: Final = (
    "SELECT set_config('liuke.scope', %s, true), set_config('liuke.branch_path', %s, true),"
    " set_config('liuke.staff_no', %s, true)"
)


class DatabaseLost(Unavailable):
    """数据库连接中断,刚才的操作没有生效,已保存的内容不受影响。请稍后重试。"""


class DiskFull(Unavailable):
    """磁盘空间不足,刚才的操作没有生效,已保存的内容不受影响。请联系管理员清理空间后重试。"""


class ControlCharacter(Invalid):
    """内容含有不可见的控制字符。请删除后再试。"""


class ReadHandle:
    """One open transaction that only reads."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self.connection: Final = connection
        self.actor: Final = actor

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
        """All rows of a query, as mappings."""
        return self.connection.execute(statement, values).mappings().all()

    def one(self, statement: Executable, values: Mapping[str, Any] | None = None) -> RowMapping | None:
        """The first row, or None when there is none."""
        return self.connection.execute(statement, values).mappings().first()

    def value(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """The first column of the first row, or None."""
        return self.connection.execute(statement, values).scalar()


class WriteHandle(ReadHandle):
    """One open transaction that may change records and emit events."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock) -> None:
        super().__init__(connection, actor)
        self.clock: Final = clock

    def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Run a statement (once per mapping given); returns the number of rows it touched."""
        return self.connection.execute(statement, values).rowcount

    def emit(self, *events: Event) -> None:
        """Write what happened into the event log, in this same transaction."""
        log.append(self.connection, events, self.actor, self.clock)

    def copy(self, table: str, columns: Sequence[str], rows: Iterator[Sequence[object]]) -> int:
        """Bulk-load rows with COPY; returns how many."""
        count = 0
        names = ", ".join(f'"{name}"' for name in columns)
        raw: Any = self.connection.connection
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as sink:
            for row in rows:
                sink.write_row(row)
                count += 1
        return count


class Database:
    """The bank's PostgreSQL."""

    def __init__(self, url: str, *, clock: Clock, pool_size: int = 16, role: str | None = APP_ROLE) -> None:
        self.url: Final = url
        self._clock = clock
        self._role = role
        self.engine: Final[Engine] = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=False,
            json_serializer=lambda value: orjson.dumps(value, default=str).decode(),
            json_deserializer=orjson.loads,
        )
        event.listen(self.engine, "connect", self._on_connect)

    def _on_connect(self, raw: PoolProxiedConnection, _record: object) -> None:
        cursor = raw.cursor()
        if self._role:
            cursor.execute(f"SET ROLE {self._role}")
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.close()
        raw.commit()

    @contextmanager
    def read(self, actor: Actor) -> Iterator[ReadHandle]:
        """A transaction that only reads, seen through the actor's scope."""
        with _translated(), self._connected() as connection:
            connection.execution_options(postgresql_readonly=True)
            with connection.begin():
                _enter(connection, actor)
                yield ReadHandle(connection, actor)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[WriteHandle]:
        """A transaction that may write; it commits when the block ends well and leaves nothing when it does not."""
        with _translated(), self._connected() as connection, connection.begin():
            _enter(connection, actor)
            yield WriteHandle(connection, actor, self._clock)

    def look(self, actor: Actor, query: str, values: Mapping[str, Any], *, seen: Event) -> dict[str, Any] | None:
        """The one row of a query and, when there is one, the event of having seen it, in one transaction.

        ``query`` is PostgreSQL text with ``%(name)s`` places. All of it travels in one exchange instead of five, and
        past SQLAlchemy: for the pages asked most. ``seen`` must be an event that wakes nobody.
        """
        event_row = {f"_{name}": value for name, value in log.row_of(seen, actor, self._clock).items()}
        event_row["_payload"] = orjson.dumps(event_row["_payload"]).decode()
        scope = actor.scope
        with _translated(), self._connected() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                with raw.pipeline(), raw.cursor(row_factory=dict_row) as cursor:
                    raw.execute(_ENTER_RAW, (scope.kind.value, scope.branch_path, scope.staff_no))
                    cursor.execute(_LOOK.format(query=query), {**values, **event_row}, prepare=True)
                    raw.commit()
                    row: dict[str, Any] | None = cursor.fetchone()
                    return row
            except psycopg.OperationalError as fault:
                connection.invalidate(fault)
                raise DatabaseLost from fault

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        connection = self._connect()
        try:
            yield connection
        finally:
            connection.close()

    def _connect(self) -> Connection:
        """A live connection: those that died with a restarted server are replaced, for up to a few seconds."""
        for attempt in range(6):
            try:
                connection = self.engine.connect()
            except OperationalError:  # the server is away or just coming back
                time.sleep(0.1 * 2**attempt)
                continue
            try:
                if _alive(connection):
                    return connection
                connection.invalidate()
                connection.close()
            except OperationalError:
                connection.close()
            time.sleep(0.1 * 2**attempt)
        raise DatabaseLost

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _alive(connection: Connection) -> bool:
    """Whether the socket is open; asks the operating system, not the server, so it costs no round trip."""
    raw: Any = connection.connection.driver_connection
    if raw.closed:
        return False
    import select

    readable, _, _ = select.select([raw.fileno()], [], [], 0)
    return not readable


def _enter(connection: Connection, actor: Actor) -> None:
    scope = actor.scope
    connection.execute(_ENTER, {"kind": scope.kind.value, "branch": scope.branch_path, "staff": scope.staff_no})


@contextmanager
def _translated() -> Iterator[None]:
    """PostgreSQL's own words for a lost connection, a full disk or a character it cannot hold become ours."""
    try:
        yield
    except DBAPIError as fault:
        state = getattr(fault.orig, "sqlstate", None) or ""
        if state == "53100":
            raise DiskFull from fault
        if fault.connection_invalidated or state.startswith(("57P", "08")):
            raise DatabaseLost from fault
        if not state and isinstance(fault, DataError) and "NUL" in str(fault.orig):
            raise ControlCharacter from fault
        raise
