"""A sale done properly, in a real browser: the customer answers for themselves, the talk is recorded, and what is
checked is changed by two."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Served
from tests.e2e.look import customer_of, sign_in
from tests.e2e.test_nothing_that_must_not_be_done import choose

pytestmark = pytest.mark.browser


def test_answers_given_in_a_hurry_wait_for_a_review_and_are_annulled(served: Served, page: Page) -> None:
    number = _customer(served)
    sign_in(page, served, "rm2")
    page.goto(f"{served.url}/customers/{number}?tab=compliance")
    page.get_by_role("button", name="风险测评").first.click()
    page.get_by_role("button", name="开始测评").click()
    questions = page.get_by_role("radiogroup")
    expect(questions.first).to_be_visible()
    for at in range(questions.count()):
        questions.nth(at).get_by_role("radio").last.check()
    page.get_by_role("button", name="提交测评").click()
    expect(page.get_by_text("结果暂不生效，等待复核")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("作答过快")).to_be_visible()
    page.get_by_role("button", name=re.compile("完\\s?成")).click()
    expect(page.get_by_role("row").filter(has_text="待复核")).to_be_visible()

    _change_user(page, served, "compliance")
    page.goto(f"{served.url}/care?tab=reviews")
    row = page.get_by_role("row").filter(has_text=number)
    row.get_by_role("button", name=re.compile("复\\s?核")).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("复核意见").fill("十题在几秒内答完，请客户重新作答")
    drawer.get_by_role("button", name=re.compile("作\\s?废")).last.click()
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(0)
    assert served.query("SELECT state FROM sitting ORDER BY started_at DESC LIMIT 1") == [("void",)]


def test_a_recording_is_registered_by_its_hash_and_its_evidence_taken_away(
    served: Served, page: Page, tmp_path: Path
) -> None:
    number = _customer(served)
    ((product_no, *_), *_) = served.query(
        "SELECT product_no FROM product WHERE kind = 'wealth' AND status = 'open' ORDER BY 1"
    )
    film = tmp_path / "talk.mp4"
    film.write_bytes(bytes(range(256)) * 64)
    sign_in(page, served, "rm2")
    page.goto(f"{served.url}/customers/{number}?tab=compliance")
    page.get_by_role("button", name="登记双录").click()
    drawer = page.get_by_role("dialog")
    choose(page, drawer.get_by_role("combobox").first, product_no)
    drawer.get_by_label("销售编号").fill("XS-20261128-0001")
    drawer.locator("input[type=file]").set_input_files(film)
    expect(drawer.get_by_label("文件散列")).to_have_value(re.compile("^[0-9a-f]{64}$"))
    drawer.get_by_label("文件编号").fill("SL/2026/11/28/0001.mp4")
    drawer.get_by_label("时长（秒）").fill("600")
    steps = drawer.get_by_role("checkbox")
    for at in range(steps.count()):
        steps.nth(at).check()
        drawer.get_by_label(re.compile("^时刻")).nth(at).fill(f"{at}:05")
    expect(drawer.get_by_text("脚本步骤齐全")).to_be_visible()
    drawer.get_by_role("button", name="登记双录").click()
    row = page.get_by_role("row").filter(has_text=product_no).filter(has_text="环节齐全").first
    expect(row).to_be_visible()
    pack = tmp_path / "pack.json"
    with page.expect_download() as download:
        row.get_by_role("button", name="证据包").click()
    download.value.save_as(pack)
    assert "XS-20261128-0001" in pack.read_text(encoding="utf-8")


def test_parameters_proposed_by_one_are_approved_by_another(served: Served, page: Page) -> None:
    sign_in(page, served, "compliance")
    page.goto(f"{served.url}/care?tab=policy")
    page.get_by_role("button", name="提出修改").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("按高龄客户从严的年龄").fill("60")
    drawer.get_by_label("修改原因").fill("按总行零售条线最新要求从严")
    drawer.get_by_role("button", name="提出修改").click()
    waiting = page.get_by_role("alert").filter(has_text="草案等待批准")
    expect(waiting).to_contain_text("65 → 60")
    _approve(page)
    expect(page.locator(".ant-message")).to_contain_text(re.compile("本人|自己|同事|他人"))

    _change_user(page, served, "compliance2")
    page.goto(f"{served.url}/care?tab=policy")
    _approve(page)
    expect(page.get_by_role("alert").filter(has_text="草案等待批准")).to_have_count(0)
    assert served.query("SELECT 1 FROM event WHERE kind LIKE 'suitability.policy%'") != []


def _customer(served: Served) -> str:
    one_id, _ = customer_of(served, rm="rm2", systems=2)
    return served.customer_no(one_id)


def _change_user(page: Page, served: Served, login: str) -> None:
    page.context.clear_cookies()
    sign_in(page, served, login)


def _approve(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"批\s?准")).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(r"批\s?准")).click()
