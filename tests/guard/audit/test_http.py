"""存证 over HTTP: what the auditor sees, and what nobody else does."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.guard.audit.conftest import Asker, an_actor
from tests.guard.audit.test_verify import offline  # noqa: F401

from liuke.guard.audit import turn
from liuke.guard.audit.model import FontMissing
from liuke.guard.audit.paper import fonts
from liuke.guard.audit.seal.hash import Hasher
from liuke.guard.audit.seal.log import Log
from liuke.guard.audit.seal.prove import consistent, included
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank

HASH = Hasher("sm3")


@pytest.fixture
def ask(asked: Callable[[Actor], Asker], auditor: Actor, bank: Bank, machine: Actor, log: Log, see: Callable) -> Asker:
    """The auditor, before a log of five entries about customers 1 to 5."""
    see(1, 2)
    turn(bank, machine, log)
    see(3, 4, 5)
    turn(bank, machine, log)
    return asked(auditor)


@pytest.mark.parametrize("role", [Role.RM, Role.DATA_ENGINEER, Role.SYSTEM_ADMIN, Role.ANALYST])
def test_others_may_not_look(asked: Callable[[Actor], Asker], ask: Asker, role: Role) -> None:
    stranger = asked(an_actor(role))
    for path in (
        "",
        "/entries",
        "/entries/0",
        "/kinds",
        "/checkpoints",
        "/verifications",
        "/consistency?first=1&second=1",
    ):
        assert stranger("get", path).status_code == 403, path
    assert stranger("post", "/verifications").status_code == 403
    assert stranger("post", "/evidence", json={"entries": [0], "reason": "看看"}).status_code == 403


def test_the_state_tells_size_key_and_witness(ask: Asker, bank: Bank) -> None:
    state = ask("get", "").json()
    assert (state["size"], state["indexed"], state["unsealed"], state["hash"]) == (5, 5, 0, "sm3")
    assert state["key_id"] == bank.keys.signer().key_id
    assert [(witness["size"], witness["trouble"]) for witness in state["witnesses"]] == [(5, "")]
    assert state["last"]["size"] == 5


def test_an_entry_comes_with_a_proof_that_holds(ask: Asker, bank: Bank) -> None:
    for n in range(5):
        found = ask("get", f"/entries/{n}").json()
        leaf, path = HASH.leaf(found["raw"].encode()), [bytes.fromhex(step) for step in found["path"]]
        assert leaf.hex() == found["leaf"]
        root = included(leaf, n, found["checkpoint"]["size"], path, node=HASH.node)
        assert root is not None
        assert root.hex() == found["checkpoint"]["root"]
        assert bank.keys.customer_numbers.decode(found["entry"]["customer_no"]) == n + 1


def test_two_sizes_come_with_a_proof_that_one_continues_the_other(ask: Asker) -> None:
    found = ask("get", "/consistency", params={"first": 2, "second": 5}).json()
    old, new, path = (found[name] for name in ("first_root", "second_root", "path"))
    steps = [bytes.fromhex(step) for step in path]
    assert consistent(2, bytes.fromhex(old), 5, bytes.fromhex(new), steps, node=HASH.node)
    assert ask("get", "/consistency", params={"first": 3, "second": 9}).status_code == 422


def test_entries_are_found_by_customer_number(ask: Asker, bank: Bank) -> None:
    number = bank.keys.customer_numbers.encode(3)
    found = ask("get", "/entries", params={"customer_no": number, "kind": "test."}).json()
    assert [entry["n"] for entry in found["items"]] == [2]
    assert ask("get", "/entries", params={"customer_no": "nonsense"}).status_code == 422
    assert ask("get", "/entries", params={"cursor": "nonsense"}).status_code == 422
    kinds = {one["kind"]: one["entries"] for one in ask("get", "/kinds").json()}
    assert kinds["test.page_seen"] == 5


def test_an_unknown_entry_says_so(ask: Asker) -> None:
    answer = ask("get", "/entries/99")
    assert answer.status_code == 404
    assert "第 99 条" in answer.json()["detail"]


def test_checkpoints_are_paged_newest_first(ask: Asker) -> None:
    first = ask("get", "/checkpoints", params={"limit": 1}).json()
    second = ask("get", "/checkpoints", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    rest = ask("get", "/checkpoints", params={"cursor": second["next_cursor"]}).json()
    assert [one["size"] for page in (first, second, rest) for one in page["items"]] == [5, 2, 0]
    assert rest["next_cursor"] is None


def verified(ask: Asker) -> dict:
    started = ask("post", "/verifications")
    assert started.status_code == 202
    for _ in range(200):
        found = ask("get", f"/verifications/{started.json()['id']}").json()
        if found["state"] != "running" and found["sound"] is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("the verification did not end")


def test_a_verification_started_now_ends_with_what_it_found(ask: Asker, bank: Bank) -> None:
    found = verified(ask)
    assert (found["sound"], found["size"], found["faults"]) == (True, 5, [])
    path = next((bank.settings.home / "audit").rglob("*.log"))
    path.write_bytes(path.read_bytes().replace(b"test.page_seen", b"test.page_sees", 1))
    bank.clock.advance(timedelta(minutes=1))
    found = verified(ask)
    assert found["sound"] is False
    assert found["faults"][0]["entry"] == 0
    assert [one["sound"] for one in ask("get", "/verifications").json()] == [False, True]
    assert ask("get", f"/verifications/{'0' * 8}-0000-7000-8000-{'0' * 12}").status_code == 404


def test_an_evidence_pack_is_accepted_by_the_offline_verifier(
    ask: Asker,
    bank: Bank,
    machine: Actor,
    log: Log,
    tmp_path: Path,
    offline,  # noqa: F811
) -> None:
    answer = ask("post", "/evidence", json={"entries": [4, 1], "reason": "监管检查"}).json()
    assert [entry["n"] for entry in answer["pack"]["entries"]] == [1, 4]
    file = tmp_path / answer["file_name"]
    file.write_text(json.dumps(answer["pack"]))
    key = answer["pack"]["log"]["first_key"]
    assert offline.main([str(file), "--key", key]) == 0
    for change in ('"overview', "test.page_seen"):
        file.write_text(
            json.dumps(answer["pack"]).replace(change.replace('"', '\\"'), change.upper().replace('"', '\\"'))
        )
        assert offline.main([str(file), "--key", key]) == 1
    turn(bank, machine, log)
    assert "audit.exported" in {one["kind"] for one in ask("get", "/kinds").json()}


def test_evidence_is_printed_in_chinese(ask: Asker, bank: Bank) -> None:
    try:
        fonts(bank.settings.fonts)
    except FontMissing:
        pytest.skip("the fonts of the web build are not on this machine")
    answer = ask("post", "/evidence/pdf", json={"entries": [0, 1], "reason": "监管检查"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert ".pdf" in answer.headers["content-disposition"]


def test_evidence_needs_a_reason_and_entries_that_exist(ask: Asker) -> None:
    assert ask("post", "/evidence", json={"entries": [], "reason": "监管检查"}).status_code == 422
    assert ask("post", "/evidence", json={"entries": [0], "reason": ""}).status_code == 422
    assert ask("post", "/evidence", json={"entries": [77], "reason": "监管检查"}).status_code == 404


def test_before_the_log_begins_everybody_is_told_to_wait(asked: Callable[[Actor], Asker], auditor: Actor) -> None:
    answer = asked(auditor)("get", "")
    assert answer.status_code == 503
    assert "尚未建立" in answer.json()["detail"]
