"""Snapshots of core: customers, accounts, term deposits, the bank's tree, the shelf, relations of companies."""

import numpy as np

from twinbank import staffing
from twinbank.customers import FARMER, MANAGER, RETIRED, SELF_EMPLOYED, STUDENT, Customers
from twinbank.draw import Ints, Rng, Texts, happens, pick, stream
from twinbank.layouts import table
from twinbank.places import divisions
from twinbank.sink import Row, Sink, bars, spoilt
from twinbank.window import compact
from twinbank.world import World

_OCCUPATIONS = {
    "01": "公务员", "02": "教师", "03": "医生", "04": "公司职员", "05": "企业管理人员", "06": "个体经营",
    "07": "工人", "08": "农民",
    "09": "学生", "10": "退休", "99": "其他",
}  # fmt: skip


def occupations(folk: Customers, seed: int) -> Texts:
    """Occupation code of each customer."""
    rng = stream(seed, "occupation")
    staff = np.array(["01", "02", "03", "04", "07", "99"])[pick(rng, (8, 10, 6, 50, 20, 6), len(folk))]
    fixed = {STUDENT: "09", MANAGER: "05", SELF_EMPLOYED: "06", RETIRED: "10", FARMER: "08"}
    return np.select([folk.persona == p for p in fixed], list(fixed.values()), staff)


def occupation_words(codes: Texts) -> list[str]:
    """The words for occupation codes."""
    return [_OCCUPATIONS[code] for code in codes.tolist()]


def marital(world: World) -> Texts:
    """1 single, 2 married (somebody is the spouse at home), 3 divorced, 4 widowed: of every person."""
    people = world.people
    households = int(people.household[-1]) + 1
    couple = np.bincount(people.household, people.role == 1, households)[people.household] > 0
    lot = stream(world.seed, "marital").random(len(people))
    old = people.birth < np.datetime64("1960-01-01")
    alone = np.where(lot < 0.12, "3", np.where(old & (lot < 0.6), "4", "1"))
    return np.where(couple & (people.role <= 1), "2", alone)


def education(folk: Customers, seed: int) -> Texts:
    """1 primary … 6 postgraduate, higher for the young and the well paid."""
    lot = stream(seed, "education").normal(3.6, 1.1, len(folk)) + np.where(folk.persona == MANAGER, 1.2, 0)
    lot -= np.where(np.isin(folk.persona, (RETIRED, FARMER)), 1.3, 0)
    return np.clip(np.round(lot), 1, 6).astype(int).astype("U1")


def write(world: World, sink: Sink) -> None:
    """All snapshot files of core."""
    rng = stream(world.seed, "core-bad")
    _put(sink, world, rng, "CUST", _customers(world), {"impossible_date": ("open_date", "20250231")})
    kinds: dict[str, tuple[str, object]] = {
        "unknown_product": ("product_no", "ZZ9999"),
        "impossible_date": ("open_date", "20260231"),
    }
    _put(sink, world, rng, "ACCT", _accounts(world), kinds)
    _put(sink, world, rng, "TERM", _terms(world), {})
    _put(sink, world, rng, "BRANCH", _branches(world.branches), {})
    _put(sink, world, rng, "STAFF", _staff(world), {})
    _put(sink, world, rng, "PRODUCT", _products(world), {})
    _put(sink, world, rng, "RELA", _relations(world), {})


def _put(sink: Sink, world: World, rng: Rng, stem: str, rows: list[Row], kinds: dict[str, tuple[str, object]]) -> None:
    layout = table("core", stem)
    rows, bad = spoilt(rng, layout, rows, kinds) if kinds else (rows, {})
    sink.write(f"sources/core/{layout.name.format(day=world.window.label)}", [bars(rows)], len(rows), bad=bad)


def _rows(*columns: object) -> list[Row]:
    return list(zip(*(c.tolist() if hasattr(c, "tolist") else c for c in columns), strict=True))


def _phone_text(rng: Rng, phones: Texts) -> Texts:
    """Phones with `+86` before or `-` inside, two in a hundred."""
    lot = rng.random(len(phones))
    known = phones != ""
    plus = np.where(known & (lot < 0.01), np.char.add("+86", phones), phones)
    return np.array(
        [
            p if chance >= 0.02 or chance < 0.01 or not p else f"{p[:3]}-{p[3:7]}-{p[7:]}"
            for p, chance in zip(plus.tolist(), lot.tolist(), strict=True)
        ]
    )


def _customers(world: World) -> list[Row]:
    rng, core, folk = stream(world.seed, "core-customers"), world.registers["core"], world.customers
    seen, count = core.seen, core.persons
    owner = core.customer[:count]
    person = folk.person[owner]
    table_ = divisions()
    home = seen.homes.division
    place = [np.where(seen.address_known, table_[name][home], "") for name in ("province", "city", "district")]
    street = np.where(seen.address_known, np.array(seen.homes.street().to_pylist()), "")
    single = marital(world)[person]
    wrong = happens(rng, 0.04, count)
    other = np.where(
        happens(rng, 0.15, count) & (world.people.family_phone[person] > 0), world.people.family_phone[person], 0
    )
    assessed = np.maximum(folk.opened[owner], world.window.until - rng.integers(1, 700, count))
    risky = folk.has["wealth"][owner] | happens(rng, 0.2, count)
    income = np.array(list("ABCDE"))[
        np.digitize(folk.income[owner] * 12, (5_000_000, 10_000_000, 20_000_000, 50_000_000))
    ]
    opened, closed = folk.opened[owner], _closed(world)[:count]
    fill = np.full(count, "")
    rows = _rows(
        core.key[:count], np.full(count, "1"), seen.name, np.where(world.people.passport[person], "20", "10"),
        seen.ids(),
        compact_dates(seen.birth), np.where(seen.gender_known, np.where(seen.woman, "2", "1"), ""),
        _phone_text(rng, seen.phones()), np.where(other > 0, other.astype("U11"), ""), *place, street,
        np.where(happens(rng, 0.3, count), "", world.companies.employer_name[owner]),
        occupations(folk, world.seed)[owner],
        income, education(folk, world.seed)[owner], np.where(wrong, "1", single),
        np.where(risky, np.char.add("C", folk.tolerance[owner].astype("U1")), ""),
        compact(np.where(risky, assessed, 0)),
        compact(np.where(risky, assessed + 365, 0)), world.branches.number[folk.branch[owner]], compact(opened),
        compact(closed),
        _status(world, owner, closed), fill, fill, _stamp(rng, np.maximum(opened, closed)),
    )  # fmt: skip
    return rows + _firms(world)


def compact_dates(birth: np.ndarray) -> Texts:
    """Birth days as yyyymmdd, "" when unknown."""
    return np.where(np.isnat(birth), "", np.strings.replace(birth.astype("U10"), "-", ""))


def _closed(world: World) -> Ints:
    """Day each core record was closed: when its first account was."""
    out = np.zeros(len(world.registers["core"]), dtype=np.int64)
    size = len(out)
    out[world.accounts.record[:size]] = world.accounts.closed[:size]
    return out


def _status(world: World, owner: Ints, closed: Ints) -> Texts:
    gone = world.customers.leaves[owner]
    frozen = (closed == 0) & happens(stream(world.seed, "frozen"), 0.003, len(owner))
    return np.where(closed > 0, "1", np.where(frozen, "2", np.where(gone, "3", "0")))


def _stamp(rng: Rng, day: Ints) -> Texts:
    second = rng.integers(9 * 3600, 17 * 3600, len(day))
    clock = second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60
    return np.char.add(compact(day), np.char.zfill(clock.astype("U6"), 6))


def _firms(world: World) -> list[Row]:
    firms, folk, core = world.companies, world.customers, world.registers["core"]
    rng = stream(world.seed, "core-firms")
    boss = folk.person[firms.owner]
    ids = [bytes(row).decode() for row in world.people.id_no[boss]]
    keys, branch = core.key[core.persons :], world.branches.number[folk.branch[firms.owner]]
    phones = rng.integers(60_000_000, 89_999_999, len(firms))
    rows: list[Row] = []
    for at in range(len(firms)):
        opened = str(compact(firms.opened[at : at + 1])[0])
        rows.append(
            (
                keys[at], "2", firms.name[at], "30", firms.uscc[at], "", "", f"028{phones[at]}", "", "四川省",
                firms.city[at], "",
                f"工业大道{at % 300 + 1}号", "", "", "", "", "", "", "", "", branch[at], opened, "", "0",
                world.names[boss[at]],
                ids[at], f"{opened}100000",
            )
        )  # fmt: skip
    return rows


def _yuan(fen: Ints) -> list[str]:
    return [f"{value // 100}.{value % 100:02d}" for value in fen.tolist()]


def _accounts(world: World) -> list[Row]:
    book, core = world.accounts, world.registers["core"]
    size = len(book)
    kind = np.where(np.arange(size) < book.current, "D", "T")
    product = np.full(size, "D0001", dtype="U12")
    rate = np.full(size, 0.05)
    product[book.terms.account] = world.shelf.numbers[book.terms.product]
    rate[book.terms.account] = book.terms.rate
    firm_branch = world.customers.branch[world.companies.owner[core.company[book.record]]]
    branch = np.where(book.customer >= 0, world.customers.branch[book.customer], firm_branch)
    gone = (book.customer >= 0) & world.customers.leaves[book.customer]
    frozen = (book.closed == 0) & happens(stream(world.seed, "frozen-accounts"), 0.002, size)
    status = np.where(book.closed > 0, "1", np.where(frozen, "2", np.where(gone, "3", "0")))
    balance = world.ledger.balance
    return _rows(
        book.number, core.key[book.record], kind, product, world.branches.number[branch], np.full(size, "CNY"),
        compact(book.opened), compact(book.closed), status, _yuan(balance), _yuan(np.where(frozen, 0, balance)),
        [f"{value:.4f}" for value in rate.tolist()],
    )  # fmt: skip


def _terms(world: World) -> list[Row]:
    book, terms = world.accounts, world.accounts.terms
    return _rows(
        book.number[terms.account], world.registers["core"].key[book.record[terms.account]],
        world.shelf.numbers[terms.product], _yuan(terms.principal), [f"{value:.4f}" for value in terms.rate.tolist()],
        compact(terms.start), compact(terms.end), np.where(terms.renew, "Y", "N"), np.where(terms.paid_out, "1", "0"),
        book.number[terms.source],
    )  # fmt: skip


def _branches(tree: staffing.Branches) -> list[Row]:
    return _rows(
        tree.number, tree.parent, tree.name, tree.level.astype("U1"), np.full(len(tree.number), "四川省"), tree.city,
        tree.district,
        tree.address, [f"{v:.5f}" for v in tree.longitude.tolist()], [f"{v:.5f}" for v in tree.latitude.tolist()],
        compact(tree.opened),
    )  # fmt: skip


def _staff(world: World) -> list[Row]:
    staff = world.staff
    return _rows(
        staff.number, staff.name, world.branches.number[staff.branch], staff.position, staff.phone.astype("U11"),
        compact(staff.hired), compact(staff.left), np.where(staff.left > 0, "1", "0"),
    )  # fmt: skip


def _products(world: World) -> list[Row]:
    rows: list[Row] = []
    for p in world.shelf.products:
        day = [str(text) for text in compact(np.array([p.sale_from, p.sale_to, p.starts, p.ends]))]
        rate = [f"{value:.4f}" if value else "" for value in (p.rate, p.low, p.high)]
        least = f"{p.minimum // 100}.{p.minimum % 100:02d}"
        status = p.status(world.window.until)
        rows.append(
            (p.number, p.name, p.kind, p.risk, p.term or "", *rate, least, "CNY", status, *day, p.issuer, p.why_closed)
        )
    return rows


def _relations(world: World) -> list[Row]:
    firms, folk, core = world.companies, world.customers, world.registers["core"]
    keys, record = core.key[core.persons :], core.first
    company, holder, share = firms.holders
    paid = np.flatnonzero((firms.employer >= 0) & (record >= 0))
    worker_firm = firms.employer[paid]

    def some(firm: Ints, person: Ints, kind: str, percent: list[str], since: Ints) -> list[Row]:
        number = np.where(record[person] >= 0, core.key[record[person]], "")
        ids = [bytes(row).decode() if kind != "3" else "" for row in world.people.id_no[folk.person[person]]]
        name, size = world.names[folk.person[person]], len(firm)
        return _rows(keys[firm], np.full(size, kind), number, name, ids, percent, compact(since), np.full(size, ""))

    every = np.arange(len(firms))
    rows = some(every, firms.owner, "1", [""] * len(firms), firms.opened)
    rows += some(company, holder, "2", [f"{v:.2f}" for v in share.tolist()], firms.opened[company])
    return rows + some(
        worker_firm, paid, "3", [""] * len(paid), np.maximum(folk.opened[paid], firms.opened[worker_firm])
    )
