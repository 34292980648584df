"""The whole bank in memory: everything that is decided before the months run."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from twinbank import accounts as books
from twinbank import cards as decks
from twinbank import counterparties as sides
from twinbank import lending, people, staffing, trades
from twinbank.companies import Companies, companies
from twinbank.customers import Customers, customers
from twinbank.layouts import SYSTEMS
from twinbank.ledger import Ledger, open_ledger
from twinbank.people import People
from twinbank.register import Register, register
from twinbank.shelf import Shelf, shelf
from twinbank.spending import life
from twinbank.window import Window, window


@dataclass(frozen=True, slots=True)
class World:
    """A bank: people, customers, their records in eight systems, and all they own and owe."""

    seed: int
    window: Window
    people: People
    names: np.ndarray  # (people,): present names
    branches: staffing.Branches
    staff: staffing.Staff
    shelf: Shelf
    customers: Customers
    companies: Companies
    registers: dict[str, Register]
    accounts: books.Accounts
    positions: trades.Positions
    contracts: lending.Contracts
    schedule: lending.Schedule
    cards: decks.Cards
    others: sides.Counterparties
    ledger: Ledger

    def owner_names(self) -> np.ndarray:
        """(current accounts,) clean name of each account's owner."""
        return _owners(self.names, self.customers, self.companies, self.registers["core"], self.accounts)


def _owners(names: np.ndarray, folk: Customers, firms: Companies, core: Register, book: books.Accounts) -> np.ndarray:
    customer = book.customer[: book.current]
    company = core.company[book.record[: book.current]]
    return np.where(customer >= 0, names[folk.person[customer]], firms.name[company])


def world(*, size: int, months: int, seed: int, until: date) -> World:
    """A bank of `size` customers whose last `months` months end on `until`."""
    span = window(months, until)
    crowd = people.build(size, seed=seed, today=np.datetime64(until), branches=4 if size < 100_000 else 8)
    branches = staffing.tree(size, seed=seed)
    staff = staffing.staff(branches, size, seed=seed, until=span.until)
    folk = customers(crowd, branches, staff, span, size=size, seed=seed)
    firms = companies(folk, span, seed=seed)
    goods = shelf(span, seed=seed)
    registers = {name: register(name, crowd, folk, firms, seed=seed) for name in SYSTEMS}
    book = books.accounts(folk, firms, registers["core"], goods, span, seed=seed)
    names = crowd.names()
    others = sides.counterparties(book, _owners(names, folk, firms, registers["core"], book), firms, seed=seed)
    contracts = lending.contracts(folk, registers["loan"], book, goods, span, seed=seed)
    home = life(crowd, folk, book, seed=seed)
    return World(
        seed, span, crowd, names, branches, staff, goods, folk, firms, registers, book,
        trades.positions(folk, goods, span, seed=seed), contracts, lending.schedule(contracts, span),
        decks.cards(folk, registers["card"], book, goods, span, seed=seed), others,
        open_ledger(book, folk, home, others, seed=seed),
    )  # fmt: skip
