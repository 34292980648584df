"""What must not reach a customer does not, and says why: suitability and consent, in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import sign_in

pytestmark = pytest.mark.browser

_AGREED = """
SELECT p.one_id FROM profile p JOIN investor i USING (one_id) JOIN consent_state s USING (one_id)
WHERE i.tolerance = {rank} AND i.valid_until > now() + interval '1 day' AND s.granted & (1 << 10) > 0
  AND p.open_complaints = 0 AND p.kind = 'person' ORDER BY p.one_id"""


@pytest.fixture
def compliance(served: Served, page: Page) -> Page:
    page.set_default_timeout(60_000)
    sign_in(page, served, "compliance")
    return page


def test_an_r4_fund_offered_to_a_c2_customer_is_refused_and_appears_in_the_compliance_centre(
    served: Served, compliance: Page
) -> None:
    (one_id,) = served.query(_AGREED.format(rank=2))[0]
    product_no, name = served.query(
        "SELECT product_no, name FROM product WHERE kind = 'fund' AND risk = 'R4' AND status = 'open' ORDER BY 1"
    )[0]
    number = served.customer_no(one_id)
    try_one(served, compliance, number, product=name)
    ruling = compliance.get_by_role("status").filter(has_text="不能触达")
    expect(ruling).to_contain_text("适当性")
    expect(ruling).to_contain_text("产品等级高于客户承受能力")
    expect(check_line(compliance, "授权同意")).to_contain_text("通过")
    compliance.get_by_role("tab", name="拦截记录").click()
    row = compliance.get_by_role("row").filter(has_text=number).first
    expect(row).to_contain_text("适当性")
    expect(row).to_contain_text("产品等级高于客户承受能力")
    row.click()
    expect(compliance.get_by_role("dialog")).to_contain_text(product_no)


def test_consent_withdrawn_on_the_page_of_a_customer_turns_the_next_verdict(served: Served, compliance: Page) -> None:
    (one_id,) = served.query(_AGREED.format(rank=3))[0]
    number = served.customer_no(one_id)
    try_one(served, compliance, number, text="您好")
    expect(check_line(compliance, "授权同意")).to_contain_text("通过")
    compliance.goto(f"{served.url}/customers/{number}?tab=compliance")
    compliance.get_by_role("button", name="营销 短信 撤回").click()
    drawer = compliance.get_by_role("dialog")
    drawer.get_by_label("凭证编号").fill("GT-20261127-0001")
    drawer.get_by_role("button", name=re.compile("撤\\s?回")).click()
    expect(compliance.get_by_role("button", name="营销 短信 授权")).to_be_visible()
    try_one(served, compliance, number, text="您好")
    ruling = compliance.get_by_role("status").filter(has_text="不能触达")
    expect(ruling).to_contain_text("客户已撤回营销授权")
    expect(check_line(compliance, "授权同意")).to_contain_text("GT-20261127-0001")


def try_one(served: Served, page: Page, number: str, *, product: str | None = None, text: str = "") -> None:
    """Ask the gate as compliance does on the page 试一条."""
    page.goto(f"{served.url}/outreach?tab=try")
    choose(page, page.get_by_role("combobox", name=re.compile("客户")).first, number)
    if product is None:
        page.get_by_text("普通消息", exact=True).click()
    else:
        choose(page, page.get_by_role("combobox", name=re.compile("产品")).first, product)
    if text:
        page.get_by_role("textbox").first.fill(text)
    page.get_by_role("main").get_by_role("button", name="试一条").click()
    expect(page.get_by_role("list").get_by_text("授权同意")).to_be_visible()


def choose(page: Page, picker: Locator, words: str) -> None:
    picker.fill(words)
    expect(page.locator(".ant-select-item-option-active").filter(has_text=words)).to_be_visible()
    picker.press("Enter")


def check_line(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name).first
