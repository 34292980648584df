"""What the 360 page shows, to whom, and that every look is written down."""

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import text
from tests.data.profile.builders import an_actor
from tests.data.profile.conftest import LI, WANG, ZHANG

from liuke.data import profile
from liuke.data.profile import service
from liuke.data.profile.http import ChangeOut, CustomerPage, EntryOut, TransactionOut
from liuke.data.profile.model import Entry, Field, ReasonMissing, UnknownCustomer
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden
from liuke.kernel.page import BadCursor

WHOLE = Scope(ScopeKind.ALL)


def number(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def page(bank: Bank, actor: Actor, one_id: int) -> dict:
    return orjson.loads(service.page(bank, actor, number(bank, one_id)))


def events(bank: Bank, kind: str) -> list[dict]:
    with bank.read(Actor.system("test")) as tx:
        rows = tx.rows(
            text("SELECT actor_id, subject, payload FROM event WHERE kind = :kind ORDER BY seq"), {"kind": kind}
        )
    return [dict(row) for row in rows]


def test_the_bytes_are_what_the_wire_type_says(town: Bank, machine: Actor) -> None:
    for one_id in (ZHANG, LI, WANG):
        CustomerPage.model_validate_json(service.page(town, machine, number(town, one_id)))


def test_one_page_holds_accounts_of_several_systems(town: Bank) -> None:
    shown = page(town, an_actor(), ZHANG)
    assert {account["source"] for account in shown["accounts"]} == {"core", "wealth"}
    assert [record["source"] for record in shown["sources"]] == ["app", "callcentre", "core", "crm", "wealth"]
    assert shown["holdings"][0]["product_name"] == "稳健 180 天"
    assert shown["amounts"]["deposits"] == 30_000_000
    assert shown["amounts"]["wealth"] == 5_000_000
    assert shown["amounts"]["aum"] == 35_000_000
    assert shown["tier"] == "rising"
    assert shown["branch_name"] == "西湖支行"
    assert shown["rm_name"] == "陈经理"


def test_an_analyst_sees_masked_fields_and_an_rm_sees_the_name(town: Bank) -> None:
    analyst = page(town, an_actor(Role.ANALYST, scope=WHOLE), ZHANG)["identity"]
    assert analyst["name"] == "张*三"
    assert analyst["phones"][0] == "138****1234"
    assert analyst["id_numbers"][0]["number"] == "330***********2134"
    assert analyst["birth_date"] == "1990-**-**"
    assert set(analyst["masked"]) == {"name", "phone", "id_no", "address", "birth_date"}
    assert page(town, an_actor(), ZHANG)["identity"]["name"] == "张小三"


def test_a_customer_of_another_branch_is_refused_like_one_that_does_not_exist(town: Bank) -> None:
    branch = an_actor(Role.BRANCH_HEAD, scope=Scope(ScopeKind.BRANCH, branch_path="HO/0571001/"))
    told = []
    for actor, customer in (
        (an_actor(), number(town, WANG)),
        (branch, number(town, WANG)),
        (branch, number(town, 999)),
    ):
        with pytest.raises(UnknownCustomer) as refused:
            service.page(town, actor, customer)
        told.append((refused.value.message, refused.value.facts))
    assert told[0] == told[1] == told[2]
    with pytest.raises(UnknownCustomer):
        service.page(town, branch, "LK00000000")
    assert page(town, branch, ZHANG)["customer_no"] == number(town, ZHANG)


def test_every_look_is_written_down_and_a_refused_one_is_not(town: Bank) -> None:
    actor = an_actor()
    page(town, actor, ZHANG)
    service.transactions(town, actor, number(town, ZHANG), cursor=None, limit=5)
    service.timeline(town, actor, number(town, ZHANG), kinds=(), cursor=None, limit=5)
    service.changes(town, actor, number(town, ZHANG), cursor=None, limit=5)
    with pytest.raises(UnknownCustomer):
        page(town, actor, WANG)
    seen = events(town, "customer.viewed")
    assert [look["payload"]["part"] for look in seen] == ["page", "transactions", "timeline", "changes"]
    assert {(look["subject"], look["actor_id"]) for look in seen} == {(ZHANG, actor.user_id)}


def test_who_may_not_read_customers_is_refused(town: Bank) -> None:
    actor = Actor("u", "u", "u", "S001", frozenset(), frozenset(), Scope(ScopeKind.ALL), "session")
    with pytest.raises(Forbidden):
        page(town, actor, ZHANG)


def test_a_relative_in_scope_is_named_and_linked_another_is_not(town: Bank, machine: Actor) -> None:
    told = page(town, an_actor(), ZHANG)["relations"]
    assert [(one["kind"], one["customer_no"], one["name"]) for one in told] == [("spouse", number(town, LI), "李四")]
    with town.write(machine) as tx:
        tx.execute(text("UPDATE profile SET rm_no = 'S002' WHERE one_id = :one_id"), {"one_id": LI})
    told = page(town, an_actor(), ZHANG)["relations"]
    assert [(one["kind"], one["customer_no"], one["name"]) for one in told] == [("spouse", None, None)]


def test_reminders_name_the_open_complaint_the_drop_and_the_maturity_first(town: Bank) -> None:
    told = page(town, an_actor(), ZHANG)["reminders"]
    assert [one["kind"] for one in told] == ["complaint_open", "maturity_near"]
    assert told[1] == {"kind": "maturity_near", "on": "2026-11-20", "amount": 5_000_000, "days": 18}
    assert page(town, an_actor(), LI)["reminders"][0]["kind"] == "aum_drop"


def test_reveal_gives_the_field_in_clear_and_records_who_and_why(town: Bank) -> None:
    actor = an_actor(Role.ANALYST, scope=WHOLE)
    clear = orjson.loads(service.reveal(town, actor, number(town, ZHANG), field=Field.PHONE, reason=" 核对 客户来电 "))
    assert clear == {"field": "phone", "values": ["13812341234", "13988887777"]}
    assert events(town, "customer.revealed") == [
        {"actor_id": actor.user_id, "subject": ZHANG, "payload": {"field": "phone", "reason": "核对 客户来电"}}
    ]


@pytest.mark.parametrize("reason", ["", "   ", "看看", "长" * 201])
def test_reveal_needs_a_reason(town: Bank, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        service.reveal(town, an_actor(), number(town, ZHANG), field=Field.NAME, reason=reason)
    assert events(town, "customer.revealed") == []


def test_reveal_is_refused_without_the_permission_and_outside_the_scope(town: Bank) -> None:
    reader = Actor("u", "u", "u", "", frozenset(), frozenset({Permission.CUSTOMER_READ}), WHOLE, "session")
    with pytest.raises(Forbidden):
        service.reveal(town, reader, number(town, ZHANG), field=Field.NAME, reason="客户要求核对")
    with pytest.raises(UnknownCustomer):
        service.reveal(town, an_actor(), number(town, WANG), field=Field.NAME, reason="客户要求核对")


def test_an_erased_customer_still_has_a_page_but_no_name(town: Bank, machine: Actor) -> None:
    profile.erase(town, machine, number(town, ZHANG))
    for _ in range(2):
        shown = page(town, machine, ZHANG)
        CustomerPage.model_validate(shown)
        assert shown["erased"]
        assert shown["identity"] == {
            "name": "已删除",
            "phones": [],
            "id_numbers": [],
            "address": None,
            "birth_date": None,
            "age": None,
            "gender": None,
            "masked": [],
        }
        assert shown["timeline"] == shown["interactions"] == shown["complaints"] == shown["relations"] == []
        assert shown["amounts"]["aum"] == 35_000_000
        profile.refresh(town, machine)
    assert (
        orjson.loads(service.timeline(town, machine, number(town, ZHANG), kinds=(), cursor=None, limit=5))["items"]
        == []
    )
    booking = orjson.loads(service.transactions(town, machine, number(town, ZHANG), cursor=None, limit=1))["items"][0]
    assert (booking["counterparty_name"], booking["summary"]) == (None, None)
    assert len(events(town, "customer.erased")) == 1


def test_bookings_come_newest_first_and_page_by_page_without_gaps(town: Bank) -> None:
    actor, found, cursor = an_actor(Role.ANALYST, scope=WHOLE), [], None
    while True:
        answer = orjson.loads(service.transactions(town, actor, number(town, ZHANG), cursor=cursor, limit=20))
        found += [TransactionOut.model_validate(item) for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len({one.id for one in found}) == 67
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert found[0].counterparty_name == "王*壮"


def test_the_timeline_can_be_narrowed_to_kinds(town: Bank) -> None:
    kinds = (Entry.COMPLAINT, Entry.LOGIN)
    answer = orjson.loads(service.timeline(town, an_actor(), number(town, ZHANG), kinds=kinds, cursor=None, limit=50))
    assert [EntryOut.model_validate(item).kind for item in answer["items"]] == [Entry.LOGIN, Entry.COMPLAINT]


def test_a_cursor_of_somebody_elses_making_is_refused(town: Bank) -> None:
    with pytest.raises(BadCursor):
        service.transactions(town, an_actor(), number(town, ZHANG), cursor="bm9uc2Vuc2U", limit=5)
    with pytest.raises(BadCursor):
        service.changes(town, an_actor(), number(town, ZHANG), cursor="WyJ4Il0", limit=5)


def test_changes_tell_reveals_and_new_facts_but_not_looks(town: Bank, machine: Actor, clock: FixedClock) -> None:
    page(town, an_actor(), ZHANG)
    service.reveal(town, an_actor(), number(town, ZHANG), field=Field.NAME, reason="客户要求核对")
    clock.advance(timedelta(hours=1))
    with town.write(machine) as tx:
        tx.execute(
            text("UPDATE profile SET tier = 'mass', fingerprint = '\\x00' WHERE one_id = :one_id"), {"one_id": ZHANG}
        )
    profile.refresh(town, machine)
    answer = orjson.loads(service.changes(town, an_actor(), number(town, ZHANG), cursor=None, limit=50))
    told = [ChangeOut.model_validate(item) for item in answer["items"]]
    assert [one.kind for one in told] == ["customer.changed", "customer.revealed"]
    assert told[0].facts == {"facts": {"tier": ["mass", "rising"]}}


def test_the_age_counts_whole_years_on_the_banks_day(town: Bank, clock: FixedClock) -> None:
    born = date(1990, 3, 7)
    clock.moment = clock.moment.replace(year=2027, month=3, day=6, hour=15)
    assert page(town, an_actor(), ZHANG)["identity"]["age"] == 36
    clock.advance(timedelta(hours=2))
    assert clock.today() == born.replace(year=2027)
    assert page(town, an_actor(), ZHANG)["identity"]["age"] == 37
