"""Records in PostgreSQL: one transaction per request or job, seen through the actor's scope by the database itself."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import orjson
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine, Executable, RowMapping, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from liuke.kernel.actor import Actor
from liuke.kernel.clock import Clock
from liuke.kernel.errors import Invalid, LiukeError, Unavailable
from liuke.kernel.event import Event
from liuke.kernel.store import log
from liuke.kernel.store.pipe import Query, together

#: The role every connection of the application works as: it owns nothing and cannot bypass row-level security.
APP_ROLE: Final = "liuke_app"

_ENTER = text(
    "SELECT set_config('liuke.scope', :kind, true), set_config('liuke.branch_path', :branch, true),"
    " set_config('liuke.staff_no', :staff, true)"
)

_TAKE: Final = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_LEAVE: Final = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")

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
_ENTER_TEXT: Final = (
    "SELECT set_config('liuke.scope', $1, true), set_config('liuke.branch_path', $2, true),"
    " set_config('liuke.staff_no', $3, true)"
)
#: A statement asked for every customer is planned once for all of them, not each time anew.
_ENTER_EXCHANGE: Final = (
    f"{_ENTER_TEXT}, set_config('plan_cache_mode', 'force_generic_plan', true),"
    " set_config('transaction_read_only', 'on', true)"
)
_ENTER_POST: Final = f"{_ENTER_TEXT}, set_config('synchronous_commit', $4, true)"


class DatabaseLost(Unavailable):
    """数据库连接中断，刚才的操作没有生效，已保存的内容不受影响。请稍后重试。"""


class DiskFull(Unavailable):
    """磁盘空间不足，刚才的操作没有生效，已保存的内容不受影响。请联系管理员清理空间后重试。"""


class ControlCharacter(Invalid):
    """内容含有不可见的控制字符。请删除后再试。"""


class NumberTooLarge(Invalid):
    """数字超出可以保存的范围。请改小后再试。"""


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

    def first(self, query: Query) -> dict[str, Any] | None:
        """The first row of a query written as text, or None; past SQLAlchemy and prepared, for what is asked most."""
        raw: Any = self.connection.connection.driver_connection
        with psycopg.RawCursor(raw, row_factory=dict_row) as cursor:
            return cursor.execute(*query, prepare=True).fetchone()


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
    def read(self, actor: Actor, *, steady: bool = False) -> Iterator[ReadHandle]:
        """A transaction that only reads, seen through the actor's scope. ``steady``: all its reads see one moment."""
        with _translated(), self._connected() as connection:
            connection.execution_options(postgresql_readonly=True)
            if steady:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                _enter(connection, actor)
                yield ReadHandle(connection, actor)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[WriteHandle]:
        """A transaction that may write; it commits when the block ends well and leaves nothing when it does not."""
        with _translated(), self._connected() as connection, connection.begin():
            _enter(connection, actor)
            yield WriteHandle(connection, actor, self._clock)

    @contextmanager
    def sole(self, name: str, *, busy: LiukeError) -> Iterator[None]:
        """Hold ``name`` for oneself, across all processes of this database, until the block ends or the process dies.

        The lock is PostgreSQL's advisory lock of a connection. Raises: ``busy`` at once when somebody else holds it.
        """
        with self._connected() as raw:
            with _translated():
                connection = raw.execution_options(isolation_level="AUTOCOMMIT")
                if not connection.execute(_TAKE, {"name": name}).scalar():
                    raise busy
            try:
                yield
            finally:
                with suppress(DBAPIError):  # a server that died holds no locks
                    connection.execute(_LEAVE, {"name": name})

    def look(self, actor: Actor, query: str, values: Mapping[str, Any], *, seen: Event) -> dict[str, Any] | None:
        """The one row of a query and, when there is one, the event of having seen it, in one transaction.

        ``query`` is PostgreSQL text with ``%(name)s`` places. All of it travels in one exchange instead of five, and
        past SQLAlchemy: for the pages asked most. ``seen`` must be an event that wakes nobody.
        """
        event_row = {f"_{name}": value for name, value in log.row_of(seen, actor, self._clock).items()}
        event_row["_payload"] = orjson.dumps(event_row["_payload"]).decode()
        scope = actor.scope
        with _translated(), self._piped() as raw, raw.cursor(row_factory=dict_row) as cursor:
            raw.execute(_ENTER_RAW, (scope.kind.value, scope.branch_path, scope.staff_no))
            cursor.execute(_LOOK.format(query=query), {**values, **event_row}, prepare=True)
            raw.commit()
            row: dict[str, Any] | None = cursor.fetchone()
            return row

    def exchange(self, actor: Actor, queries: Sequence[Query]) -> list[dict[str, Any] | None]:
        """The first row of each query, read in one transaction that travels in one exchange, past SQLAlchemy."""
        return self._together(_ENTER_EXCHANGE, actor, (), queries)

    def post(self, actor: Actor, queries: Sequence[Query], *events: Event, durable: bool = True) -> None:
        """Write in one transaction that travels in one exchange, past SQLAlchemy, and the events of it, which must be
        such as wake nobody.

        Not ``durable``: the answer does not wait for the disk. What is posted so is lost when the database itself dies
        within the same second, and then as a whole; never when Liuke does. No consumer of events sees what a crash can
        still take back: each moves its cursor durably before it hands on what it read.
        """
        written = [log.appending(happened, actor, self._clock) for happened in events]
        self._together(_ENTER_POST, actor, ("on" if durable else "off",), [*queries, *written])

    def _together(
        self, enter: str, actor: Actor, more: tuple[str, ...], queries: Sequence[Query]
    ) -> list[dict[str, Any] | None]:
        scope = actor.scope
        entered = (enter, (scope.kind.value, scope.branch_path, scope.staff_no, *more))
        with _translated(), self._connected() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                return together(raw, connection.info.setdefault("prepared", {}), [entered, *queries])[1:]
            except psycopg.OperationalError as fault:
                if not raw.closed:
                    raise
                connection.invalidate(fault)
                raise DatabaseLost from fault

    @contextmanager
    def _piped(self) -> Iterator[Any]:
        """A driver's connection whose statements travel together; one that broke is thrown away."""
        with self._connected() as connection:
            raw: Any = connection.connection.driver_connection
            try:
                with raw.pipeline():
                    yield raw
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
        ours = DatabaseLost() if fault.connection_invalidated else _ours(fault.orig)
        if ours is not None:
            raise ours from fault
        raise
    except psycopg.Error as fault:
        ours = _ours(fault)
        if ours is not None:
            raise ours from fault
        raise


def _ours(fault: BaseException | None) -> LiukeError | None:
    state = getattr(fault, "sqlstate", None) or ""
    if state == "53100":
        return DiskFull()
    if state.startswith(("57P", "08")):
        return DatabaseLost()
    if state == "22P05" or (not state and isinstance(fault, psycopg.DataError) and "NUL" in str(fault)):
        return ControlCharacter()
    return NumberTooLarge() if state == "22003" else None
