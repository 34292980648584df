"""The whole way from the lake to the wide rows: present facts, steps, ledger, and the merge into PostgreSQL."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import duckdb
import pyarrow as pa

from liuke.data import identity, org, sources
from liuke.data.profile.model import ProfilesRefreshed
from liuke.data.profile.refresh import merge
from liuke.data.profile.refresh.amounts import AMOUNTS
from liuke.data.profile.refresh.documents import DOCUMENTS
from liuke.data.profile.refresh.present import CUSTOMERS, LEDGER_SQL, PRESENT, VIEWS
from liuke.data.profile.refresh.whole import FINGERPRINTED_SQL, HOME_SQL, PEOPLE, WIDE
from liuke.data.profile.store import LEDGER
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.errors import Conflict
from liuke.kernel.ids import OneId
from liuke.kernel.store.lake import FileDraft
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Customers of one ledger file: 2^17, so that a file of a large bank stays small enough to write in memory.
BUCKET_BITS: Final = 17
#: Wide rows sealed and sent to PostgreSQL at a time.
CHUNK: Final = 4000

#: Says how far a refresh is: (fraction, Chinese phrase).
Report = Callable[[float, str], None]


class RefreshRunning(Conflict):
    """客户画像正在刷新,请等待它完成。"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: the data day, customers looked at, rows changed or new, customers gone."""

    as_of: date | None
    customers: int
    changed: int
    gone: int


def refresh(
    bank: Bank,
    actor: Actor,
    *,
    as_of: date | None = None,
    only: Sequence[OneId] | None = None,
    report: Report = lambda _fraction, _phrase: None,
) -> Refreshed:
    """Bring the 360 pages of all customers, or of ``only`` some, up to ``as_of`` (the newest day known,
        when not given).

    Readers see all of it or nothing; a customer whose facts are as before keeps the row untouched.

    Raises: RefreshRunning when another refresh is at work; Forbidden.
    """
    actor.require(Permission.SYSTEM_MANAGE)
    with bank.read(actor) as tx, bank.lake.connect(tx, *sources.CANONICAL.values()) as lake:
        merge.claim(tx, RefreshRunning)
        day = as_of or newest_day(lake)
        if day is None:
            return Refreshed(None, 0, 0, 0)
        report(0.02, "读取客户归并结果")
        _prepare(lake, tx, day, only)
        report(0.05, "整理账户与流水")
        drafts = _facts(bank, lake, whole=only is None)
        report(0.5, "汇总资产与行为")
        _run(lake, (*AMOUNTS, *DOCUMENTS, *PEOPLE))
        report(0.7, "写入客户画像")
        with bank.write(actor) as out:
            done = _write(bank, lake, out, drafts, only=only)
            out.emit(ProfilesRefreshed(as_of=day.isoformat(), customers=done[0], changed=done[1], gone=done[2]))
    return Refreshed(day, *done)


def newest_day(lake: duckdb.DuckDBPyConnection) -> date | None:
    """The newest day the bank's own books speak of."""
    query = " UNION ALL ".join(
        f'SELECT max(known_at) AS moment FROM "{name}"' for name in ("account", "customer", "transaction")
    )
    found = lake.execute(
        f"SELECT ((max(moment) - INTERVAL 1 SECOND) + INTERVAL 8 HOUR)::DATE FROM ({query})"
    ).fetchall()
    return found[0][0] if found else None


def _prepare(lake: duckdb.DuckDBPyConnection, tx: ReadHandle, day: date, only: Sequence[OneId] | None) -> None:
    """Variables, membership and erased customers."""
    until = datetime.combine(day + timedelta(days=1), time(), BANK_ZONE).astimezone(UTC)
    month = day.replace(day=1)
    lake.register("all_member_rows", identity.members(tx))
    lake.register("erased", pa.table({"one_id": pa.array(merge.erased(tx), pa.int64())}))
    chosen = "" if only is None else " WHERE one_id IN (SELECT one_id FROM only_these)"
    if only is not None:
        lake.register("only_these", pa.table({"one_id": pa.array(list(only), pa.int64())}))
    for statement in (
        f"SET VARIABLE as_of = DATE '{day}'",
        f"SET VARIABLE until = TIMESTAMPTZ '{until:%Y-%m-%d %H:%M:%S}+00'",
        f"SET VARIABLE month_until = TIMESTAMPTZ '{month} 00:00:00+08'",
        f"SET VARIABLE month_from = (TIMESTAMP '{month} 00:00:00' - INTERVAL 6 MONTH - INTERVAL 8 HOUR)::TIMESTAMPTZ",
        "CREATE TEMP TABLE all_member AS SELECT source, source_key, one_id FROM all_member_rows",
        f"CREATE TEMP TABLE member AS SELECT * FROM all_member{chosen}",
    ):
        lake.execute(statement).fetchall()
    money = lake.execute("SELECT mode(currency) FROM account").fetchall()
    lake.execute(f"SET VARIABLE currency = '{_code(money[0][0])}'").fetchall()


def _code(currency: str | None) -> str:
    """A currency code, fit to stand in a statement."""
    return currency if currency and currency.isalpha() and len(currency) == 3 else "CNY"


def _facts(bank: Bank, lake: duckdb.DuckDBPyConnection, *, whole: bool) -> list[FileDraft]:
    """What was known on the day, and the ledger written as draft files and visible to the steps that follow."""
    _run(lake, PRESENT)
    for name, query in VIEWS:
        lake.execute(f"CREATE TEMP VIEW {name} AS {query}").fetchall()
    _run(lake, CUSTOMERS)
    columns = ", ".join(column.name for column in LEDGER.columns)
    served = f"SELECT {columns} FROM ({LEDGER_SQL}) WHERE one_id IN (SELECT one_id FROM subject)"
    drafts = []
    for partition, narrowed in _parts(lake, whole=whole):
        draft = bank.lake.write_query(LEDGER, lake, f"{served}{narrowed} ORDER BY one_id", partition=partition)
        drafts += [draft] if draft else []
    listed = ", ".join(f"'{draft.path}'" for draft in drafts)
    seen = f"SELECT {columns} FROM read_parquet([{listed}])" if drafts else LEDGER.empty_sql()
    lake.execute(f"CREATE TEMP VIEW ledger AS {seen}").fetchall()
    return drafts


def _parts(lake: duckdb.DuckDBPyConnection, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Partitions of the ledger and the condition that fills each; also made known to SQL as ``part``."""
    if not whole:
        name = f"i{uuid.uuid4().hex}"
        _run(lake, (("part", f"SELECT one_id, '{name}' AS ledger FROM subject"),))
        yield name, ""
        return
    _run(lake, (("part", f"SELECT one_id, 'b' || (one_id >> {BUCKET_BITS}) AS ledger FROM subject"),))
    buckets = lake.execute(f"SELECT DISTINCT one_id >> {BUCKET_BITS} FROM subject ORDER BY 1").fetchall()
    for (bucket,) in buckets:
        yield f"b{bucket}", f" AND one_id >> {BUCKET_BITS} = {bucket}"


def _run(lake: duckdb.DuckDBPyConnection, steps: Sequence[tuple[str, str]]) -> None:
    for name, query in steps:
        lake.execute(f"CREATE TEMP TABLE {name} AS {query}").fetchall()


def _write(
    bank: Bank,
    lake: duckdb.DuckDBPyConnection,
    tx: WriteHandle,
    drafts: Sequence[FileDraft],
    *,
    only: Sequence[OneId] | None,
) -> tuple[int, int, int]:
    """Assign, seal and merge in one transaction; returns (customers, changed, gone)."""
    _assign(lake, tx)
    _run(lake, WIDE)
    lake.register("before", merge.fingerprints(tx, only))
    _run(lake, (("printed", FINGERPRINTED_SQL),))
    changed = lake.execute("SELECT count(*) FROM printed ANTI JOIN before USING (one_id, fingerprint)").fetchall()[0][0]
    customers = lake.execute("SELECT count(*) FROM subject").fetchall()[0][0]
    merge.begin(tx)
    for chunk in _chunks(lake):
        merge.add(bank.keys, tx, chunk)
    gone = merge.settle(tx, lake.execute("SELECT one_id, ledger FROM part").fetchall(), only=only)
    if only is None:
        bank.lake.retire(tx, LEDGER)
    bank.lake.publish(tx, drafts)
    return customers, changed, gone


def _assign(lake: duckdb.DuckDBPyConnection, tx: WriteHandle) -> None:
    """Give customers the branch and RM their sources name; what the organisation makes of it becomes the row's."""
    wanted = lake.execute(HOME_SQL).fetchall()
    org.assign(tx, ((OneId(one_id), rm_no, branch_no, "source") for one_id, rm_no, branch_no in wanted if branch_no))
    told = {row[0]: row for row in wanted}
    given = {found.one_id: found for found in org.assignments(tx, [OneId(one_id) for one_id in told])}
    home = [
        (one_id, given[one_id].rm_no, given[one_id].branch_no, given[one_id].branch_path)
        if one_id in given
        else (one_id, None, row[2], "")
        for one_id, row in told.items()
    ]
    kinds = (("one_id", pa.int64()), ("rm_no", pa.string()), ("branch_no", pa.string()), ("branch_path", pa.string()))
    arrays = {name: pa.array([row[place] for row in home], kind) for place, (name, kind) in enumerate(kinds)}
    lake.register("home", pa.table(arrays))


def _chunks(lake: duckdb.DuckDBPyConnection) -> Iterator[list[dict[str, Any]]]:
    """Changed wide rows as mappings, some thousands at a time."""
    found = lake.execute(
        "SELECT p.*, part.ledger FROM printed p ANTI JOIN before USING (one_id, fingerprint) JOIN part USING (one_id)"
    )
    names = [column[0] for column in found.description]
    while rows := found.fetchmany(CHUNK):
        yield [dict(zip(names, row, strict=True)) for row in rows]
