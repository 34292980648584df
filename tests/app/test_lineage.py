"""血缘 over HTTP: from a source's file to the customer page and back, for those who may see it."""

from collections.abc import Callable
from typing import Any

import pytest

#: Beside the other tests of the twin bank, so that it is built once.


def labels(answer: Any) -> dict[str, int]:
    return {node["key"]: node["distance"] for node in answer.json()["nodes"]}


def test_a_part_of_the_customer_page_is_followed_to_the_files_it_comes_from(sign_in: Callable[[str], Any]) -> None:
    found = sign_in("engineer").get("/api/lineage", params={"kind": "screen", "key": "customer.debts"})
    assert found.status_code == 200, found.text
    nodes = {(node["kind"], node["key"]) for node in found.json()["nodes"]}
    assert ("table_column", "account.credit_limit") in nodes
    assert {kind for kind, _key in nodes} == {"screen", "table_column", "source_column", "source_file"}
    assert min(labels(found).values()) == -3
    assert not found.json()["cut"]


def test_money_on_the_page_does_not_come_from_talks(sign_in: Callable[[str], Any]) -> None:
    found = sign_in("engineer").get("/api/lineage", params={"kind": "screen", "key": "customer.assets", "up": 1})
    tables = {key.partition(".")[0] for key, distance in labels(found).items() if distance}
    assert tables == {"account", "holding", "product", "transaction"}
    assert found.json()["cut"]


def test_a_table_stands_for_its_columns(sign_in: Callable[[str], Any]) -> None:
    found = sign_in("analyst").get("/api/lineage", params={"kind": "table_column", "key": "interaction", "up": 0})
    assert {"interaction.topic", "customer.talks"} <= labels(found).keys()


def test_nodes_are_found_by_name_and_by_key(sign_in: Callable[[str], Any]) -> None:
    engineer = sign_in("engineer")
    by_name = engineer.get("/api/lineage/nodes", params={"q": "授信额度"}).json()
    assert "account.credit_limit" in {node["key"] for node in by_name}
    by_key = engineer.get("/api/lineage/nodes", params={"q": "account.credit", "kind": "table_column"}).json()
    assert [node["key"] for node in by_key] == ["account.credit_limit"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"kind": "table_column", "key": "no_such.column"}, 404),
        ({"kind": "planet", "key": "account"}, 422),
        ({"kind": "tag", "key": ""}, 422),
        ({"kind": "table_column", "key": "account", "up": 33}, 422),
        ({"kind": "table_column", "key": "account", "down": -1}, 422),
        ({"kind": "table_column", "key": "a" * 201}, 422),
    ],
)
def test_what_nobody_should_ask_is_refused(sign_in: Callable[[str], Any], asked: dict[str, Any], status: int) -> None:
    assert sign_in("engineer").get("/api/lineage", params=asked).status_code == status


def test_a_relationship_manager_sees_no_lineage(sign_in: Callable[[str], Any]) -> None:
    manager = sign_in("rm")
    assert manager.get("/api/lineage", params={"kind": "tag", "key": "x"}).status_code == 403
    assert manager.get("/api/lineage/nodes").status_code == 403
