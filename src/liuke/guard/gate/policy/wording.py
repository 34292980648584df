"""Words a message may not say, and words it must: prohibited promises, however they are spaced or written."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from liuke.guard.gate.policy.model import Wording

#: Stands where a harmless phrase was, so that its neighbours do not run together.
_GAP = "\ufffc"


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule of words that a message breaks; ``word`` is what it says, or empty when it lacks something."""

    rule: Wording
    word: str


def plain(text: str) -> str:
    """The text without what is used to hide a word: width, case, spaces, punctuation, invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char == _GAP or unicodedata.category(char)[0] in "LN" or char == "%")


def faults(text: str, rules: Iterable[Wording], *, product_kind: str | None) -> list[Fault]:
    """Every rule of words the message breaks; an empty message breaks none."""
    said = plain(text)
    if not said:
        return []
    found = []
    for rule in rules:
        if rule.kinds and product_kind not in rule.kinds:
            continue
        word = _spoken(said, rule)
        if rule.must and word is None:
            found.append(Fault(rule, ""))
        elif not rule.must and word is not None:
            found.append(Fault(rule, word))
    return found


def _spoken(said: str, rule: Wording) -> str | None:
    """The first word of the rule that is said outside its harmless phrases."""
    words, harmless = _plainly(rule)
    for phrase in harmless:
        said = said.replace(phrase, _GAP)
    return next((word for word, plainly in words if plainly in said), None)


@lru_cache(maxsize=2048)
def _plainly(rule: Wording) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The words of a rule beside their plain form, and its harmless phrases in plain form, the longest first."""
    harmless = {phrase for phrase in map(plain, rule.unless) if phrase}
    words = tuple((word, plainly) for word in rule.words if (plainly := plain(word)))
    return words, tuple(sorted(harmless, key=lambda phrase: (-len(phrase), phrase)))
