"""The product shelf: what the sources bring, what is refused, how it is found, what falls due."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from hypothesis import given
from hypothesis import strategies as st

from liuke.data import products
from liuke.data.products import http as products_http
from liuke.data.products import service
from liuke.data.products.model import BadWindow, Replaced
from liuke.data.products.shelve import BadRow, shelved
from liuke.kernel.actor import NOTHING, Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden, LiukeError
from liuke.kernel.page import BadCursor
from liuke.kernel.store.log import read_after


def a_product(product_no: str = "W001", **facts: Any) -> dict[str, Any]:
    """A wealth product of the canonical table; every fact may be given."""
    return {
        "product_no": product_no,
        "name": "稳盈 90 天",
        "kind": "wealth",
        "risk": "R2",
        "term_days": 90,
        "benchmark_low_bp": 280,
        "benchmark_high_bp": 320,
        "min_amount": 100_000,
        "currency": "CNY",
        "status": "open",
        "sale_from": date(2026, 11, 1),
        "sale_to": date(2026, 11, 8),
        "starts_on": date(2026, 11, 9),
        "matures_on": date(2027, 2, 7),
        "issuer": "留客理财",
    } | facts


def _replace(bank: Bank, machine: Actor, *rows: dict[str, Any]) -> Replaced:
    with bank.write(machine) as tx:
        return products.replace(tx, rows)


def _numbers(bank: Bank, machine: Actor, **wanted: Any) -> list[str]:
    page = products.find(bank, machine, products.ProductFilter(**wanted), cursor=None, limit=50)
    return [product.product_no for product in page.items]


def test_products_are_added_then_changed_and_others_stay(bank: Bank, machine: Actor) -> None:
    assert _replace(bank, machine, a_product("A"), a_product("B")) == Replaced(2, 0, {})
    assert _replace(bank, machine, a_product("B", name="新名"), a_product("C")) == Replaced(1, 1, {})
    assert _numbers(bank, machine) == ["A", "B", "C"]
    assert products.read(bank, machine, "B").name == "新名"
    with bank.read(machine) as tx:
        assert len(read_after(tx.connection, 0, 0, kinds=["product.replaced"])) == 2


def test_what_marketing_wrote_outlives_the_next_load(bank: Bank, machine: Actor) -> None:
    told = {"suitable_tiers": ["affluent", "nonsense"], "selling_points": ["到期自动赎回"]}
    _replace(bank, machine, a_product("A", **told))
    _replace(bank, machine, a_product("A"))
    product = products.read(bank, machine, "A")
    assert (product.suitable_tiers, product.selling_points) == (("affluent",), ("到期自动赎回",))


@pytest.mark.parametrize(
    "fault",
    [
        {"product_no": ""},
        {"product_no": None},
        {"product_no": "x" * 41},
        {"product_no": "a/b"},
        {"kind": "lottery"},
        {"risk": "R6"},
        {"risk": "C1"},
        {"status": "perhaps"},
        {"term_days": -1},
        {"term_days": "90"},
        {"term_days": True},
        {"min_amount": 1.5},
        {"min_amount": 10**16},
        {"rate_bp": 200_000},
        {"matures_on": "2027-01-01"},
        {"matures_on": datetime(2027, 1, 1)},  # noqa: DTZ001
        {"matures_on": date(2026, 11, 8)},
        {"sale_to": date(2026, 10, 1)},
        {"benchmark_low_bp": 400},
    ],
)
def test_a_bad_row_is_refused_with_a_reason(fault: dict[str, Any]) -> None:
    with pytest.raises(BadRow):
        shelved(a_product() | fault)


def test_a_bad_row_is_left_out_and_named_and_the_others_stay(bank: Bank, machine: Actor) -> None:
    done = _replace(bank, machine, a_product("good"), a_product("bad", kind="lottery"))
    assert (done.added, list(done.rejected)) == (1, ["bad"])
    assert _numbers(bank, machine) == ["good"]


@given(
    st.dictionaries(
        st.sampled_from(sorted(a_product())),
        st.none() | st.text(max_size=50) | st.integers() | st.dates() | st.booleans() | st.floats(),
    )
)
def test_any_row_is_shelved_or_refused_with_a_reason(facts: dict[str, Any]) -> None:
    try:
        product = shelved(a_product() | facts)
    except BadRow:
        return
    assert product["product_no"]


def test_the_shelf_is_filtered_and_paged(bank: Bank, machine: Actor) -> None:
    _replace(
        bank,
        machine,
        a_product("W1"),
        a_product("W2", risk="R4", status="closed", closed_reason="额度已满"),
        a_product("D1", kind="deposit", risk=None, name="三年大额存单", rate_bp=215, issuer="本行"),
        a_product("F100%", kind="fund", risk="R3"),
    )
    assert _numbers(bank, machine, kinds=(products.ProductKind.DEPOSIT, products.ProductKind.FUND)) == ["D1", "F100%"]
    assert _numbers(bank, machine, risks=(products.ProductRisk.R4,)) == ["W2"]
    assert _numbers(bank, machine, statuses=(products.Status.OPEN,)) == ["D1", "F100%", "W1"]
    assert _numbers(bank, machine, text="大额存单") == ["D1"]
    assert _numbers(bank, machine, text="w") == ["W1", "W2"]
    assert _numbers(bank, machine, text="%") == []
    first = products.find(bank, machine, products.ProductFilter(), cursor=None, limit=3)
    second = products.find(bank, machine, products.ProductFilter(), cursor=first.next_cursor, limit=3)
    assert [p.product_no for p in (*first.items, *second.items)] == ["D1", "F100%", "W1", "W2"]
    assert second.next_cursor is None


def test_an_unknown_product_is_not_found(bank: Bank, machine: Actor) -> None:
    with pytest.raises(products.UnknownProduct, match="没有产品 X"):
        products.read(bank, machine, "X")
    with bank.read(machine) as tx:
        assert products.by_numbers(tx, ["X"]) == {}


def test_maturities_come_by_day_within_the_window(bank: Bank, machine: Actor, clock: FixedClock) -> None:
    _replace(
        bank,
        machine,
        a_product("A", matures_on=date(2026, 12, 31)),
        a_product("B", matures_on=date(2026, 11, 20)),
        a_product("C", matures_on=date(2026, 12, 31)),
        a_product("past", starts_on=None, matures_on=date(2026, 11, 1)),
        a_product("far", matures_on=date(2029, 1, 1)),
        a_product("never", matures_on=None),
    )
    window = service.window(clock.today(), since=None, until=None)
    first = products.maturities(bank, machine, window, limit=2)
    second = products.maturities(bank, machine, window, cursor=first.next_cursor, limit=2)
    due = [*first.items, *second.items]
    assert [(item.product_no, item.month, item.days_left) for item in due] == [
        ("B", date(2026, 11, 1), 18),
        ("A", date(2026, 12, 1), 59),
        ("C", date(2026, 12, 1), 59),
    ]
    with pytest.raises(BadCursor):
        products.maturities(bank, machine, window, cursor="WyJ4IiwieSJd")


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2026, 1, 2), date(2026, 1, 1)), (date(2026, 1, 1), date(2046, 1, 1)), (date.max, None)],
)
def test_an_impossible_window_is_refused(since: date, until: date | None) -> None:
    with pytest.raises(BadWindow):
        service.window(date(2026, 11, 2), since=since, until=until)


def test_who_may_not_read_products_does_not(bank: Bank) -> None:
    nobody = Actor("u", "u", "U", "", frozenset(), frozenset(), NOTHING, "session")
    for ask in (
        lambda: products.read(bank, nobody, "A"),
        lambda: products.find(bank, nobody, products.ProductFilter(), cursor=None, limit=1),
        lambda: products.maturities(bank, nobody, service.window(date(2026, 1, 1), since=None, until=None)),
    ):
        with pytest.raises(Forbidden):
            ask()


@pytest.fixture
def ask(bank: Bank) -> Callable[[str], httpx.Response]:
    """Ask the product routes as somebody who may read products."""
    app = FastAPI()
    app.state.bank = bank
    app.include_router(products_http.router)

    @app.middleware("http")
    async def signed_in(request: Request, call_next: Any) -> Any:
        reader = frozenset({Permission.PRODUCT_READ})
        request.state.actor = Actor("u", "u", "U", "", frozenset(), reader, NOTHING, "session")
        return await call_next(request)

    @app.exception_handler(LiukeError)
    def known(_request: Request, fault: LiukeError) -> JSONResponse:
        return JSONResponse({"code": fault.code}, fault.status)

    async def get(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://liuke.test") as client:
            return await client.get(path)

    return lambda path: anyio.run(get, path)


def test_the_shelf_over_http(bank: Bank, machine: Actor, ask: Callable[[str], httpx.Response]) -> None:
    _replace(bank, machine, a_product("W1"), a_product("D1", kind="deposit", risk=None))
    listed = ask("/api/products?kind=wealth&kind=fund&risk=R2").json()
    assert [item["product_no"] for item in listed["items"]] == ["W1"]
    assert listed["items"][0]["min_amount"] == 100_000
    assert ask("/api/products/D1").json()["risk"] is None
    assert ask("/api/maturities").json()["items"][0]["month"] == "2027-02-01"


def test_a_bad_question_gets_a_clear_no(ask: Callable[[str], httpx.Response]) -> None:
    answers = {
        "/api/products/none": 404,
        "/api/products/%00": 404,
        "/api/products?kind=lottery": 422,
        "/api/products?limit=0": 422,
        "/api/products?cursor=rubbish": 422,
        "/api/products?q=" + "x" * 41: 422,
        "/api/maturities?since=2026-02-30": 422,
        "/api/maturities?since=2027-01-01&until=2026-01-01": 422,
    }
    assert {path: ask(path).status_code for path in answers} == answers
