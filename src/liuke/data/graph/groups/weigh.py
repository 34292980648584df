"""Weigh pairs: how much each piece of evidence speaks for or against one family or one enterprise, in log2 odds.

The weights are judgement, set once for banks of this kind and written here to be read: of a thousand pairs that some
evidence brings together, a piece with weight 7 multiplies the odds by 2^7. They are checked against a bank whose truth
is known (`bench.graph`), and they read no truth.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from liuke.data.graph.model import EvidenceType, GroupKind, Reason

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[np.generic]]

#: log2 odds of a pair before its evidence is heard.
PRIOR: Final = -10.0
#: What a person's word weighs.
SURE: Final = 20.0

#: Step → (weight, kind of evidence it is). Order = order of explanation.
FAMILY: Final[dict[str, tuple[float, EvidenceType | None]]] = {
    "kin": (15.0, EvidenceType.REGISTERED),  # a source names them spouse, parent or child
    "address": (13.0, EvidenceType.ADDRESS),  # the same flat
    "device": (13.0, EvidenceType.DEVICE),  # the same device, of few
    "joint_holder": (12.0, EvidenceType.REGISTERED),
    "co_borrower": (5.0, EvidenceType.REGISTERED),
    "phone": (8.5, EvidenceType.PHONE),  # one number: family, or given anew by the carrier
    "phones": (4.0, EvidenceType.PHONE),  # a second number as well
    "transfers": (4.0, EvidenceType.TRANSACTION),  # money goes between them regularly
    "both_ways": (3.0, EvidenceType.TRANSACTION),
    "often": (3.0, EvidenceType.TRANSACTION),
    "surname": (3.0, None),  # of people as common as Chinese surnames are
    "couple": (1.0, None),  # of both genders and about one age
    "generation": (1.0, None),  # a surname shared, and 18 to 45 years between them
    "elsewhere": (-7.0, EvidenceType.ADDRESS),  # both have addresses, none in common
}
ENTERPRISE: Final[dict[str, tuple[float, EvidenceType | None]]] = {
    "legal_rep": (16.0, EvidenceType.REGISTERED),
    "major": (14.0, EvidenceType.REGISTERED),  # half of the firm or more, or a share nobody stated
    "quarter": (12.0, EvidenceType.REGISTERED),  # a quarter or more
}
TABLES: Final = {GroupKind.FAMILY: FAMILY, GroupKind.ENTERPRISE: ENTERPRISE}

#: Regular: twice a quarter or more in a year. Often: monthly.
_REGULAR: Final = 8
_OFTEN: Final = 14


def family_steps(pairs: Columns) -> dict[str, Flags]:
    """Which steps hold for each pair, (n,) each.

    pairs: kin, address, phone, device, borrower, holder, there, back (counts); surname, couple, elsewhere (bool); gap
    (years between births, negative when unknown).
    """
    moved = pairs["there"].astype(np.int64) + pairs["back"].astype(np.int64)
    gap, surname = pairs["gap"].astype(np.int64), pairs["surname"].astype(bool)
    return {
        "kin": pairs["kin"].astype(bool),
        "address": pairs["address"].astype(bool),
        "device": pairs["device"].astype(bool),
        "joint_holder": pairs["holder"].astype(bool),
        "co_borrower": pairs["borrower"].astype(bool),
        "phone": pairs["phone"].astype(bool),
        "phones": pairs["phone"].astype(np.int64) > 1,
        "transfers": moved >= _REGULAR,
        "both_ways": (pairs["there"].astype(bool) & pairs["back"].astype(bool)),
        "often": moved >= _OFTEN,
        "surname": surname,
        "couple": pairs["couple"].astype(bool) & (gap >= 0) & (gap <= 12),
        "generation": surname & (gap >= 18) & (gap <= 45),
        "elsewhere": pairs["elsewhere"].astype(bool) & ~pairs["kin"].astype(bool),
    }


def enterprise_steps(pairs: Columns) -> dict[str, Flags]:
    """Which steps hold for each pair of owner and firm. pairs: legal_rep (bool), share_bp (−1 = not stated)."""
    share = pairs["share_bp"].astype(np.int64)
    boss = pairs["legal_rep"].astype(bool)
    return {
        "legal_rep": boss,
        "major": (share >= 5000) | ((share < 0) & ~boss),
        "quarter": (share >= 2500) & (share < 5000),
    }


def weights(kind: GroupKind, steps: Mapping[str, Flags]) -> Floats:
    """Match weight (log2 odds) of each pair."""
    total = np.full(len(next(iter(steps.values()))), PRIOR)
    for code, (weight, _) in TABLES[kind].items():
        total += weight * steps[code]
    return total


def probability(weight: Floats) -> Floats:
    """Match probability, 0–1, of log2 odds."""
    return np.asarray(1.0 / (1.0 + np.exp2(-weight)))


def masks(kind: GroupKind, steps: Mapping[str, Flags]) -> Ints:
    """The steps that hold for each pair, as one bit a step in the order of the table."""
    total = np.zeros(len(next(iter(steps.values()))), np.int64)
    for place, code in enumerate(TABLES[kind]):
        total |= steps[code].astype(np.int64) << place
    return total


def codes(kind: GroupKind, mask: int) -> tuple[str, ...]:
    """The steps of a mask, in order."""
    return tuple(code for place, code in enumerate(TABLES[kind]) if mask >> place & 1)


def types(kind: GroupKind, mask: int) -> tuple[EvidenceType, ...]:
    """Kinds of evidence that speak for a pair with these steps."""
    heard = (TABLES[kind][code] for code in codes(kind, mask))
    found = {type_ for weight, type_ in heard if type_ is not None and weight > 0}
    return tuple(type_ for type_ in EvidenceType if type_ in found)


def needs(kind: GroupKind, mask: int) -> tuple[EvidenceType, ...]:
    """Kinds of evidence without which a pair with these steps would not be one group."""
    return tuple(type_ for type_ in types(kind, mask) if _total(kind, mask, without=type_) <= 0)


def _total(kind: GroupKind, mask: int, *, without: EvidenceType) -> float:
    heard = (TABLES[kind][code] for code in codes(kind, mask))
    return PRIOR + sum(weight for weight, type_ in heard if type_ is not without)


def reasons(kind: GroupKind, held: Sequence[str]) -> tuple[Reason, ...]:
    """Steps with the weight of each; ``person`` is a person's word and weighs all."""
    table = TABLES[kind]
    return tuple(Reason(code, table[code][0] if code in table else SURE) for code in held)
