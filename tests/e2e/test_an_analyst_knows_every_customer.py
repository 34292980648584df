"""An analyst and the front line at work on tags, segments, clusters and families, in a real browser."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import sign_in, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("served")]

_TAGS = 72
#: Milliseconds for what computes something first, on a busy machine.
_PATIENT = 120_000


def _choose(page: Page, select: Locator, label: str) -> None:
    """Pick from a list by typing part of the name and clicking the whole of it."""
    select.click()
    page.keyboard.type(label)
    page.locator(f'.ant-select-dropdown:visible .ant-select-item-option[title="{label}"]').click()


def _condition(page: Page, label: str) -> Locator:
    """One more condition on a field; returns its row."""
    page.get_by_role("button", name="加条件", exact=True).first.click()
    row = page.locator(".rule").last
    _choose(page, row.locator(".seg-field"), label)
    return row


def _counted(page: Page, words: str) -> int:
    """The live count once it stands for a rule that reads like this."""
    expect(page.locator(".seg-says")).to_contain_text(words, timeout=_PATIENT)
    expect(page.locator(".seg-count")).to_have_attribute("aria-busy", "false")
    return int((page.get_by_test_id("segment-count").text_content() or "").replace(",", ""))


def test_a_segment_of_five_conditions_is_counted_as_it_grows_and_saved(served: Served, page: Page) -> None:
    sign_in(page, served, "analyst")
    page.goto(f"{served.url}/segments/new")
    page.get_by_label("客群名称").fill("五条件客群")
    sizes = []
    _condition(page, "年龄").get_by_label("年龄").fill("30")
    sizes.append(_counted(page, "年龄不低于30岁"))
    _condition(page, "AUM").get_by_label("AUM").fill("1000")
    sizes.append(_counted(page, "AUM不低于1000元"))
    _condition(page, "近30天交易笔数").get_by_label("近30天交易笔数").fill("2")
    sizes.append(_counted(page, "近30天交易笔数不低于2笔"))
    _choose(page, _condition(page, "信用卡消费骤降").locator(".seg-yes"), "不是")
    sizes.append(_counted(page, "不符合“信用卡消费骤降”"))
    row = _condition(page, "浏览的次数")
    row.locator(".seg-days input").fill("90")
    sizes.append(_counted(page, "近90天内有浏览"))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] > 0
    expect(page.locator(".rule .seg-part")).to_have_count(5)
    page.get_by_role("button", name="保存客群").click()
    page.wait_for_url(re.compile(r"/segments/\d+$"), timeout=_PATIENT)
    expect(page.get_by_role("heading", level=1)).to_have_text("五条件客群")
    expect(page.locator(".lk-tile", has_text="人数").first).to_contain_text(f"{sizes[-1]:,}")
    page.get_by_role("link", name="编辑").click()
    expect(page.locator(".rule")).to_have_count(5)
    expect(page.get_by_test_id("segment-count")).to_have_text(f"{sizes[-1]:,}")


def test_an_error_is_marked_where_it_stands_in_the_rule(served: Served, page: Page) -> None:
    sign_in(page, served, "analyst")
    page.goto(f"{served.url}/segments/new")
    page.get_by_label("规则文字").fill("age > 30 and loginn_30d > 3")
    expect(page.locator(".seg-place mark")).to_have_text("loginn_30d")
    expect(page.locator(".seg-count")).to_contain_text("是否想写“login_30d”")
    page.get_by_label("规则文字").fill("age > 30 and login_30d > 3")
    expect(page.locator(".seg-place")).to_have_count(0)
    expect(page.locator(".rule")).to_have_count(2)


def test_a_cluster_becomes_a_segment_and_behaviour_is_asked_of_it(served: Served, page: Page) -> None:
    sign_in(page, served, "analyst")
    page.goto(f"{served.url}/clusters")
    page.get_by_role("row", name=re.compile("第 1 次")).click()
    page.get_by_role("button", name="转为客群").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("客群名称").fill("由聚类来的客群")
    drawer.get_by_role("button", name="转为客群").click()
    expect(drawer).to_be_hidden(timeout=_PATIENT)
    page.get_by_role("link", name="查看客群").first.click(timeout=_PATIENT)
    expect(page.get_by_role("heading", level=1)).to_have_text("由聚类来的客群")
    number = page.url.rsplit("/", 1)[1]
    with signed_in(served, "analyst") as analyst:
        detail = analyst.get(f"/api/segments/{number}").json()
        offer = analyst.get("/api/behaviour/catalogue").json()
        query = next(one["query"] for one in offer["examples"] if one["code"] == "sessions")
        whole = analyst.post("/api/behaviour/analysis", json=query).json()
        some = analyst.post(f"/api/behaviour/analysis?segment={number}", json=query).json()
        assert analyst.post("/api/behaviour/analysis?segment=999999", json=query).status_code == 404
    assert detail["customers"] > 0
    assert "查全率" in detail["segment"]["meaning"]
    assert 0 < some["customers"] < whole["customers"]
    assert some["customers"] <= detail["customers"]
    page.goto(f"{served.url}/behaviour")
    _choose(page, page.locator(".lk-pick"), f"由聚类来的客群 · {detail['customers']:,} 人")
    expect(page.get_by_text("客群“由聚类来的客群”")).to_be_visible(timeout=_PATIENT)
    expect(page.get_by_text(f"共 {some['customers']:,} 位有行为的客户")).to_be_visible()


def _found_by_a_device(client: httpx.Client) -> dict[str, Any]:
    """A family that shares a device, the largest first."""
    groups = client.get("/api/groups", params={"limit": 200, "kind": "family"}).json()["items"]
    found: dict[str, Any] = next(one for one in groups if "device" in one["types"])
    return found


def test_a_family_found_through_a_device_is_explained_rolled_up_and_confirmed_by_two(
    served: Served, page: Page
) -> None:
    with signed_in(served, "branch") as branch:
        family = _found_by_a_device(branch)
        detail = branch.get(f"/api/groups/{family['id']}").json()
    sums = detail["sums"]
    assert sums["aum"] == sum(one["party"]["aum"] or 0 for one in detail["members"])
    sign_in(page, served, "branch")
    page.goto(f"{served.url}/groups/{family['id']}")
    expect(page.get_by_text("设备相同").first).to_be_visible()
    expect(page.get_by_text("不得用于营销").first).to_be_visible()
    roll_up = page.locator(".lk-panel", has=page.get_by_role("heading", name="汇总"))
    wan = 10_000 * 100
    shown = f"{sums['aum'] / wan:,.2f} 万" if sums["aum"] >= wan else f"{sums['aum'] / 100:,.2f} 元"
    expect(roll_up).to_contain_text(shown)
    expect(page.get_by_role("cell", name=re.compile("使用同一设备")).first).to_be_visible()
    page.get_by_role("button", name="确认群组").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="提交复核").click()
    expect(drawer.get_by_text("4").first).to_be_visible()
    drawer.get_by_role("textbox").fill("客户当面确认同住一户")
    drawer.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("已提交，等待他人复核")).to_be_visible()


def test_a_customers_page_shows_72_tags_each_with_its_source_and_time(served: Served, page: Page) -> None:
    with signed_in(served, "rm") as rm:
        numbers = [one["customer_no"] for one in rm.get("/api/customers", params={"limit": 20}).json()["items"]]
        told = {number: rm.get(f"/api/customers/{number}/tags").json() for number in numbers}
        number = max(told, key=lambda one: sum(tag["value"] is not None for tag in told[one]["items"]))
        cluster = rm.get(f"/api/customers/{number}/cluster").json()
    filled = sum(tag["value"] is not None for tag in told[number]["items"])
    assert filled >= _TAGS - 4
    sign_in(page, served, "rm")
    page.goto(f"{served.url}/customers/{number}")
    wall = page.locator(".lk-tagwall li")
    expect(wall).to_have_count(_TAGS, timeout=_PATIENT)
    day = told[number]["as_of"]
    titles = wall.evaluate_all("items => items.map(item => item.title)")
    assert all(re.fullmatch(rf"取自：.+；数据日期 {day}，更新于 .+", title) for title in titles)
    assert all(wall.locator("small").evaluate_all("items => items.map(item => item.textContent)"))
    empty = wall.filter(has_text=re.compile("—$"))
    expect(empty).to_have_count(_TAGS - filled)
    expect(page.get_by_text(cluster["name"])).to_be_visible()
    expect(page.locator(".lk-panel", has_text="所属聚类")).to_contain_text(cluster["as_of"])
