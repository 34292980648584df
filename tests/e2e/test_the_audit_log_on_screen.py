"""An auditor at work, in a real browser: who looked at a customer, what an outsider's verifier says, what an erasure
leaves."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import ROOT, Served
from tests.e2e.look import customer_of, sign_in

pytestmark = pytest.mark.browser

VERIFIER = ROOT / "tools/verify_audit.py"


def test_the_log_tells_who_looked_at_a_customer_and_proves_it(served: Served, page: Page) -> None:
    one_id, _ = customer_of(served, rm="rm", systems=1)
    number = served.customer_no(one_id)
    sign_in(page, served, "rm")
    page.goto(f"{served.url}/customers/{number}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    _sealed(served)
    _change_user(page, served, "auditor")
    page.goto(f"{served.url}/audit?customer={number}")
    row = page.get_by_role("row").filter(has_text="查看客户").first
    expect(row).to_contain_text(number)
    [(name,)] = served.query("SELECT display FROM bank_user WHERE login = 'rm'")
    expect(row).to_contain_text(name)
    row.click()
    page.wait_for_url(re.compile(r"/audit/\d+$"))
    expect(page.get_by_role("status").filter(has_text="在已签名的")).to_be_visible()
    expect(page.get_by_text("条目原文经 SM3 得到叶散列")).to_be_visible()


def test_an_edited_byte_is_found_and_named_by_the_offline_verifier(served: Served, tmp_path: Path) -> None:
    copy = _copied(served, tmp_path / "audit")
    said, code = _verified(copy)
    assert (code, "✓ 未发现改动" in said) == (0, True), said
    path = sorted((copy / "segments").glob("*.log"))[0]
    path.chmod(0o600)
    lines = path.read_bytes().split(b"\n")
    at = len(lines) // 2
    lines[at] = lines[at].replace(b'"via":"', b'"via":"x', 1)
    path.write_bytes(b"\n".join(lines))
    said, code = _verified(copy)
    assert code == 1
    assert f"{path.stem} #{at} 第 {at} 条被改动" in said


def test_evidence_is_taken_away_as_json_and_pdf(served: Served, page: Page, tmp_path: Path) -> None:
    sign_in(page, served, "auditor")
    page.goto(f"{served.url}/audit")
    boxes = page.get_by_role("checkbox", name=re.compile("选中第 .* 条"))
    boxes.nth(0).check()
    boxes.nth(1).check()
    pack, paper = tmp_path / "pack.json", tmp_path / "pack.pdf"
    _taken(page, "JSON（可离线验证）", pack)
    said, code = _verified(pack)
    assert (code, "2 条" in said) == (0, True), said
    pack.write_text(pack.read_text().replace('\\"via\\":\\"', '\\"via\\":\\"x', 1))
    assert _verified(pack)[1] == 1
    _taken(page, "PDF（打印签章）", paper)
    assert paper.read_bytes().startswith(b"%PDF-")
    assert paper.stat().st_size > 10_000
    _sealed(served)
    page.goto(f"{served.url}/audit?kind=audit.exported")
    expect(page.get_by_role("row").filter(has_text="导出")).to_have_count(2)


def test_a_later_log_is_shown_to_continue_an_earlier_one(served: Served, page: Page) -> None:
    sign_in(page, served, "auditor")
    page.goto(f"{served.url}/audit?tab=checkpoints")
    page.get_by_label("较早条数").fill("3")
    page.get_by_role("button", name="证明", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="其间只有追加")).to_be_visible()
    expect(page.get_by_text("与签名检查点相同").last).to_be_visible()
    page.get_by_label("较早条数").fill("")
    expect(page.get_by_role("button", name="证明", exact=True)).to_be_disabled()


def test_a_person_is_erased_and_the_log_still_verifies(served: Served, page: Page, tmp_path: Path) -> None:
    one_id, _ = customer_of(served, rm="rm2", systems=1)
    number = served.customer_no(one_id)
    sign_in(page, served, "rm2")
    page.goto(f"{served.url}/customers/{number}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    asked = {"customer_no": number, "kind": "erase", "evidence_ref": "DOC-2026-0007"}
    request = _send(page, served, "/api/subject-requests", asked)
    _change_user(page, served, "compliance")
    _send(page, served, f"/api/subject-requests/{request['id']}/erasure", {"confirmed": True})
    _until(lambda: served.query("SELECT 1 FROM audit_entry WHERE kind = 'audit.erased'") != [])
    _sealed(served)
    _change_user(page, served, "auditor")
    page.goto(f"{served.url}/audit?customer={number}")
    expect(page.get_by_role("row").filter(has_text="受理个人信息请求")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="查看客户")).to_have_count(0)
    page.goto(f"{served.url}/audit")
    expect(page.get_by_text("已删除").first).to_be_visible()
    page.get_by_role("button", name="立即验证").click()
    expect(page.get_by_text(re.compile(r"验证完成：\d+ 条全部完好"))).to_be_visible(timeout=60_000)
    said, code = _verified(_copied(served, tmp_path / "audit"))
    assert code == 0, said


def _taken(page: Page, form: str, path: Path) -> None:
    """Take the chosen entries away in a form, as a file."""
    page.get_by_role("button", name="导出证据（2 条）").click()
    page.get_by_role("radio", name=form).check()
    page.get_by_label("用途").fill("监管检查调阅")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    download.value.save_as(path)
    expect(page.get_by_text("证据包已下载").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _change_user(page: Page, served: Served, login: str) -> None:
    page.context.clear_cookies()
    sign_in(page, served, login)


def _send(page: Page, served: Served, path: str, body: dict[str, object]) -> dict:
    """What a page would send for the user who is signed in."""
    token = page.request.get(f"{served.url}/api/session").json()["csrf_token"]
    answer = page.request.post(served.url + path, data=body, headers={"x-csrf-token": token})
    assert answer.ok, answer.text()
    return answer.json()


def _sealed(served: Served) -> None:
    """Wait until everything that has happened is in the log."""
    newest = served.query("SELECT max(seq) FROM event")[0][0]
    _until(lambda: served.query(f"SELECT 1 FROM event_cursor WHERE consumer = 'audit' AND seq >= {newest}") != [])


def _copied(served: Served, copy: Path) -> Path:
    """A copy of the log that ends with a signature: the log is written to while it is copied."""

    def whole() -> bool:
        if not (served.home / "audit").is_dir():  # the log is made with the first entry
            return False
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(served.home / "audit", copy)
        return _verified(copy)[1] == 0

    _until(whole)
    return copy


def _verified(folder: Path) -> tuple[str, int]:
    """What the single-file verifier says, run as an auditor would, and its exit code."""
    told = subprocess.run([sys.executable, VERIFIER, folder], capture_output=True, text=True, check=False)
    return told.stdout, told.returncode


def _until(holds) -> None:
    """Wait at most a minute."""
    last = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < last
        time.sleep(0.5)
