"""What people know of relations: asked for by one, approved by another, then in the picture. In a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_REASON = "面谈时客户出示户口簿"
_BOOK = "FROM profile p JOIN bank_user u ON u.staff_no = p.rm_no AND u.login = 'rm'"
_LONELY = (
    f"SELECT p.one_id {_BOOK} WHERE NOT EXISTS (SELECT FROM relation_member m WHERE m.one_id = p.one_id)"
    " AND NOT EXISTS (SELECT FROM relation_edge e WHERE p.one_id IN (e.left_id, e.right_id)) ORDER BY 1"
)
#: Families with two members or more in the book, the largest first: of two that are joined it keeps its number.
_FAMILIES = (
    f"SELECT m.group_id, array_agg(p.one_id ORDER BY 1) {_BOOK} JOIN relation_member m USING (one_id)"
    " JOIN relation_group g ON g.id = m.group_id"
    " WHERE m.kind = 'family' GROUP BY 1, g.size HAVING count(*) >= 2 ORDER BY g.size DESC, 1"
)


def _as(served: Served, page: Page, login: str) -> None:
    page.context.clear_cookies()
    sign_in(page, served, login)


def _send(page: Page, title: str) -> None:
    """Give the reason and send a request for approval."""
    drawer = page.get_by_role("dialog", name=title)
    drawer.get_by_label("理由").fill(_REASON)
    drawer.get_by_role("button", name="提交复核").click()
    expect(page.locator(".ant-message")).to_contain_text("已提交，等待他人复核")
    expect(drawer).to_have_count(0)


def _waiting(served: Served, page: Page, action: str) -> Locator:
    """Open the newest request that waits; its drawer."""
    page.goto(f"{served.url}/groups?tab=requests&request=pending")
    page.get_by_role("row").filter(has_text=action).filter(has_text=_REASON).first.click()
    drawer = page.get_by_role("dialog", name=action)
    expect(drawer).to_contain_text(_REASON)
    return drawer


def _approve(served: Served, page: Page, action: str) -> None:
    """The head of the branch says yes."""
    _as(served, page, "head")
    _waiting(served, page, action).get_by_role("button", name=re.compile(r"通\s?过")).click()
    expect(page.locator(".ant-message")).to_contain_text("已通过，调整已生效")


def _pick(page: Page, select: Locator, number: str) -> None:
    """Choose a customer by number."""
    select.click()
    page.keyboard.type(number)
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=number).click()


def test_a_spouse_is_registered_approved_seen_and_denied_again(served: Served, page: Page) -> None:
    one, other = (served.customer_no(one_id) for (one_id,) in served.query(_LONELY)[:2])

    sign_in(page, served, "rm")
    page.goto(f"{served.url}/customers/{one}/graph")
    expect(page.get_by_text("没有可以显示的关系")).to_be_visible()
    page.get_by_role("button", name="登记关系").click()
    drawer = page.get_by_role("dialog", name="登记关系")
    drawer.get_by_label("关系", exact=True).click()
    page.keyboard.type("配偶")
    page.keyboard.press("Enter")
    _pick(page, drawer.get_by_label("另一方"), other)
    _send(page, "登记关系")
    mine = _waiting(served, page, "登记关系")
    expect(mine).to_contain_text("这是您提出的申请，须由他人复核")
    expect(mine.get_by_role("button", name=re.compile(r"通\s?过"))).to_have_count(0)

    _approve(served, page, "登记关系")

    _as(served, page, "rm")
    page.goto(f"{served.url}/customers/{one}/graph")
    relation = page.get_by_role("row").filter(has_text="是配偶")
    expect(relation).to_contain_text("100%")
    relation.click()
    told = page.get_by_role("dialog", name="关系", exact=True)
    expect(told).to_contain_text("人工登记并复核")
    told.get_by_role("button", name="否认关系").click()
    _send(page, "否认关系")
    _approve(served, page, "否认关系")
    page.goto(f"{served.url}/customers/{one}/graph")
    expect(page.get_by_text("没有可以显示的关系")).to_be_visible()


def test_a_member_is_taken_out_of_a_family_and_two_families_are_made_one(served: Served, page: Page) -> None:
    families = served.query(_FAMILIES)
    (first, (leaver, *_)), (keeps, _), (goes, moving) = families[0], families[1], families[2]

    sign_in(page, served, "rm")
    page.goto(f"{served.url}/groups/{first}")
    page.get_by_role("button", name="拆出成员").click()
    name = served.customer_no(leaver)
    page.get_by_role("dialog", name="拆出成员").locator(f'input[value="{name}"]').check()
    _send(page, "拆出成员")
    page.goto(f"{served.url}/groups/{keeps}")
    page.get_by_role("button", name="合并群组").click()
    page.get_by_role("dialog", name="合并群组").get_by_label("另一个群组的编号").fill(str(goes))
    _send(page, "合并群组")

    _approve(served, page, "拆出成员")
    _approve(served, page, "合并群组")

    page.goto(f"{served.url}/groups/{keeps}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"家庭 {keeps}")
    expect(page.get_by_text("已确认").first).to_be_visible()
    for one_id in moving:
        expect(page.locator(f'a[href="/customers/{served.customer_no(one_id)}"]').first).to_be_visible()
    page.goto(f"{served.url}/groups?customer={name}")
    expect(page.get_by_role("row").filter(has_text=f"家庭 {first}")).to_have_count(0)
