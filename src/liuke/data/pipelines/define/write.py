"""Writes a definition as the TOML text it is kept as: the same definition always gives the same text."""

from collections.abc import Iterator, Sequence

from liuke.data.pipelines.model import Definition, Partition, QualityRule


def write(definition: Definition) -> str:
    """The text of a definition; `read` gives the same definition back."""
    return "\n".join(_lines(definition)) + "\n"


def _lines(one: Definition) -> Iterator[str]:
    yield f"table = {_quoted(one.name)}"
    yield f"title = {_quoted(one.title)}"
    for key, value in (("meaning", one.meaning), ("owner", one.owner)):
        if value:
            yield f"{key} = {_quoted(value)}"
    yield f"keys = {_listed(one.keys)}"
    yield f"on_commit = {_flag(value=one.on_commit)}"
    if one.cadence:
        yield f"cadence = {_quoted(one.cadence)}"
    yield f"sql = {_block(one.sql)}"
    if one.partition:
        yield from _partition(one.partition)
    if one.columns:
        yield from ("", "[columns]")
        for name, said in one.columns.items():
            parts = [
                f"{key} = {_quoted(value)}" for key, value in (("meaning", said.meaning), ("unit", said.unit)) if value
            ]
            yield f"{_key(name)} = {{ {', '.join(parts)} }}" if parts else f"{_key(name)} = {{}}"
    for rule in one.rules:
        yield from _rule(rule)


def _partition(one: Partition) -> Iterator[str]:
    yield from ("", "[partition]", f"column = {_quoted(one.column)}", f"grain = {_quoted(one.grain)}")
    if one.by:
        named = ", ".join(f"{_key(table)} = {_quoted(column)}" for table, column in one.by.items())
        yield f"by = {{ {named} }}"
    for key, value in (("before_days", one.before_days), ("after_days", one.after_days)):
        if value:
            yield f"{key} = {value}"
    if one.frozen:
        yield f"frozen = {_listed(one.frozen)}"


def _rule(rule: QualityRule) -> Iterator[str]:
    yield from ("", "[[rules]]", f"kind = {_quoted(rule.kind)}")
    if rule.name:
        yield f"name = {_quoted(rule.name)}"
    if rule.columns:
        yield f"columns = {_listed(rule.columns)}"
    for key, value in (("least", rule.least), ("greatest", rule.greatest), ("expression", rule.expression)):
        if value:
            yield f"{key} = {_quoted(value)}"
    yield f"severity = {_quoted(rule.severity)}"
    if rule.most:
        yield f"most = {rule.most}"


def _block(text: str) -> str:
    """Several lines as they are; a text the literal form cannot hold is quoted."""
    plain = "'''" not in text and not text.endswith("'") and "\r" not in text
    return f"'''\n{text}\n'''" if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A TOML basic string."""
    marks = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(marks.get(one, one) for one in text) + '"'


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _quoted(name)


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"


def _flag(*, value: bool) -> str:
    return "true" if value else "false"
