"""Derived tables: a day recomputed against everything, and how long a keystroke waits for its check."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench.figure import Figure
from liuke.data import pipelines, sources
from liuke.data.pipelines.define.read import from_tree
from liuke.data.pipelines.define.write import write
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings

#: Bookings and days of the bench at full scale.
_ROWS: Final = 5_000_000
_DAYS: Final = 365
_ACCOUNTS: Final = 20_000
_LOOKS: Final = 40

_SQL: Final = """
SELECT t.source, t.party_key, CAST(t.event_time AS DATE) AS day, a.kind, sum(t.amount) AS amount, count(*) AS bookings,
       max(t.amount) AS largest
FROM transaction t
JOIN account a ON a.source = t.source AND a.source_key = t.account_key
WHERE t.direction = 'out'
GROUP BY t.source, t.party_key, CAST(t.event_time AS DATE), a.kind
""".strip()

_TREE: Final = {
    "table": "daily_out",
    "title": "日支出",
    "sql": _SQL,
    "keys": ["source", "party_key", "day", "kind"],
    "partition": {"column": "day", "grain": "day", "by": {"transaction": "event_time"}},
    "rules": [{"kind": "range", "columns": ["amount"], "least": "0"}],
}


def figures(scale: float) -> Iterator[Figure]:
    """The figures, at a share of full scale."""
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        settings = Settings(home=Path(folder) / "home", pool_size=4, _env_file=None)  # type: ignore[call-arg]
        with open_bank(settings) as bank:
            yield from _measured(bank, max(10_000, int(_ROWS * scale)))


def _measured(bank: Bank, rows: int) -> Iterator[Figure]:
    actor = Actor.system("bench")
    _accounts(bank, actor)
    _bookings(bank, actor, rows, since="2025-01-01", days=_DAYS, first=0)
    one = from_tree(_TREE)[0]
    assert one is not None
    definition = Path(bank.settings.home) / "daily_out.toml"
    definition.write_text(write(one), encoding="utf-8")
    pipelines.install(bank, actor, [definition])
    whole = _timed(lambda: pipelines.bring(bank, actor, "daily_out", pipelines.Wanted()))
    again = _timed(lambda: pipelines.bring(bank, actor, "daily_out", pipelines.Wanted(pipelines.RunKind.WHOLE)))
    _bookings(bank, actor, rows // _DAYS, since="2026-01-01", days=1, first=rows)
    day = _timed(lambda: pipelines.bring(bank, actor, "daily_out", pipelines.Wanted()))
    what = f"{rows:,} bookings of {_DAYS} days"
    yield Figure(f"first build, proven against the whole query: {what}", whole, "s")
    yield Figure(f"full rebuild, proven: {what}", again, "s")
    yield Figure("one new day, only its partition", day, "s")
    yield Figure("full rebuild / one day", again / day, "×", goal=10, at_least=True)
    yield from _looks(bank, actor)


def _looks(bank: Bank, actor: Actor) -> Iterator[Figure]:
    """Checks of a query as it is typed: each one letter further, right and wrong ones alike."""
    chance, waits = random.Random(7), []
    pipelines.check_definition(bank, actor, _TREE)
    for _ in range(_LOOKS):
        cut = chance.randrange(len(_SQL) // 2, len(_SQL) + 1)
        waits.append(_timed(lambda: pipelines.check_definition(bank, actor, _TREE | {"sql": _SQL[:cut]})))  # noqa: B023
        waits.append(_timed(lambda: pipelines.check_definition(bank, actor, _TREE)))
    waits.sort()
    yield Figure("check of a keystroke, median", waits[len(waits) // 2] * 1000, "ms", goal=100)
    yield Figure("check of a keystroke, p95", waits[int(len(waits) * 0.95)] * 1000, "ms", goal=100)


def _accounts(bank: Bank, actor: Actor) -> None:
    said = {
        "source_key": "'a' || i",
        "party_key": "'c' || i // 2",
        "kind": "CASE WHEN i % 5 = 0 THEN 'term' ELSE 'current' END",
    }
    _write(bank, actor, "account", said, f"range({_ACCOUNTS}) t(i)")


def _bookings(bank: Bank, actor: Actor, rows: int, *, since: str, days: int, first: int) -> None:
    """Bookings spread evenly over days, in the order of time as loads bring them."""
    said = {
        "source_key": f"'t' || (i + {first})",
        "event_time": f"TIMESTAMPTZ '{since} 00:00:00+08' + to_seconds(i * {days} * 86400 // {rows})",
        "account_key": f"'a' || hash(i) % {_ACCOUNTS}",
        "party_key": f"'c' || (hash(i) % {_ACCOUNTS}) // 2",
        "direction": "CASE WHEN i % 3 = 0 THEN 'in' ELSE 'out' END",
        "amount": "hash(i + 7) % 1000000",
        "category": "'consume'",
    }
    _write(bank, actor, "transaction", said, f"range({rows}) t(i)")


def _write(bank: Bank, actor: Actor, name: str, said: dict[str, str], rows: str) -> None:
    table = sources.CANONICAL[name]
    known = {"source": "'core'", "revision": "0", "currency": "'CNY'", "event_time": "TIMESTAMPTZ '2025-01-01'"} | said
    columns = ", ".join(f'CAST({known.get(one.name, "NULL")} AS {one.kind}) AS "{one.name}"' for one in table.columns)
    with bank.lake.engine() as engine:
        engine.execute("SET preserve_insertion_order = true").fetchall()
        draft = bank.lake.write_query(table, engine, f"SELECT {columns} FROM {rows}")
    assert draft is not None
    with bank.write(actor) as tx:
        bank.lake.publish(tx, [draft])


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
