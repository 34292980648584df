"""Which cluster of the newest run a customer is in: one byte a customer below ``home/clusters``, 0 where none."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from liuke.data import profile
from liuke.insight.clusters import store
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank


@dataclass(frozen=True, slots=True)
class Place:
    """The cluster a customer is in: its number and name in a run, the day of the tags, how many are alike."""

    run_id: UUID
    version: int
    number: int
    name: str
    as_of: date
    size: int
    segment: int | None


def keep(home: Path, run_id: UUID, one_ids: NDArray[np.int64], numbers: NDArray[np.integer]) -> None:
    """Keep each customer's cluster of a run, whole or not at all; those of runs before it go."""
    folder = home / "clusters"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    placed = np.zeros(int(one_ids.max(initial=0)) + 1, np.uint8)
    placed[one_ids] = numbers
    draft = folder / f"{run_id}.{os.getpid()}.draft"
    with draft.open("wb") as out:
        np.save(out, placed)
        out.flush()
        os.fsync(out.fileno())
    draft.chmod(0o600)
    draft.rename(folder / f"{run_id}.npy")


def prune(home: Path, run_id: UUID) -> None:
    """Remove the files of every run but this one."""
    for path in (home / "clusters").glob("*.npy"):
        if path.stem != str(run_id):
            path.unlink(missing_ok=True)


def of_customer(bank: Bank, actor: Actor, customer_no: str) -> Place | None:
    """The cluster of the newest run a customer is in; None before the first, and for whoever came later.

    Raises: Forbidden, UnknownCustomer.
    """
    actor.require(Permission.CUSTOMER_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        tx.emit(profile.CustomerViewed(subject=one_id, part="cluster"))
        run = store.last_done(tx)
    number = _number(bank.settings.home, run.id, int(one_id)) if run else 0
    if run is None or run.found is None or run.as_of is None or not number:
        return None
    cluster = run.found.clusters[number - 1]
    return Place(run.id, run.version, number, cluster.name, run.as_of, cluster.size, run.segments.get(number))


def _number(home: Path, run_id: UUID, one_id: int) -> int:
    path = home / "clusters" / f"{run_id}.npy"
    if not path.is_file():
        return 0
    placed = np.load(path, mmap_mode="r")
    return int(placed[one_id]) if one_id < len(placed) else 0
