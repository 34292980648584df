"""What the browser tests know of a served bank: who is whose customer, and how to sign in."""

import httpx
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Served

from liuke.app.demo import PASSWORD


def sign_in(page: Page, served: Served, login: str) -> None:
    """Sign in and wait for the first page."""
    page.goto(served.url)
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")


def signed_in(served: Served, login: str) -> httpx.Client:
    """A client of the API, signed in."""
    answer = httpx.post(f"{served.url}/api/session", json={"login": login, "password": PASSWORD}, timeout=60)
    headers = {"x-csrf-token": answer.json()["csrf_token"]}
    return httpx.Client(base_url=served.url, cookies=answer.cookies, headers=headers, timeout=60)


def customer_of(served: Served, *, rm: str, systems: int) -> tuple[int, int]:
    """(one_id, number of systems) of a customer with a phone in an RM's book, known to at least that many systems."""
    found = served.query(
        "SELECT p.one_id, count(DISTINCT m.source) FROM profile p JOIN identity_member m USING (one_id)"
        f" JOIN bank_user u ON u.staff_no = p.rm_no WHERE u.login = '{rm}'"
        f" GROUP BY p.one_id HAVING count(DISTINCT m.source) >= {systems} ORDER BY p.one_id"
    )
    return next((one_id, count) for one_id, count in found if served.phones(one_id))
