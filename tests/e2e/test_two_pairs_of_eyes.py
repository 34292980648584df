"""What one officer proposes, only another puts in force; the next sale is checked by it. In a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import sign_in
from tests.e2e.test_nothing_that_must_not_be_done import _AGREED, check_line, choose, try_one

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_grade_proposed_by_one_is_approved_by_another_and_the_next_offer_is_refused_by_it(
    served: Served, page: Page
) -> None:
    page.set_default_timeout(60_000)
    (one_id,) = served.query(_AGREED.format(rank=3))[1]
    number = served.customer_no(one_id)
    ((product_no,), *_) = served.query(
        "SELECT product_no FROM product WHERE kind = 'wealth' AND risk = 'R2' AND status = 'open' ORDER BY 1"
    )

    sign_in(page, served, "compliance")
    page.goto(f"{served.url}/care?tab=grades")
    page.get_by_role("button", name="提出评级").click()
    drawer = page.get_by_role("dialog")
    choose(page, drawer.get_by_role("combobox").first, product_no)
    expect(drawer.get_by_text("还没有现行评级")).to_be_visible()
    level = drawer.get_by_label("本行评级")
    level.press("ArrowDown")
    level.press("ArrowUp")
    level.press("Enter")
    expect(drawer.get_by_title("R5 高风险")).to_be_visible()
    drawer.get_by_label("评级依据").fill("底层资产含非标与股票，按本行办法评为最高等级")
    drawer.get_by_role("button", name="提出评级").click()
    row = page.get_by_role("row").filter(has_text=product_no)
    expect(row).to_be_visible()
    _approve(page, product_no)
    expect(page.locator(".ant-message")).to_contain_text(re.compile("本人|自己|同事|他人"))
    expect(row).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, served, "compliance2")
    page.goto(f"{served.url}/care?tab=grades")
    _approve(page, product_no)
    expect(page.get_by_role("row").filter(has_text=product_no)).to_have_count(0)

    try_one(served, page, number, product=product_no)
    ruling = page.get_by_role("status").filter(has_text="不能触达")
    expect(ruling).to_contain_text("产品等级高于客户承受能力")
    expect(check_line(page, "适当性")).to_contain_text("产品风险等级为5")


def _approve(page: Page, product_no: str) -> None:
    row = page.get_by_role("row").filter(has_text=product_no)
    row.get_by_role("button", name=re.compile(r"批\s?准")).click()
    page.get_by_role("dialog").filter(has_text="批准产品").get_by_role("button", name=re.compile(r"批\s?准")).click()
