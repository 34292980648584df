"""The credit card system: fixed width in GBK bytes."""

import numpy as np

from twinbank import cards, lines
from twinbank.digits import padded
from twinbank.draw import Rng, happens, stream
from twinbank.layouts import table
from twinbank.names import pinyin
from twinbank.sink import BAD_KEYS, BAD_SHARE, Row, Sink, fixed, spoilt
from twinbank.systems.core import compact_dates
from twinbank.window import SECONDS, Month, compact
from twinbank.world import World

_CLOCK = lines.clock()
_MAIL = ("163.com", "qq.com", "126.com", "sina.com", "139.com")


def write(world: World, sink: Sink, owed: np.ndarray) -> None:
    """Cardholders and card accounts; `owed`: (cards,) fen on the last data date."""
    rng = stream(world.seed, "card-bad")
    _put(sink, world, rng, "CARDHOLDER", _holders(world), {})
    kinds: dict[str, tuple[str, object]] = {
        "negative": ("limit", -100_000), "unknown_product": ("product_no", "ZZ9999"), "duplicate_key": ("", ""),
    }  # fmt: skip
    _put(sink, world, rng, "CARDACCT", _accounts(world, owed), kinds)


def _put(sink: Sink, world: World, rng: Rng, stem: str, rows: list[Row], kinds: dict[str, tuple[str, object]]) -> None:
    layout = table("card", stem)
    rows, bad = spoilt(rng, layout, rows, kinds) if kinds else (rows, {})
    sink.write(f"sources/card/{layout.name.format(day=world.window.label)}", [fixed(layout, rows)], len(rows), bad=bad)


def _holders(world: World) -> list[Row]:
    register, folk = world.registers["card"], world.customers
    rng, seen, owner = stream(world.seed, "card-holders"), register.seen, register.customer
    size = len(register)
    person = folk.person[owner]
    clean = world.names[person].tolist()
    gone = folk.leaves[owner] & (_last_card(world) > 0)
    mail = [
        f"{pinyin(n).replace(' ', '').lower()}{k}@{_MAIL[k % 5]}"
        for n, k in zip(clean, rng.integers(1, 9999, size).tolist(), strict=True)
    ]
    columns = (
        register.key, seen.name, np.array([pinyin(n) for n in clean]),
        np.where(world.people.passport[person], "02", "01"), seen.ids(),
        compact_dates(seen.birth), np.where(seen.woman, "F", "M"), seen.phones(),
        np.array(seen.homes.whole().to_pylist()),
        np.where(happens(rng, 0.2, size), "", world.companies.employer_name[owner]),
        np.where(happens(rng, 0.6, size), "", np.array(mail)), compact(_first_card(world)),
        world.branches.number[folk.branch[owner]],
        np.where(gone, "C", "A"),
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _first_card(world: World) -> np.ndarray:
    out = np.full(len(world.registers["card"]), 10**6)
    np.minimum.at(out, world.cards.record, world.cards.opened)
    return out


def _last_card(world: World) -> np.ndarray:
    out = np.full(len(world.registers["card"]), 10**6)
    np.minimum.at(out, world.cards.record, world.cards.closed)
    return out


def _accounts(world: World, owed: np.ndarray) -> list[Row]:
    deck, folk = world.cards, world.customers
    year = deck.opened.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    expiry = _expiry(year, world.window.until)
    autopay = np.where(deck.autopay >= 0, world.accounts.number[deck.autopay], "")
    frozen = happens(stream(world.seed, "card-frozen"), 0.004, len(deck))
    columns = (
        deck.number, world.registers["card"].key[deck.record], world.shelf.numbers[deck.product], deck.limit,
        np.where(deck.closed > 0, 0, owed), np.full(len(deck), "156"), compact(deck.opened), expiry,
        np.where(deck.closed > 0, "C", np.where(frozen, "F", "A")), autopay, deck.bill_day,
        world.branches.number[folk.branch[deck.customer]], compact(deck.closed),
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _expiry(opened_month: np.ndarray, until: int) -> np.ndarray:
    """yymm: five years after the last issue that is still valid."""
    now = int(np.datetime64(until, "D").astype("datetime64[M]").astype(int))
    month = opened_month + 60
    month += np.maximum(-((month - now) // 60), 0) * 60
    text = month.astype("datetime64[M]").astype("U7")
    return np.array([t[2:4] + t[5:7] for t in text.tolist()])


def write_month(world: World, sink: Sink, month: Month, buys: cards.Purchases, bills: cards.Bills) -> int:
    """CARDTRAN and CARDBILL of one month; returns the number of transactions."""
    layout = table("card", "CARDBILL")
    deck = world.cards
    columns = (
        deck.number[bills.card], compact(bills.day), compact(bills.due), bills.amount, bills.minimum, bills.paid,
        compact(bills.paid_on),
        bills.overdue,
    )  # fmt: skip
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    sink.write(f"sources/card/CARDBILL_{month.label}.txt", [fixed(layout, rows)], len(rows))
    block = _transactions(world, month, buys)
    count = max(1, round(len(block) * BAD_SHARE)) if len(block) else 0
    bad = block[np.arange(count) * 17 % max(len(block), 1)].copy()
    bad[:, 7:16] = padded(BAD_KEYS + np.arange(count), 9)
    bad[:, 32:40] = np.frombuffer(f"{month.label[:4]}0230".encode(), np.uint8)
    total = len(block) + count
    chunks = [lines.blanks(block), lines.blanks(bad), b"TRL%010d\n" % total]
    sink.write(
        f"sources/card/CARDTRAN_{month.label}.txt", chunks, total, bad={"impossible_date": count} if count else {}
    )
    return total


def _transactions(world: World, month: Month, buys: cards.Purchases) -> np.ndarray:
    day, second = np.divmod(buys.at, SECONDS)
    repay = buys.kind == 3
    shop = np.append(world.others.merchant, "信用卡还款".encode("gbk"))[buys.merchant]
    mcc = np.append(world.others.mcc, b"0000")[buys.merchant]
    kind = np.array([f"{k:02d}".encode() for k in range(10)])
    return lines.matrix(
        [
            *lines.numbered(b"K" + month.label.encode(), 0, len(buys.card)),
            world.cards.number[buys.card].astype("S16"),
            lines.days(month.first, month.last)[day - month.first], _CLOCK[second], kind[buys.kind],
            np.where(repay, b"-", b"+"),
            padded(buys.amount, 12), b"156", shop.astype("S40"), mcc.astype("S4"), kind[buys.channel], b"\n",
        ],
        len(buys.card),
    )  # fmt: skip
