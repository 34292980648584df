"""One-ID: batch over 1 M and 5 M records, online answers against 1 M, and the link of febrl 3 and 4.

Scale 1 measures 1 M records (and 1 M for the online answers); ``--scale 5`` measures 5 M. Each batch runs in a process
of its own, so that its memory is its own.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bench.figure import Figure

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "identity"
_SPECS = Path(__file__).resolve().parents[1] / "tests" / "data" / "identity" / "specs"


def figures(scale: float) -> list[Figure]:
    """All figures of one-ID."""
    records = int(1_000_000 * scale)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.parquet"
        _alone("make", str(file), str(records))
        batch = _alone("batch", str(file))
        online = _alone("online", str(file))
    seconds = 30.0 * max(scale, 0.01)
    name = f"batch of {records:,} records"
    found = [
        Figure(f"{name}: normalise", batch["normalise"], "s"),
        Figure(f"{name}: block and score", batch["compare"], "s"),
        Figure(f"{name}: cluster and number", batch["number"], "s"),
        Figure(f"{name}: all", batch["total"], "s", goal=seconds),
        Figure(f"{name}: memory", batch["memory"], "GB", goal=4.0),
        Figure(f"{name}: pairwise precision", batch["precision"], "", goal=0.9995, at_least=True),
        Figure(f"{name}: pairwise recall", batch["recall"], "", goal=0.99, at_least=True),
        Figure(f"{name}: customers with two valid identity cards", batch["two_cards"], "", goal=0),
        Figure(f"{name}: numbers kept by an unchanged rerun", batch["kept"], "%", goal=100, at_least=True),
        Figure(f"one record against {records:,}: p50", online["p50"], "ms"),
        Figure(f"one record against {records:,}: p99", online["p99"], "ms", goal=5.0),
        Figure(f"one record against {records:,}: p99 of processor time", online["busy"], "ms"),
    ]
    return found + _febrl()


def _febrl() -> list[Figure]:
    if not _DATA.is_dir():
        return []
    files = {"febrl3": ["dataset3.csv"], "febrl4": ["dataset4a.csv", "dataset4b.csv"]}
    found = {name: _alone("febrl", name, *(str(_DATA / file) for file in some)) for name, some in files.items()}
    return [
        Figure(f"{name} by the link command: pairwise F1", got["f1"], "", goal=0.99, at_least=True)
        for name, got in found.items()
    ]


def _make(file: str, records: str) -> dict[str, float]:
    from twinbank.population import population

    people, truth = population(int(records), seed=11)
    pq.write_table(people.append_column("person", truth["person_id"].cast(pa.int64())), file)
    return {}


def _batch(file: str) -> dict[str, float]:
    from liuke.data.identity import match
    from liuke.data.identity.assign import assign
    from liuke.data.identity.normalise import normalise_all

    model = match.shipped_model()
    truth = pq.read_table(file, columns=["person"])["person"].to_numpy()
    started = time.perf_counter()
    records = normalise_all(pa.Table.from_batches([part]) for part in pq.ParquetFile(file).iter_batches(250_000))
    normalised = time.perf_counter()
    scored = match.compare(records, model=model)
    compared = time.perf_counter()
    matched = match.decide(records, scored, must=None, cannot=None)
    none = np.zeros(len(truth), np.int64)
    first = assign(matched.labels, previous=none, since=none, last=0)
    ended = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    again = assign(matched.labels, previous=first.one_ids, since=none, last=first.last)
    precision, recall = _pairwise(matched.labels, truth)
    return {
        "normalise": normalised - started,
        "compare": compared - normalised,
        "number": ended - compared,
        "total": ended - started,
        "memory": memory,
        "precision": precision,
        "recall": recall,
        "two_cards": _two_cards(matched.labels, match.facts(records).document),
        "kept": 100.0 * float((again.one_ids == first.one_ids).mean()),
    }


def _online(file: str) -> dict[str, float]:
    from liuke.data.identity import match, resolve
    from liuke.data.identity.normalise import normalise

    table = pq.read_table(file)
    truth = table["person"].to_numpy()
    index = resolve.index(normalise(table), truth, model=match.shipped_model())
    asked = table.slice(0, 2000).to_pylist()
    for record in asked[:200]:
        resolve.resolve(record, among=index)
    taken, busy = [], []
    for record in asked:
        started, working = time.perf_counter(), time.thread_time()
        resolve.resolve(record, among=index)
        taken.append(1000 * (time.perf_counter() - started))
        busy.append(1000 * (time.thread_time() - working))
    p50, p99 = (float(np.percentile(taken, share)) for share in (50, 99))
    return {"p50": p50, "p99": p99, "busy": float(np.percentile(busy, 99))}


def _linked(name: str, *files: str) -> dict[str, float]:
    from liuke.data import identity

    spec = identity.parse_spec((_SPECS / f"{name}.toml").read_text("utf-8"))
    table = identity.link([Path(file) for file in files], spec=spec).table
    people = [int(re.search(r"rec-(\d+)", record)[1]) for record in table["record_id"].to_pylist()]  # type: ignore[index]
    precision, recall = _pairwise(table["cluster_id"].to_numpy(), np.array(people))
    return {"f1": 2 * precision * recall / (precision + recall)}


def _pairwise(labels: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> tuple[float, float]:
    both = _pairs(labels.astype(np.int64) * (int(truth.max()) + 1) + truth)
    return both / _pairs(labels), both / _pairs(truth)


def _pairs(values: npt.NDArray[np.int64]) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _two_cards(labels: npt.NDArray[np.int64], documents: npt.NDArray[np.int64]) -> int:
    held = documents != 0
    distinct = np.unique(np.stack([labels[held], documents[held]]), axis=1)[0]
    return int((np.unique(distinct, return_counts=True)[1] > 1).sum())


_WORK: dict[str, Callable[..., dict[str, float]]] = {
    "make": _make,
    "batch": _batch,
    "online": _online,
    "febrl": _linked,
}


def _alone(*words: str) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.identity", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(_WORK[sys.argv[1]](*sys.argv[2:])))
