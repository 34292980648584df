"""Matches a pattern in time linear in the text: a Thompson automaton, deterministic states built as they are met."""

from typing import Final

from liuke.kernel.rule.pattern import Chars, Choice, Pattern, Ranges, Repeat, Sequence

#: Deterministic states kept; beyond this the memory is emptied and built again, so that no text can fill it.
_KEPT: Final = 5_000
_State = frozenset[int]


class Automaton:
    """The automaton of one pattern. Safe to share: a lost race only builds a state twice."""

    def __init__(self, pattern: Pattern) -> None:
        self.arrows: dict[int, list[tuple[Ranges, int]]] = {}
        self.jumps: dict[int, list[int]] = {}
        self.count = 2
        self.wire(pattern, 0, 1)
        self.start = self.closure({0})
        self.memory: dict[_State, dict[str, _State]] = {self.start: {}}

    def wire(self, pattern: Pattern, start: int, end: int) -> None:
        """Lays the pattern between two places."""
        match pattern:
            case Chars():
                self.arrows.setdefault(start, []).append((pattern.ranges, end))
            case Sequence():
                for part in pattern.parts:
                    middle = self.place()
                    self.wire(part, start, middle)
                    start = middle
                self.jump(start, end)
            case Choice():
                for branch in pattern.branches:
                    self.wire(branch, start, end)
            case Repeat():
                self.wire_repeat(pattern, start, end)

    def wire_repeat(self, repeat: Repeat, start: int, end: int) -> None:
        for _ in range(repeat.least):
            middle = self.place()
            self.wire(repeat.part, start, middle)
            start = middle
        if repeat.most is None:
            loop = self.place()
            self.jump(start, loop)
            self.wire(repeat.part, loop, self.back(loop))
            start = loop
        for _ in range((repeat.most or repeat.least) - repeat.least):
            self.jump(start, end)
            middle = self.place()
            self.wire(repeat.part, start, middle)
            start = middle
        self.jump(start, end)

    def back(self, loop: int) -> int:
        place = self.place()
        self.jump(place, loop)
        return place

    def place(self) -> int:
        self.count += 1
        return self.count - 1

    def jump(self, start: int, end: int) -> None:
        self.jumps.setdefault(start, []).append(end)

    def closure(self, places: set[int]) -> _State:
        """All places reached without reading a character."""
        found, waiting = set(places), list(places)
        while waiting:
            for place in self.jumps.get(waiting.pop(), ()):
                if place not in found:
                    found.add(place)
                    waiting.append(place)
        return frozenset(found)

    def step(self, state: _State, char: str) -> _State:
        code = ord(char)
        reached = {
            target
            for place in state
            for ranges, target in self.arrows.get(place, ())
            if any(low <= code <= high for low, high in ranges)
        }
        return self.closure(reached)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        state = self.start
        known = self.memory.setdefault(state, {})
        for char in text:
            following = known.get(char)
            if following is None:
                following = known[char] = self.step(state, char)
                if len(self.memory) > _KEPT or len(known) > _KEPT:
                    self.memory = {}
            if not following:
                return False
            state = following
            known = self.memory.setdefault(state, {})
        return 1 in state
