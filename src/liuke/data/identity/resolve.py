"""Whose record is this? One record against all known ones, in milliseconds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data.identity import party
from liuke.data.identity.explain import Weigher, frequencies, rows
from liuke.data.identity.linkage.block import BUSIEST
from liuke.data.identity.linkage.model import Model
from liuke.data.identity.match import LINK, PHONE_NAMES, is_supported, phone_names
from liuke.data.identity.model import Candidate, Resolved
from liuke.data.identity.normalise import PARTY_COLUMNS, normalise
from liuke.kernel.ids import OneId

#: At most so many records are weighed: those that share most keys with the asked one.
_MOST: Final = 48


@dataclass(frozen=True, slots=True)
class Index:
    """All records, found by blocking key. Held in memory only: it is personal data."""

    records: pa.Table
    one_ids: npt.NDArray[np.int64]
    keys: Mapping[str, tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]]
    shares: Mapping[str, npt.NDArray[np.float64]]
    names_per_phone: npt.NDArray[np.int64]
    weigher: Weigher


def index(records: pa.Table, one_ids: npt.NDArray[np.int64], *, model: Model) -> Index:
    """Build the index of comparable records; one_ids: (n,) customer number of each."""
    found = {}
    for name, keys in party.blocking_keys(records).items():
        order = np.argsort(keys, kind="stable").astype(np.int32)
        ordered = keys[order]
        first = int(np.searchsorted(ordered, 1))
        found[name] = (ordered[first:], order[first:])
    weigher = Weigher(model, records=records.num_rows)
    return Index(records.combine_chunks(), one_ids, found, frequencies(records), phone_names(records), weigher)


def resolve(record: Mapping[str, Any], *, among: Index) -> Resolved:
    """The customer a party record belongs to, if the evidence suffices, and the candidates that were weighed.

    record: columns of the canonical party table by name. A candidate that contradicts it (another valid identity
    number, another birthday, another gender without the number agreeing) is never the answer.
    """
    asked = normalise(pa.Table.from_pylist([_party_row(record)], schema=_PARTY_SCHEMA))
    positions = _candidates(asked, among)
    row = asked.to_pylist()[0] | {f"tf_{column}": 0.0 for column in among.shares}
    known = rows(among.records, positions, shares=among.shares)
    weighed = [_weighed(row, other, position, among) for other, position in zip(known, positions, strict=True)]
    ranked = tuple(sorted(weighed, key=lambda c: -c.weight))
    best = next((c for c in ranked if c.weight >= LINK and c.fits), None)
    return Resolved(best.one_id if best else None, ranked)


def _candidates(asked: pa.Table, among: Index) -> list[int]:
    shared: Counter[int] = Counter()
    keys = party.blocking_keys(asked)
    for name, others in (*((n, (n,)) for n in keys), ("phone", ("phone2",)), ("phone2", ("phone",))):
        key = keys[name][0]
        for other in others:
            ordered, order = among.keys[other]
            start, end = np.searchsorted(ordered, key, "left"), np.searchsorted(ordered, key, "right")
            if key and end - start <= BUSIEST:
                shared.update(order[start:end].tolist())
    return [position for position, _ in shared.most_common(_MOST)]


def _weighed(row: Mapping[str, Any], other: Mapping[str, Any], position: int, among: Index) -> Candidate:
    weight, outcomes = among.weigher.total(row, other)
    codes = {c.name: c.levels[at].code for c, at in zip(among.weigher.comparisons, outcomes, strict=True)}
    private = int(among.names_per_phone[position]) <= PHONE_NAMES
    fits = is_supported(codes, private=private) and not _contradicts(codes)
    return Candidate(OneId(int(among.one_ids[position])), weight, fits, codes)


def _contradicts(codes: Mapping[str, str]) -> bool:
    if codes["identity"] == "both_valid":
        return True
    return codes["identity"] != "same" and "different" in (codes["born"], codes["sex"])


_DATES: Final = {"birth_date"}
_PARTY_SCHEMA: Final = pa.schema([(c, pa.date32() if c in _DATES else pa.string()) for c in PARTY_COLUMNS])


def _party_row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {column: record.get(column) for column in PARTY_COLUMNS}


def one_by_one(records: Sequence[Mapping[str, Any]], *, among: Index) -> list[Resolved]:
    """Resolve several records, each against the index only."""
    return [resolve(record, among=among) for record in records]
