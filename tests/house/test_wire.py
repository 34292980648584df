"""The wire: output types have no defaults, operations are named tag:function, errors are declared."""

import re

from liuke.app.wiring import api_document


def _referenced(schema: object) -> set[str]:
    return set(re.findall(r"#/components/schemas/([^\"']+)", str(schema)))


def _output_types(document: dict) -> set[str]:
    waiting = {
        name
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for name in _referenced(answer)
    }
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _referenced(document["components"]["schemas"][name]) - found
    return found


def test_no_output_type_has_a_default() -> None:
    document = api_document()
    defaults = [
        f"{name}.{field}"
        for name in _output_types(document)
        for field in document["components"]["schemas"][name].get("properties", {})
        if field not in document["components"]["schemas"][name].get("required", [])
    ]
    assert defaults == []


def test_every_wire_type_has_a_short_name_of_its_own() -> None:
    assert [name for name in api_document()["components"]["schemas"] if "__" in name] == []


def test_every_operation_is_named_by_tag_and_function() -> None:
    document = api_document()
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) > 30
    assert [name for name in names if not re.fullmatch(r"[a-z]+:[a-z_]+", name)] == []
    assert len(names) == len(set(names))


def test_every_route_answers_errors_as_problems() -> None:
    document = api_document()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "422" in operation["responses"], path
            assert "Problem" in str(operation["responses"]["422"]), path
