"""A relationship manager at work, in a real browser, on a served bank."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import customer_of, sign_in

from liuke.app.demo import PASSWORD

pytestmark = pytest.mark.browser


def test_an_rm_finds_a_customer_by_phone_and_the_look_is_in_the_event_log(served: Served, page: Page) -> None:
    one_id, systems = customer_of(served, rm="rm", systems=3)
    sign_in(page, served, "rm")
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("textbox").fill(served.phones(one_id)[0])
    page.get_by_role("option").first.click()
    page.wait_for_url(re.compile(r"/customers/LK"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shown = _sources_shown(page)
    assert len(shown) >= systems
    looks = served.query(
        "SELECT e.actor_id, u.login FROM event e JOIN bank_user u ON u.id::text = e.actor_id"
        f" WHERE e.kind = 'customer.viewed' AND e.subject = {one_id}"
    )
    assert {login for _actor, login in looks} == {"rm"}


def test_a_customer_of_another_branch_is_refused_without_a_trace_of_who_it_is(served: Served, page: Page) -> None:
    stranger, _ = customer_of(served, rm="rm2", systems=1)
    phone = served.phones(stranger)[0]
    number = served.customer_no(stranger)
    sign_in(page, served, "rm")
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("textbox").fill(phone)
    expect(page.get_by_text("没有找到").first).to_be_visible()
    page.goto(f"{served.url}/customers/{number}")
    expect(page.get_by_text("不在您的数据范围内").first).to_be_visible()
    assert phone not in page.content()
    seen = served.query(f"SELECT count(*) FROM event WHERE kind = 'customer.viewed' AND subject = {stranger}")
    assert seen == [(0,)]


def test_revealing_a_phone_asks_for_a_reason_and_is_recorded(served: Served, page: Page) -> None:
    one_id, _ = customer_of(served, rm="rm", systems=1)
    phone = served.phones(one_id)[0]
    sign_in(page, served, "rm")
    page.goto(f"{served.url}/customers/{served.customer_no(one_id)}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert phone not in page.content()
    page.get_by_role("button", name="查看手机").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox").fill("客户来电要求核对预留号码")
    drawer.get_by_role("button", name="记录并查看").click()
    expect(page.get_by_text(phone).first).to_be_visible()
    payloads = [
        row[0]
        for row in served.query(f"SELECT payload FROM event WHERE kind = 'customer.revealed' AND subject = {one_id}")
    ]
    assert len(payloads) == 1
    assert phone not in str(payloads)


def test_a_wrong_password_is_refused_in_one_sentence(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.get_by_label("账号").fill("rm")
    page.get_by_label("密码", exact=True).fill("wrong" + PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("密码")


@pytest.mark.parametrize(
    ("login", "path", "words"),
    [
        ("rm", "/customers", "我的客户"),
        ("rm", "/products", "产品货架"),
        ("engineer", "/sources", "数据源与质量"),
        ("engineer", "/identity", "归并"),
        ("secadmin", "/org", "组织"),
        ("engineer", "/jobs", "任务"),
    ],
)
@pytest.mark.parametrize("width", [1440, 375])
def test_every_screen_opens_without_fault_and_fits_its_width(
    served: Served, page: Page, login: str, path: str, words: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, served, login)
    page.goto(served.url + path)
    expect(page.get_by_text(words).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def _sources_shown(page: Page) -> list[str]:
    page.get_by_role("tab", name="来源与归并").click()
    rows = page.get_by_role("tabpanel").get_by_role("row")
    expect(rows.nth(1)).to_be_visible()
    return [text for text in rows.all_inner_texts() if text.strip()][1:]
