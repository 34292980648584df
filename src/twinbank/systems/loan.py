"""The loan system: borrowers, contracts, schedules, guarantors."""

import numpy as np

from twinbank import lending
from twinbank.draw import Ints, Rng, Texts, happens, stream
from twinbank.layouts import table
from twinbank.sink import Row, Sink, commas, spoilt
from twinbank.systems.core import education, marital
from twinbank.window import slashes
from twinbank.world import World

_EDUCATION = np.array(["", "小学", "初中", "高中", "大专", "本科", "研究生"])
_MARITAL = np.array(["", "未婚", "已婚", "离异", "丧偶"])
_FAR = 10**6


def write(world: World, sink: Sink) -> None:
    """All files of the loan system."""
    rng = stream(world.seed, "loan-bad")
    _put(sink, world, rng, "borrower", _borrowers(world), {"impossible_date": ("REG_DATE", "2025/02/30")})
    kinds: dict[str, tuple[str, object]] = {
        "unknown_product": ("PRODUCT_NO", "ZZ9999"), "negative": ("AMOUNT", "-50000.00"), "duplicate_key": ("", ""),
    }  # fmt: skip
    _put(sink, world, rng, "contract", _contracts(world), kinds)
    _put(sink, world, rng, "schedule", _schedule(world), {})
    _put(sink, world, rng, "guarantee", _guarantors(world, stream(world.seed, "guarantors")), {})


def _put(sink: Sink, world: World, rng: Rng, stem: str, rows: list[Row], kinds: dict[str, tuple[str, object]]) -> None:
    layout = table("loan", stem)
    rows, bad = spoilt(rng, layout, rows, kinds) if kinds else (rows, {})
    sink.write(f"sources/loan/{layout.name.format(day=world.window.label)}", [commas(layout, rows)], len(rows), bad=bad)


def _yuan(fen: Ints) -> list[str]:
    return [f"{value // 100}.{value % 100:02d}" for value in fen.tolist()]


def contract_numbers(loans: lending.Contracts) -> list[str]:
    """HT + year + eight digits."""
    year = loans.start.astype("datetime64[D]").astype("U10").astype("U4")
    return [f"HT{y}{n:08d}" for n, y in enumerate(year.tolist(), 10_000_001)]


def _managers(world: World, owner: Ints) -> Texts:
    return world.staff.number[world.customers.rm[owner]]


def birth_text(birth: np.ndarray) -> Texts:
    """Birth days as yyyy/mm/dd, "" when unknown."""
    return np.where(np.isnat(birth), "", np.strings.replace(birth.astype("U10"), "-", "/"))


def _borrowers(world: World) -> list[Row]:
    loans, folk = world.registers["loan"], world.customers
    rng, seen, owner = stream(world.seed, "loan-borrowers"), loans.seen, loans.customer
    size = len(loans)
    person = folk.person[owner]
    whole, street = (np.array(column.to_pylist()) for column in (seen.homes.whole(), seen.homes.street()))
    columns = (
        loans.key, seen.name, np.where(world.people.passport[person], "护照", "身份证"), seen.ids(),
        birth_text(seen.birth),
        np.where(seen.woman, "女", "男"), seen.phones(), np.where(happens(rng, 0.15, size), street, whole),
        np.where(happens(rng, 0.1, size), "", world.companies.employer_name[owner]),
        _EDUCATION[education(folk, world.seed)[owner].astype(int)], _MARITAL[marital(world)[person].astype(int)],
        _yuan(np.round(folk.income[owner] * 12, -6)), world.branches.number[folk.branch[owner]],
        _managers(world, owner),
        slashes(np.maximum(folk.opened[owner], _first_loan(world))),
    )  # fmt: skip
    return list(zip(*(c if isinstance(c, list) else c.tolist() for c in columns), strict=True))


def _first_loan(world: World) -> Ints:
    first = np.full(len(world.registers["loan"]), _FAR)
    np.minimum.at(first, world.contracts.record, world.contracts.start)
    return first - 3


def _contracts(world: World) -> list[Row]:
    loans, folk = world.contracts, world.customers
    owed, late = lending.balances(loans, world.schedule, world.window)
    start = loans.start.astype("datetime64[D]").astype("datetime64[M]")
    day = np.minimum((loans.start.astype("datetime64[D]") - start).astype(int), 27)
    end = (start + loans.months.astype("timedelta64[M]")).astype("datetime64[D]").astype(int) + day
    columns = (
        contract_numbers(loans), world.registers["loan"].key[loans.record], world.shelf.numbers[loans.product],
        _yuan(loans.amount), _yuan(owed), np.full(len(loans), "CNY"), [f"{v:.4f}" for v in loans.rate.tolist()],
        slashes(loans.start), slashes(end), loans.months, np.where(loans.bullet, "先息后本", "等额本息"),
        np.where(owed == 0, "结清", np.where(late > 0, "逾期", "正常")), late,
        world.branches.number[folk.branch[loans.customer]],
        world.accounts.number[loans.account],
    )  # fmt: skip
    return list(zip(*(c if isinstance(c, list) else c.tolist() for c in columns), strict=True))


def _schedule(world: World) -> list[Row]:
    plan, until = world.schedule, world.window.until
    number = np.array(contract_numbers(world.contracts))
    paid = np.where(plan.paid_on > 0, plan.principal + plan.interest, 0)
    status = np.where(plan.paid_on > 0, "已还", np.where(plan.due < until, "逾期", "未到期"))
    columns = (
        number[plan.contract], plan.period, slashes(plan.due), _yuan(plan.principal), _yuan(plan.interest),
        slashes(plan.paid_on), _yuan(paid), status,
    )  # fmt: skip
    return list(zip(*(c if isinstance(c, list) else c.tolist() for c in columns), strict=True))


def _guarantors(world: World, rng: Rng) -> list[Row]:
    """The spouse as co-borrower of half the long loans; a relative or friend vouches for some business loans."""
    loans, folk, people = world.contracts, world.customers, world.people
    numbers, keys, first = contract_numbers(loans), world.registers["loan"].key, world.registers["loan"].first
    customer_of = np.full(len(people), -1)
    customer_of[folk.person] = np.arange(len(folk))
    rows: list[Row] = []
    lot = rng.random(len(loans))
    friends = rng.integers(0, len(folk), len(loans))
    for at, owner in enumerate(folk.person[loans.customer].tolist()):
        spouse = _spouse(people.role, people.household, owner)
        joint = loans.months[at] >= 200 and spouse >= 0 and lot[at] < 0.5
        if not joint and not (loans.bullet[at] and lot[at] < 0.6):
            continue
        other = spouse if spouse >= 0 and lot[at] < 0.5 else int(folk.person[friends[at]])
        if other == owner:
            continue
        mine = customer_of[other]
        number = keys[first[mine]] if mine >= 0 and first[mine] >= 0 else ""
        relation = "配偶" if other == spouse else ("朋友", "同事")[at % 2]
        rows.append(
            (
                numbers[at], keys[loans.record[at]], world.names[other], bytes(people.id_no[other]).decode(),
                str(people.phone[other]),
                number, "共同借款" if joint else "保证", relation, f"{loans.amount[at] // 100}.00",
            )
        )  # fmt: skip
    return rows


def _spouse(role: Ints, household: Ints, person: int) -> int:
    """The spouse's row: head and spouse stand next to each other; −1 = none."""
    for other in (person + 1, person - 1):
        if 0 <= other < len(role) and household[other] == household[person] and {role[person], role[other]} == {0, 1}:
            return other
    return -1
