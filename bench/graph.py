"""The relation graph: a snapshot rebuilt and swapped, walks on both engines, components, and families against truth.

Scale 1 = 10 M parties and 30 M relations with skewed degrees, and a twin bank of 20,000 customers and 12 months whose
truth scores the groups. Ladybug is measured at a tenth of the relations, for comparison.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from bench.figure import Figure
from liuke.app.demo import DemoBank, build
from liuke.data import graph, identity
from liuke.data.graph.engine import csr, lady, snapshot, walk
from liuke.data.graph.engine.fresh import Fresh
from liuke.data.graph.engine.shape import Direction, Engine, Expand, Pattern, Step
from liuke.data.graph.engine.shape import Path as Way
from liuke.data.graph.engine.snapshot import Links
from liuke.data.graph.model import KINDS, GroupKind, RelationKind
from liuke.kernel.actor import Actor
from liuke.kernel.bank import open_bank
from liuke.kernel.settings import Settings

PARTIES, RELATIONS = 10_000_000, 30_000_000
CUSTOMERS, MONTHS = 20_000, 12
#: Most customers a group may hold before it counts as too large, and how many may be in such groups.
LARGE, IN_LARGE = 50, 0.01
QUESTIONS = 2_000

_SHARED = (RelationKind.DEVICE, RelationKind.PHONE, RelationKind.ADDRESS)
_FIRM = (RelationKind.LEGAL_REP, RelationKind.SHAREHOLDER)
#: Whom somebody shares a thing with, whose firm that is, who else is of the firm, and whom those share with.
_TYPED = (Step(_SHARED), Step(_FIRM, Direction.OUT), Step(_FIRM, Direction.BACK), Step(_SHARED))


def figures(scale: float) -> Iterator[Figure]:
    """Walks first, then the twin bank."""
    yield from _walks(scale)
    yield from _truth(max(2_000, int(CUSTOMERS * min(scale, 1.0))), MONTHS if scale >= 1 else 4)


def links_of(parties: int, relations: int, *, seed: int = 7) -> Links:
    """Relations as a bank has them: most parties have a few, some have hundreds, employers have thousands."""
    rng = np.random.default_rng(seed)
    left = rng.integers(1, parties + 1, relations)
    near = left + rng.integers(1, 50, relations)
    firm = 1 + (parties * rng.random(relations) ** 4 * 0.02).astype(np.int64)
    code = rng.choice(len(KINDS), relations, p=_shares())
    right = np.where(np.isin(code, [KINDS.index(k) for k in (*_FIRM, RelationKind.PAYROLL)]), firm, near)
    right = np.clip(right, 1, parties)
    kept = left != right
    return Links(left[kept], right[kept], code[kept], rng.integers(5_000, 10_001, relations)[kept])


def _shares() -> np.ndarray[Any, np.dtype[np.float64]]:
    heavy = {RelationKind.TRANSFER: 6, RelationKind.PAYROLL: 4, RelationKind.ADDRESS: 3, RelationKind.SPOUSE: 2}
    weight = np.array([heavy.get(kind, 1) for kind in KINDS], dtype=np.float64)
    return np.asarray(weight / weight.sum())


def _walks(scale: float) -> Iterator[Figure]:
    parties, relations = int(PARTIES * scale), int(RELATIONS * scale)
    links = links_of(parties, relations)
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        settings = Settings(home=Path(folder), _env_file=None)  # type: ignore[call-arg]
        few = slice(0, 100)
        csr.build(links.left[few], links.right[few], links.code[few], links.sure[few], Path(folder) / "warm")
        seconds = _timed(lambda: snapshot.swap(settings, snapshot.write(settings, links, upto=0)))
        yield Figure(f"{parties:,} parties, {len(links):,} relations: rebuilt and swapped", seconds, "s", 60)
        seconds = _timed(lambda: csr.components(links.left, links.right))
        yield Figure("connected components", seconds, "s", 8)
        engine = snapshot.load(settings, snapshot.current(settings)).engine
        yield from _asked("arrays", engine, parties, 1.0)
        yield _fresh(engine, parties)
    yield from _ladybug(parties // 10, relations // 10)
    yield Figure("load average of the machine", os.getloadavg()[0], "")


def _ladybug(parties: int, relations: int) -> Iterator[Figure]:
    links = links_of(parties, relations)
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        home = Path(folder) / "lady"
        seconds = _timed(
            lambda: lady.build(links.left, links.right, links.code, links.sure, home, memory_mib=2048, threads=2)
        )
        yield Figure(f"Ladybug: {len(links):,} relations loaded", seconds, "s")
        engine = lady.Lady(home, memory_mib=512)
        for figure in _asked("Ladybug", engine, parties, 0.05):
            yield Figure(figure.name, figure.value, figure.unit)
        engine.close()


def _asked(name: str, engine: Engine, parties: int, share: float) -> Iterator[Figure]:
    """Latencies of the three shapes at random parties, milliseconds."""
    rng = np.random.default_rng(3)
    starts = rng.integers(1, parties + 1, int(QUESTIONS * share)).tolist()
    two = [_timed(lambda start=start: walk.expand(engine, Expand(start, 2))) for start in starts]  # type: ignore[misc]
    typed = [_timed(lambda start=start: walk.pattern(engine, Pattern(start, _TYPED))) for start in starts]  # type: ignore[misc]
    ends = zip(starts[: len(starts) // 10], rng.permutation(starts).tolist(), strict=False)
    paths = [_timed(lambda a=a, b=b: walk.path(engine, Way(a, b))) for a, b in ends]  # type: ignore[misc]
    yield Figure(f"{name}: 2 layers, p50", _percentile(two, 50), "ms")
    yield Figure(f"{name}: 2 layers, p99", _percentile(two, 99), "ms", 5)
    yield Figure(f"{name}: typed 4 steps, p99", _percentile(typed, 99), "ms", 30)
    yield Figure(f"{name}: shortest path up to 6, p99", _percentile(paths, 99), "ms")


def _percentile(seconds: list[float], which: int) -> float:
    return float(np.percentile(seconds, which) * 1000)


def _fresh(engine: Engine, parties: int) -> Figure:
    """How long a new relation takes to be walked, with a thousand others over the snapshot already."""
    fresh = Fresh(engine, 0)
    row = {"kind": "kin", "confidence": 1.0, "valid_from": None, "valid_to": None, "state": "live"}
    day = date(2026, 10, 31)
    fresh.learn([row | {"left_id": n, "right_id": parties - n, "changed": n} for n in range(1, 1001)], today=day)

    def new() -> None:
        fresh.learn([row | {"left_id": 5, "right_id": parties, "changed": 2000}], today=day)
        found = walk.expand(fresh, Expand(5, 1, limit=5000))
        assert any(link.right == parties for link in found.links)

    return Figure("a new relation is walked", _timed(new) * 1000, "ms", 1000)


def _truth(customers: int, months: int) -> Iterator[Figure]:
    """Families and enterprises of a twin bank against its truth."""
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        files = Path(folder) / "twin"
        made = [str(Path(sys.executable).with_name("twinbank")), "make", "--out", str(files)]
        size = ["--customers", str(customers), "--months", str(months)]
        subprocess.run([*made, *size], check=True, capture_output=True)
        with open_bank(Settings(home=Path(folder) / "home", _env_file=None)) as bank:  # type: ignore[call-arg]
            build(bank, DemoBank.TWIN, files=files / "sources", tell=lambda _step, _course: None)
            machine = Actor.system("bench")
            seconds = _timed(lambda: graph.rebuild(bank, machine))
            yield Figure(f"twin bank of {customers:,}: evidence, relations, groups, snapshot", seconds, "s")
            with bank.read(machine) as tx:
                tables = {kind.value: graph.memberships(tx, kind) for kind in GroupKind}
                tables["member"] = identity.members(tx)
        yield from score(tables, files / "truth")
        shutil.rmtree(files)


def score(tables: dict[str, Any], truth: Path) -> Iterator[Figure]:
    """Pairs of customers (families), and of a firm and a person (enterprises), found against true ones."""
    engine = duckdb.connect()
    for name, table in tables.items():
        engine.register(name, table)
    for view in ("identity", "person", "company", "ownership"):
        engine.execute(f"CREATE VIEW true_{view} AS SELECT * FROM read_parquet('{truth}/{view}.parquet')")
    engine.execute(
        "CREATE TABLE who AS SELECT one_id, mode(person_id) AS id FROM member"
        " JOIN true_identity USING (source, source_key) GROUP BY one_id"
    )
    yield from _scored(engine, "families", _FAMILY_FOUND, _FAMILY_TRUE)
    yield from _scored(engine, "enterprises", _FIRM_FOUND, _FIRM_TRUE)
    everybody = engine.execute("SELECT count(*) FROM true_person WHERE customer").fetchall()[0][0]
    for kind in GroupKind:
        query = f"SELECT count(*) FROM {kind} JOIN (SELECT group_id FROM {kind} GROUP BY ALL HAVING count(*) > {LARGE})"
        inside = engine.execute(f"{query} USING (group_id)").fetchall()[0][0]
        yield Figure(f"{kind}: share of customers in groups over {LARGE}", inside / everybody, "", IN_LARGE)


_PAIRS = """
SELECT DISTINCT least(a.id, b.id) AS p, greatest(a.id, b.id) AS q FROM {table} x JOIN {table} y USING (group_id)
JOIN who a ON a.one_id = x.one_id JOIN who b ON b.one_id = y.one_id WHERE x.one_id < y.one_id AND a.id <> b.id"""
_CUSTOMER = "(SELECT person_id FROM true_person WHERE customer)"
_FAMILY_FOUND = f"SELECT * FROM ({_PAIRS.format(table='family')}) WHERE p IN {_CUSTOMER} AND q IN {_CUSTOMER}"
_FAMILY_TRUE = """
SELECT a.person_id AS p, b.person_id AS q FROM true_person a
JOIN true_person b ON a.household_id = b.household_id AND a.person_id < b.person_id WHERE a.customer AND b.customer"""
#: Persons are numbered below firms, so that a pair of a person and a firm has the person first.
_TRUE_FIRM = "(SELECT person_id FROM true_company)"
_FIRM_FOUND = f"SELECT * FROM ({_PAIRS.format(table='enterprise')}) WHERE p NOT IN {_TRUE_FIRM} AND q IN {_TRUE_FIRM}"
_FIRM_TRUE = """
SELECT DISTINCT person_id AS p, company_id AS q FROM true_ownership WHERE legal_rep OR share >= 25"""


def _scored(engine: Any, name: str, found: str, true: str) -> Iterator[Figure]:
    counts = engine.execute(
        f"SELECT (SELECT count(*) FROM ({found})), (SELECT count(*) FROM ({true})),"
        f" (SELECT count(*) FROM ({found}) JOIN ({true}) USING (p, q))"
    ).fetchall()[0]
    precision, recall = counts[2] / max(counts[0], 1), counts[2] / max(counts[1], 1)
    yield Figure(f"{name}: pair precision ({counts[0]:,} found)", precision, "")
    yield Figure(f"{name}: pair recall ({counts[1]:,} true)", recall, "")
    yield Figure(f"{name}: pair F1", 2 * precision * recall / max(precision + recall, 1e-9), "", 0.9, at_least=True)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
