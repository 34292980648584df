"""TRAN files of core: the fastest writer, because most of a bank's rows are here."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from twinbank import accounts, flows, ledger, lending, lines, spending, trades
from twinbank.digits import Bytes, padded, yuan
from twinbank.sink import BAD_KEYS, BAD_SHARE, Sink
from twinbank.window import SECONDS, Month
from twinbank.world import World

_PER_CHUNK = 1_000_000  # numbers reserved for one chunk of accounts
_CODES = np.array([f"{code}|{text}|".encode("gbk") for code, text in zip(flows.CODES, flows.SUMMARY, strict=True)])
_CHANNEL = np.array([f"|{number:02d}\n".encode() for number in range(9)])
_CLOCK = lines.clock()


def write(world: World, sink: Sink, month: Month, caused: flows.Flows) -> int:
    """Post and write one month; returns the number of rows."""
    order = np.argsort(caused.account, kind="stable")
    sorted_ = caused.where(order)
    state = world.ledger
    alive = ledger.activity(state, month)
    text = Text(world, month)

    def one(job: tuple[int, tuple[int, int]]) -> Bytes:
        number, span = job
        page = ledger.post(state, month, sorted_, alive, span)
        return text.block(page, number * _PER_CHUNK)

    name = f"sources/core/TRAN_{month.label}.dat"
    rows, bad = 0, dict[str, int]()
    spoiled: list[Bytes] = []
    with sink.path(name).open("wb") as file, ThreadPoolExecutor(2) as pool:
        for number, (block, raw) in enumerate(pool.map(lambda job: _both(one(job)), enumerate(ledger.chunks(state)))):
            file.write(raw)
            rows += len(block)
            if number == 0:
                spoiled, bad = text.spoilt(block, len(ledger.chunks(state)))
        for block in spoiled:
            file.write(lines.joined(block))
        total = rows + sum(bad.values())
        file.write(b"#END|%d\n" % total)
    sink.note(name, total, bad=bad)
    return total


def _both(block: Bytes) -> tuple[Bytes, bytes]:
    return block, lines.joined(block)


class Text:
    """How one month's postings look; columns as in layout/core.toml."""

    def __init__(self, world: World, month: Month) -> None:
        self._month = month
        self._account = np.array([f"|{n}|".encode() for n in world.accounts.number.tolist()])
        self._day = np.array([b"|" + day + b"|" for day in lines.days(month.first, month.last).tolist()])
        self._other = world.others.text
        self._label = b"T" + month.label.encode()

    def block(self, page: ledger.Page, first: int) -> Bytes:
        """The lines of a page as a matrix; keys count from `first`."""
        rows = page.rows
        day, second = np.divmod(rows.at, SECONDS)
        return lines.matrix(
            [
                *lines.numbered(self._label, first, len(rows)),
                self._day[day - self._month.first], _CLOCK[second], self._account[rows.account],
                np.where(rows.amount < 0, b"D|", b"C|"), yuan(np.abs(rows.amount)), b"|", yuan(page.balance), b"|CNY|",
                _CODES[rows.code], self._other[rows.other], _CHANNEL[rows.channel],
            ],
            len(rows),
        )  # fmt: skip

    def spoilt(self, block: Bytes, blocks: int) -> tuple[list[Bytes], dict[str, int]]:
        """Broken copies of rows of the first block: about one in a thousand of the month."""
        if not len(block):
            return [], {}
        count = max(1, round(len(block) * blocks * BAD_SHARE / 3))
        take = np.arange(count) * 31 % len(block)
        wrong_day, negative, twice = (
            block[take].copy(),
            block[(take + 7) % len(block)].copy(),
            block[(take + 13) % len(block)],
        )
        wrong_day[:, 17:25] = np.frombuffer(f"{self._month.label[:4]}0231".encode(), np.uint8)
        negative[:, _amount_at(self._account)] = ord("-")
        for at, made in enumerate((wrong_day, negative)):
            made[:, 7:16] = padded(BAD_KEYS + np.arange(at * count, (at + 1) * count), 9)
        return [wrong_day, negative, twice], {"impossible_date": count, "negative": count, "duplicate_key": count}


def _amount_at(account: np.ndarray) -> int:
    """Where the sign of the amount stands: after number, day, time, account and D or C."""
    return 16 + 10 + 6 + account.dtype.itemsize + 2


def movements(world: World) -> Iterator[flows.Flows]:
    """All movements that are known before the months run."""
    yield accounts.term_flows(world.accounts, world.window, seed=world.seed)
    yield trades.trade_flows(world.positions, world.accounts, world.window)
    yield lending.loan_flows(world.contracts, world.schedule, world.customers, world.window, seed=world.seed)
    yield spending.opening_deposits(world.customers, world.accounts, world.window)
