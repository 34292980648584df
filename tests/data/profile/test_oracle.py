"""What a search gives away: of customers outside the scope nothing, in the log of events nobody."""

from dataclasses import replace

import orjson
import pytest
from tests.data.profile.builders import an_actor
from tests.data.profile.conftest import LI, WANG
from tests.data.profile.test_page import events, number

from liuke.data.profile import service
from liuke.data.profile.find import service as find
from liuke.data.profile.find import store
from liuke.data.profile.find.rate import PER_MINUTE
from liuke.data.profile.model import CustomerFilter, Field, ReasonPersonal, SearchTooOften, Sort
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import BlindKind
from liuke.kernel.errors import Invalid
from liuke.kernel.page import encode_cursor


def _phone(bank: Bank, machine: Actor, one_id: int) -> str:
    answer = service.reveal(bank, machine, number(bank, one_id), field=Field.PHONE, reason="核对联系方式")
    return str(orjson.loads(answer)["values"][0])


def test_a_phone_outside_the_scope_is_like_one_that_nobody_has(town: Bank, machine: Actor) -> None:
    phone = _phone(town, machine, WANG)
    (value,) = town.keys.blind_many(BlindKind.PHONE, (phone,))
    assert value is not None
    with town.read(machine) as tx:
        assert store.by_values(tx, [(BlindKind.PHONE.value, value)]) == [(WANG, BlindKind.PHONE.value)]
    with town.read(an_actor()) as tx:
        assert store.by_values(tx, [(BlindKind.PHONE.value, value)]) == []
    assert find.search(town, an_actor(), phone) == find.search(town, an_actor(), "13900000000")


def test_the_list_is_no_way_round_the_limit_of_searches(town: Bank, machine: Actor) -> None:
    actor = replace(an_actor(), user_id="busy")
    with pytest.raises(SearchTooOften):
        for turn in range(PER_MINUTE + 1):
            wanted = CustomerFilter(text=f"1390000{turn:04}")
            find.listing(town, actor, wanted, sort=Sort.AUM_DOWN, cursor=None, limit=5)


@pytest.mark.parametrize(
    "reason",
    ["联系电话 13800001234", "证件 330106199001011234", "138 0000 1234 来电", "李四本人来电", "１３８００００１２３４"],
)
def test_a_reason_that_tells_of_the_customer_is_refused(town: Bank, machine: Actor, reason: str) -> None:
    name = orjson.loads(service.reveal(town, machine, number(town, LI), field=Field.NAME, reason="核对姓名"))["values"][
        0
    ]
    before = len(events(town, "customer.revealed"))
    with pytest.raises(ReasonPersonal):
        service.reveal(town, machine, number(town, LI), field=Field.PHONE, reason=reason.replace("李四", name))
    assert len(events(town, "customer.revealed")) == before


def test_a_day_in_a_reason_is_no_number_of_the_customer(town: Bank, machine: Actor) -> None:
    for reason in ("20261102 到网点办理", "2026-11-02 约好回访"):
        assert service.reveal(town, machine, number(town, LI), field=Field.PHONE, reason=reason)


def test_a_reason_with_a_control_character_is_one_clear_sentence(town: Bank, machine: Actor) -> None:
    with pytest.raises(Invalid, match="控制字符"):
        service.reveal(town, machine, number(town, LI), field=Field.PHONE, reason="核对\0联系方式")


@pytest.mark.parametrize("cursor", [encode_cursor(True), encode_cursor("x"), encode_cursor("9" * 30)])
def test_changes_refuse_a_cursor_of_another_list(town: Bank, machine: Actor, cursor: str) -> None:
    with pytest.raises(Invalid, match="翻页"):
        service.changes(town, machine, number(town, LI), cursor=cursor, limit=5)
