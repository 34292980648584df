"""Which derived table is made from which: circles, order, and who depends on one."""

from collections.abc import Collection, Iterator, Mapping, Sequence


def circle(inputs: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """The way from a table back to itself, or nothing. ``inputs``: derived table → what it reads."""
    way = [name]
    seen: set[str] = set()

    def walk(at: str) -> bool:
        for other in inputs.get(at, ()):
            if other == name:
                return True
            if other in inputs and other not in seen:
                seen.add(other)
                way.append(other)
                if walk(other):
                    return True
                way.pop()
        return False

    return (*way, name) if walk(name) else ()


def ordered(inputs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """All derived tables, each after those it reads; names decide where nothing else does."""
    done: dict[str, None] = {}

    def place(name: str, above: tuple[str, ...]) -> None:
        if name in done or name in above:
            return
        for other in sorted(inputs[name]):
            if other in inputs:
                place(other, (*above, name))
        done[name] = None

    for name in sorted(inputs):
        place(name, ())
    return tuple(done)


def users(inputs: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    """The derived tables that read one directly, by name."""
    return tuple(sorted(other for other, read in inputs.items() if name in read and other != name))


def stopped(inputs: Mapping[str, Sequence[str]], bad: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The tables that must wait, each with those of its inputs that failed or wait themselves."""
    waiting: dict[str, tuple[str, ...]] = {}
    for name in ordered(inputs):
        held = tuple(one for one in inputs[name] if one in bad or one in waiting)
        if held:
            waiting[name] = held
    return waiting


def below(inputs: Mapping[str, Sequence[str]], name: str) -> Iterator[str]:
    """Everything made from a table, however far, each once."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for other in users(inputs, waiting.pop()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
                yield other
