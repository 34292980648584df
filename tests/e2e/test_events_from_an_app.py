"""An app sends events live; a moment later they are on the customer's page, in a live segment and in the analyses."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import ROOT, Served
from tests.e2e.look import sign_in, signed_in

pytestmark = pytest.mark.browser

_COUNT = 7
_LIVE = "正在看理财的客户"


def _until(found: Callable[[], Any], wanted: Any) -> None:
    ends = time.monotonic() + 60
    while found() != wanted:
        assert time.monotonic() < ends, f"{found()} is not {wanted}"
        time.sleep(0.3)


def _watch(served: Served) -> None:
    """A live segment of whoever looks at wealth products this often within the hour; nobody is in it yet."""
    rule_text = f"count_events('view', '1h', page = 'wealth_detail') >= {_COUNT}"
    wanted = {"name": _LIVE, "rule_text": rule_text, "purpose": "service", "live": True}
    with signed_in(served, "analyst") as analyst:
        made = analyst.post("/api/segments", json=wanted).json()
    assert made["customers"] == 0


def _app_user(served: Served) -> tuple[str, int]:
    """An app user who is a customer in the book of rm."""
    [(user, one_id)] = served.query(
        "SELECT m.source_key, m.one_id FROM identity_member m JOIN profile p USING (one_id)"
        " JOIN bank_user u ON u.staff_no = p.rm_no WHERE u.login = 'rm' AND m.source = 'app' ORDER BY 1 LIMIT 1"
    )
    return user, one_id


def test_events_an_app_sends_are_seen_at_once_and_counted_once(served: Served, page: Page) -> None:
    user, one_id = _app_user(served)
    number = served.customer_no(one_id)
    with signed_in(served, "engineer") as engineer, signed_in(served, "rm") as rm:
        wanted = {"name": "app", "permissions": ["behaviour.send"], "days": 1}
        issued = engineer.post("/api/tokens", json=wanted).json()
        token = next(value for value in issued.values() if str(value).startswith("lk_"))
        _watch(served)
        node = str(Path(sys.executable).with_name("node"))
        done = subprocess.run(
            [node, "tests/e2e/app.mjs", served.url, token, user, str(_COUNT)],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == {"first": _COUNT, "second": _COUNT}

        def lately() -> int:
            spans = rm.get(f"/api/customers/{number}/behaviour").json().get("spans", [{"window": "1h", "events": 0}])
            events: int = next(one for one in spans if one["window"] == "1h")["events"]
            return events

        _until(lately, _COUNT)
        _until(lambda: _LIVE in [one["name"] for one in rm.get(f"/api/customers/{number}/segments").json()], True)
        rule = {"rule": "count_events('view', '1h', page = 'wealth_detail' and seconds >= 20) = 7"}
        assert rm.post(f"/api/customers/{number}/behaviour/rule", json=rule).json()["answer"] is True
    with signed_in(served, "analyst") as analyst:
        offer = analyst.get("/api/behaviour/catalogue").json()
        step = {"event": "view", "where": "page = 'wealth_detail'"}

        def today() -> int:
            last = analyst.get("/api/behaviour/catalogue").json()["last"]
            query = offer["examples"][0]["query"] | {"steps": [step], "since": last, "until": last}
            times: int = analyst.post("/api/behaviour/analysis", json=query).json()["summary"]["times_0"]
            return times

        _until(today, _COUNT)
    sign_in(page, served, "analyst")
    page.goto(f"{served.url}/behaviour")
    expect(page.get_by_role("img", name="趋势")).to_be_visible()
    page.get_by_text("理财从列表到提交").click()
    expect(page.get_by_role("cell", name="1 浏览（页面为理财列表）")).to_be_visible()
