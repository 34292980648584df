"""Finding customers: the list and its filters, search, the ladder; and that the database itself guards the scope."""

from datetime import date

import orjson
import pytest
from sqlalchemy import text
from tests.data.profile.builders import an_actor
from tests.data.profile.conftest import LI, WANG, ZHANG
from tests.data.profile.test_page import events

from liuke.data.profile.find import service
from liuke.data.profile.find.http import CustomerRow, DueOut, Ladder, SearchOut
from liuke.data.profile.find.match import fits
from liuke.data.profile.find.rate import PER_MINUTE, Rate
from liuke.data.profile.model import CustomerFilter, DueFilter, Kind, SearchTooShort, Sort, Tier
from liuke.kernel.actor import Actor, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Invalid
from liuke.kernel.page import BadCursor

HEAD = an_actor(Role.BRANCH_HEAD, scope=Scope(ScopeKind.BRANCH, branch_path="HO/0571001/"))
WHOLE = an_actor(Role.ANALYST, scope=Scope(ScopeKind.ALL))


def listed(bank: Bank, actor: Actor, sort: Sort = Sort.AUM_DOWN, **wanted: object) -> list[int]:
    answer = orjson.loads(
        service.listing(bank, actor, CustomerFilter(**wanted), sort=sort, cursor=None, limit=50)  # type: ignore[arg-type]
    )
    rows = [CustomerRow.model_validate(item) for item in answer["items"]]
    return [bank.keys.customer_numbers.decode(row.customer_no) for row in rows]


def found(bank: Bank, actor: Actor, typed: str) -> list[tuple[int, str]]:
    hits = SearchOut.model_validate_json(service.search(bank, actor, typed)).hits
    return [(bank.keys.customer_numbers.decode(hit.customer_no), hit.matched) for hit in hits]


def test_a_list_shows_only_the_scope_of_who_asks(town: Bank, machine: Actor) -> None:
    assert listed(town, machine) == [LI, ZHANG, WANG]
    assert listed(town, an_actor()) == [LI, ZHANG]
    assert listed(town, HEAD) == [LI, ZHANG]
    assert listed(town, an_actor(scope=Scope(ScopeKind.NONE))) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"tiers": (Tier.HNW,)}, [LI]),
        ({"aum_min": 90_001}, [LI, ZHANG]),
        ({"aum_max": 90_000}, [WANG]),
        ({"holds": (Kind.WEALTH,)}, [ZHANG]),
        ({"matures_within_days": 18}, [ZHANG]),
        ({"matures_within_days": 17}, []),
        ({"branch_no": "0574001"}, [WANG]),
        ({"branch_no": "HO"}, [LI, ZHANG, WANG]),
        ({"branch_no": "9999"}, []),
        ({"rm_no": "S002"}, [WANG]),
        ({"text": "李四"}, [LI]),
        ({"text": "13700002222"}, [WANG]),
        ({"text": "无此人"}, []),
    ],
)
def test_each_filter_narrows_the_list(town: Bank, machine: Actor, wanted: dict, expected: list[int]) -> None:
    assert listed(town, machine, **wanted) == expected


@pytest.mark.parametrize("sort", list(Sort))
def test_a_list_read_page_by_page_is_the_list(town: Bank, machine: Actor, sort: Sort) -> None:
    pages, cursor = [], None
    for _ in range(3):
        answer = orjson.loads(service.listing(town, machine, CustomerFilter(), sort=sort, cursor=cursor, limit=1))
        pages += [town.keys.customer_numbers.decode(item["customer_no"]) for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert cursor is None
    assert pages == listed(town, machine, sort)
    assert sorted(pages) == [ZHANG, LI, WANG]


def test_a_customer_that_moves_up_between_two_pages_is_not_shown_twice(town: Bank, machine: Actor) -> None:
    first = orjson.loads(service.listing(town, machine, CustomerFilter(), sort=Sort.AUM_DOWN, cursor=None, limit=2))
    with town.write(machine) as tx:
        tx.execute(text("UPDATE profile SET aum = 999999999999 WHERE one_id = :one_id"), {"one_id": LI})
    second = orjson.loads(
        service.listing(town, machine, CustomerFilter(), sort=Sort.AUM_DOWN, cursor=first["next_cursor"], limit=2)
    )
    assert [town.keys.customer_numbers.decode(item["customer_no"]) for item in second["items"]] == [WANG]


@pytest.mark.parametrize("cursor", ["x", "WzEsMiwzXQ", "WyJhIiwiYiJd"])
def test_a_bad_cursor_is_refused(town: Bank, machine: Actor, cursor: str) -> None:
    with pytest.raises(BadCursor):
        service.listing(town, machine, CustomerFilter(), sort=Sort.AUM_DOWN, cursor=cursor, limit=5)


def test_lists_and_searches_are_written_down_with_whom_they_showed(town: Bank) -> None:
    listed(town, an_actor())
    found(town, an_actor(), "13900001111")
    looks = [event["payload"] for event in events(town, "customers.listed")]
    assert looks == [
        {"where": "list", "count": 2, "one_ids": [LI, ZHANG]},
        {"where": "search", "count": 1, "one_ids": [LI]},
    ]


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("13812341234", "phone"),
        ("+86 138-1234-1234", "phone"),
        ("13988887777", "phone"),
        ("330106199003072134", "id_no"),
        ("张小三", "name"),
        (" 张 小 三 ", "name"),
    ],
)
def test_a_customer_is_found_by_phone_id_number_and_name_of_any_source(town: Bank, typed: str, by: str) -> None:
    assert found(town, an_actor(), typed) == [(ZHANG, by)]
    assert found(town, WHOLE, typed) == [(ZHANG, by)]


def test_a_customer_is_found_by_customer_number_within_the_scope(town: Bank) -> None:
    assert found(town, an_actor(), town.keys.customer_numbers.encode(ZHANG)) == [(ZHANG, "customer_no")]
    assert found(town, an_actor(), town.keys.customer_numbers.encode(WANG)) == []
    assert found(town, an_actor(), "13700002222") == []


def test_part_of_a_name_or_its_initials_find_inside_ones_own_book_only(town: Bank) -> None:
    for typed in ("小三", "zxs", "zhang"):
        assert found(town, an_actor(), typed) == [(ZHANG, "name")], typed
    assert found(town, WHOLE, "小三") == []


def test_a_search_needs_two_characters(town: Bank) -> None:
    with pytest.raises(SearchTooShort):
        service.search(town, an_actor(), " 张 ")


def test_names_in_answers_are_masked_by_role(town: Bank) -> None:
    assert SearchOut.model_validate_json(service.search(town, WHOLE, "13812341234")).hits[0].name == "张*三"


def test_nobody_searches_without_end(clock: FixedClock) -> None:
    rate = Rate()
    assert all(rate.allows("a", now=clock.now()) for _ in range(PER_MINUTE))
    assert not rate.allows("a", now=clock.now())
    assert rate.allows("b", now=clock.now())


@pytest.mark.parametrize(
    ("typed", "fit"),
    [("小三", True), ("zxs", True), ("ZXS", True), ("xs", True), ("zhangx", True), ("三小", False), ("ang", False)],
)
def test_a_name_fits_its_parts_initials_and_pinyin(typed: str, fit: bool) -> None:
    assert fits("张小三", typed) is fit


def test_the_ladder_sums_what_falls_due_within_the_scope(town: Bank) -> None:
    ladder = Ladder.model_validate_json(service.ladder(town, an_actor(), DueFilter()))
    assert [(rung.month, rung.amount, rung.customers) for rung in ladder.rungs] == [(date(2026, 11, 1), 5_000_000, 1)]
    assert ladder.rungs[0].products[0].product_name == "稳健 180 天"
    other = an_actor(scope=Scope(ScopeKind.BOOK, staff_no="S002"))
    assert Ladder.model_validate_json(service.ladder(town, other, DueFilter())).rungs == []
    assert Ladder.model_validate_json(service.ladder(town, an_actor(), DueFilter(kinds=("fund",)))).rungs == []


def test_a_rung_opens_to_its_customers(town: Bank) -> None:
    wanted = DueFilter(since=date(2026, 11, 1), until=date(2026, 11, 30), product_no="W001")
    answer = orjson.loads(service.due(town, an_actor(), wanted, cursor=None, limit=10))
    due = [DueOut.model_validate(item) for item in answer["items"]]
    assert [(one.name, one.amount, one.matures_on) for one in due] == [("张小三", 5_000_000, date(2026, 11, 20))]


def test_a_ladder_that_ends_before_it_begins_is_refused(town: Bank) -> None:
    with pytest.raises(Invalid):
        service.ladder(town, an_actor(), DueFilter(since=date(2026, 11, 2), until=date(2026, 11, 1)))


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (an_actor(), {ZHANG, LI}),
        (HEAD, {ZHANG, LI}),
        (WHOLE, {ZHANG, LI, WANG}),
        (an_actor(scope=Scope(ScopeKind.BRANCH, branch_path="HO/0574001/")), {WANG}),
        (an_actor(scope=Scope(ScopeKind.NONE)), set()),
    ],
)
def test_the_database_hides_rows_outside_the_scope_from_any_statement(
    town: Bank, actor: Actor, expected: set[int]
) -> None:
    with town.read(actor) as tx:
        assert {row["one_id"] for row in tx.rows(text("SELECT one_id FROM profile"))} == expected
        due = {row["one_id"] for row in tx.rows(text("SELECT one_id FROM profile_due"))}
    assert due == expected & {ZHANG}
    with town.write(actor) as tx:
        assert tx.execute(text("UPDATE profile SET tier = tier")) == len(expected)
