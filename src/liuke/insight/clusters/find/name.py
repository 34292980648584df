"""Names a banker can read at a glance: 高资产·低活跃·临近退休. By rules over the contrasts; never two alike."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from liuke.insight.clusters.model import ClusterFamily, Contrast, Feature

#: Differences, in standard deviations, from which a cluster is clearly above or below the bank in a feature.
CLEAR: Final = 0.35
_WORDS: Final = 3
_MOST_WORDS: Final = 5
_SAME: Final = "各项居中"
#: What a banker asks first, and the word where it is neither clearly high nor low.
WEALTH: Final = "aum_mavg"
_MIDDLE: Final = "资产居中"
_TELL_APART: Final = "甲乙丙丁戊己庚辛壬癸子丑"
_FAMILIES: Final = tuple(ClusterFamily)


def names(contrasts: Sequence[Sequence[Contrast]], features: Mapping[str, Feature]) -> tuple[str, ...]:
    """One name a cluster: how wealthy, and its clearest words, one a family, read in the families' order.

    Clusters whose names would be alike get further words, then a mark of their own.
    """
    words = [_words(one, features) for one in contrasts]
    lengths = [_WORDS] * len(words)
    for _ in range(_MOST_WORDS - _WORDS):
        said = [_said(one, length) for one, length in zip(words, lengths, strict=True)]
        lengths = [length + (said.count(name) > 1) for name, length in zip(said, lengths, strict=True)]
    return _marked([_said(one, length) for one, length in zip(words, lengths, strict=True)])


def _words(contrasts: Sequence[Contrast], features: Mapping[str, Feature]) -> list[tuple[int, str]]:
    """(place of the family, word): how wealthy, then the clearest of each other family, then what is left."""
    clear = sorted((one for one in contrasts if abs(one.z) >= CLEAR), key=lambda one: -abs(one.z))
    wealth = next((one for one in contrasts if one.tag == WEALTH), None)
    first: list[tuple[int, str]] = []
    if wealth is not None and clear:
        first.append((0, _word(wealth, features[WEALTH]) if wealth in clear else _MIDDLE))
    rest: list[tuple[int, str]] = []
    for one in clear:
        feature = features[one.tag]
        place, word = _FAMILIES.index(feature.family), _word(one, feature)
        if word in {known for _, known in (*first, *rest)}:
            continue
        (rest if place in {known for known, _ in first} else first).append((place, word))
    return first + rest


def _word(contrast: Contrast, feature: Feature) -> str:
    if feature.bands and contrast.median is not None:
        return next((word for bound, word in feature.bands if contrast.median < bound), feature.bands[-1][1])
    return feature.high if contrast.z > 0 else feature.low


def _said(words: Sequence[tuple[int, str]], length: int) -> str:
    chosen = sorted(words[:length], key=lambda one: one[0])
    return "·".join(word for _, word in chosen) or _SAME


def _marked(said: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for place, name in enumerate(said):
        turn = said[:place].count(name)
        found.append(f"{name}（{_TELL_APART[turn]}）" if said.count(name) > 1 else name)
    return tuple(found)


def ascending(bands: Sequence[tuple[float, str]]) -> bool:
    """Whether bands are in order, so that each word can be reached."""
    return all(low < high for (low, _), (high, _) in pairwise(bands))
