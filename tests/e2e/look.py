"""What the browser tests know of a served bank: who is whose customer, and how to sign in."""

from playwright.sync_api import Page, expect
from tests.e2e.conftest import Served

from liuke.app.demo import PASSWORD


def sign_in(page: Page, served: Served, login: str) -> None:
    """Sign in and wait for the first page."""
    page.goto(served.url)
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("navigation").first).to_be_attached()
    page.wait_for_load_state("networkidle")


def customer_of(served: Served, *, rm: str, systems: int) -> tuple[int, int]:
    """(one_id, number of systems) of a customer with a phone in an RM's book, known to at least that many systems."""
    found = served.query(
        "SELECT p.one_id, count(DISTINCT m.source) FROM profile p JOIN identity_member m USING (one_id)"
        " JOIN user_account u ON u.staff_no = p.rm_no"
        f" WHERE u.login = '{rm}' AND cardinality(p.phone_blind) > 0"
        f" GROUP BY p.one_id HAVING count(DISTINCT m.source) >= {systems} ORDER BY p.one_id LIMIT 1"
    )
    assert found, f"no customer of {rm} is known to {systems} systems"
    return found[0]


def phone_of(served: Served, one_id: int) -> str:
    """The phone the profile shows for a customer, in clear."""
    return served.phone(one_id)
