"""The whole way from comparable records to clusters: block, score, hold against the evidence rules, cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data.identity import party
from liuke.data.identity.linkage import block, hashes, score
from liuke.data.identity.linkage.cluster import Clusters, Facts, cluster
from liuke.data.identity.linkage.compare import Comparison
from liuke.data.identity.linkage.model import Model

#: Match weight (log2 odds) from which an edge joins: odds 8 to 1 before the evidence rules and contradictions.
LINK: Final = 3.0
#: Match weight from which a pair that was not joined is worth a person's look.
REVIEW: Final = -3.0
#: A phone used under more names than this (a family's, an agent's) proves nothing by itself.
PHONE_NAMES: Final = 2

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scored:
    """edges: as from `score`.  joining: (e,) which of them may join."""

    edges: pa.Table
    joining: Flags


@dataclass(frozen=True, slots=True)
class Matched:
    """labels: (n,) cluster of each record.  edges: as from `score`.  fate: (e,) from `cluster`; -1 below the bar."""

    labels: npt.NDArray[np.int64]
    edges: pa.Table
    fate: npt.NDArray[np.int8]


def shipped_model() -> Model:
    """The model for Chinese retail parties that comes with Liuke."""
    return Model.from_json(resources.files("liuke.data.identity").joinpath("model.json").read_text("utf-8"))


def match(
    records: pa.Table,
    *,
    model: Model,
    must: Ints | None = None,
    cannot: Ints | None = None,
    progress: score.Progress | None = None,
) -> Matched:
    """Cluster comparable records (schema `normalise.RECORD`): `compare`, then `decide`."""
    return decide(records, compare(records, model=model, progress=progress), must=must, cannot=cannot)


def compare(records: pa.Table, *, model: Model, progress: score.Progress | None = None) -> Scored:
    """Score all candidate pairs and mark those that may join; independent of people's decisions."""
    keys = party.blocking_keys(records)
    candidates = block.pairs(keys, crossed=party.CROSSED)
    del keys
    edges = score.score(
        records, candidates, model=model, comparisons=party.COMPARISONS, floor=REVIEW, progress=progress
    )
    return Scored(edges, (edges["weight"].to_numpy() >= LINK) & supported(records, edges))


def decide(records: pa.Table, scored: Scored, *, must: Ints | None, cannot: Ints | None) -> Matched:
    """Cluster under people's decisions; must, cannot: (m, 2) record positions to join or to keep apart."""
    chosen = np.flatnonzero(scored.joining)
    found = _clustered(records, scored.edges.take(pa.array(chosen)), must, cannot)
    fate = np.full(scored.edges.num_rows, -1, np.int8)
    fate[chosen] = found.fate
    return Matched(found.labels, scored.edges, fate)


def two_ids(records: pa.Table, edges: pa.Table) -> Flags:
    """(e,) whether both records of an edge hold a valid identity number, and not the same."""
    document = facts(records).document
    left, right = document[edges["left"].to_numpy()], document[edges["right"].to_numpy()]
    return np.asarray((left != 0) & (right != 0) & (left != right), dtype=np.bool_)


def train(records: pa.Table, *, seed: int, note: str) -> Model:
    """Learn the model of parties from unlabelled comparable records."""
    candidates = block.pairs(party.blocking_keys(records), crossed=party.CROSSED)
    return score.train(
        records, candidates, comparisons=party.COMPARISONS, rules=party.TRAINING_RULES, seed=seed, note=note
    )


def supported(records: pa.Table, edges: pa.Table) -> Flags:
    """Which edges rest on who the person is, as `is_supported` judges each."""
    named = [_comparison(name) for name in ("identity", "called", "born", "phone", "mail")]
    private = phone_names(records)[edges["left"].to_numpy()] <= PHONE_NAMES
    kinds = private.astype(np.int64)
    for comparison in named:
        kinds = kinds * len(comparison.levels) + score.gammas(edges, comparison)
    distinct, inverse = np.unique(kinds, return_inverse=True)
    return np.array([_judged(int(kind), named) for kind in distinct], dtype=np.bool_)[inverse]


def _judged(kind: int, named: Sequence[Comparison]) -> bool:
    codes = {}
    for comparison in reversed(named):
        kind, at = divmod(kind, len(comparison.levels))
        codes[comparison.name] = comparison.levels[at].code
    return is_supported(codes, private=bool(kind))


def is_supported(codes: Mapping[str, str], *, private: bool) -> bool:
    """Whether a pair rests on who the person is, and not only on what people share (a phone, a home, a birthday).

    It does when the identity number agrees; when the names agree, or nearly and the birthday exactly (brothers and
    sisters are named alike, but not born on one day); or when a name is missing and the number that agrees is
    ``private``: used under few names.
    """
    if codes["identity"] in {"same", "typo"} or codes["called"] in {"same", "homonym"}:
        return True
    if codes["called"] in {"typo", "near_reading"}:
        return codes["born"] == "same"
    return codes["called"] == "missing" and ((codes["phone"] == "same" and private) or codes["mail"] == "same")


def phone_names(records: pa.Table) -> npt.NDArray[np.int64]:
    """(n,) under how many different names each record's phone is used."""
    phone = hashes.of_number(records["phone"].combine_chunks())
    name = hashes.of_text(records["reading"].combine_chunks())
    known = (phone != 0) & (name != 0)
    _, first = np.unique(hashes.together(phone[known], name[known]), return_index=True)
    numbers, counts = np.unique(phone[known][first], return_counts=True)
    if not len(numbers):
        return np.zeros(len(phone), np.int64)
    at = np.minimum(np.searchsorted(numbers, phone), len(numbers) - 1)
    return np.where(numbers[at] == phone, counts[at], 0)


def facts(records: pa.Table) -> Facts:
    """What may contradict a join of these records."""
    document = hashes.of_text(records["id_no"].combine_chunks()).view(np.int64)
    valid = records["id_valid"].to_numpy()
    return Facts(
        document=np.where(valid, document, 0),
        birth=_numbers(records, "birth"),
        gender=_numbers(records, "gender"),
        group=np.zeros(records.num_rows, np.int64),
    )


def _clustered(records: pa.Table, edges: pa.Table, must: Ints | None, cannot: Ints | None) -> Clusters:
    return cluster(
        edges["left"].to_numpy().astype(np.int64),
        edges["right"].to_numpy().astype(np.int64),
        edges["weight"].to_numpy(),
        facts=facts(records),
        proven=_proven(edges),
        must=must,
        cannot=cannot,
    )


def _comparison(name: str) -> Comparison:
    return next(comparison for comparison in party.COMPARISONS if comparison.name == name)


def _proven(edges: pa.Table) -> Flags:
    identity = _comparison("identity")
    same = next(at for at, level in enumerate(identity.levels) if level.code == "same")
    return np.asarray(score.gammas(edges, identity) == same, dtype=np.bool_)


def _numbers(records: pa.Table, name: str) -> npt.NDArray[np.int64]:
    return np.asarray(records[name].fill_null(0).to_numpy().astype(np.int64))
