"""The wealth system: Parquet files of investors, products, prices, positions and orders."""

import numpy as np

from twinbank.arrow import Column, Table, pa, pq
from twinbank.draw import Ints, happens, stream
from twinbank.layouts import table
from twinbank.shelf import KINDS
from twinbank.sink import BAD_SHARE, Sink
from twinbank.trades import settle
from twinbank.window import SECONDS, Month
from twinbank.world import World

_FIRST_POSITION = 7_000_000_001
_STAMP = pa.timestamp("s")


def write(world: World, sink: Sink) -> None:
    """Snapshots: investors, products, prices, positions."""
    _put(world, sink, "investor", _investors(world), {})
    _put(world, sink, "product", _products(world), {})
    _put(world, sink, "nav", _prices(world), {})
    good = _positions(world)
    count = max(1, round(good.num_rows * BAD_SHARE / 2)) if good.num_rows else 0
    wrong = good.slice(0, count)
    wrong = wrong.set_column(0, "position_id", pa.array(np.arange(count) + 7_999_000_000))
    wrong = wrong.set_column(2, "product_code", pa.array(["ZZ9999"] * count))
    bad = {"unknown_product": count, "duplicate_key": count} if count else {}
    _put(world, sink, "position", pa.concat_tables([good, wrong, good.slice(count, count)]), bad)


def _put(world: World, sink: Sink, stem: str, rows: Table, bad: dict[str, int]) -> None:
    layout = table("wealth", stem)
    assert rows.column_names == layout.names  # noqa: S101
    name = f"sources/wealth/{layout.name.format(day=world.window.label)}"
    pq.write_table(rows, sink.path(name), compression="zstd")
    sink.note(name, rows.num_rows, bad=bad)


def money(fen: Ints) -> Column:
    """Fen as DECIMAL(18,2) yuan, without going through floating point."""
    return _decimal(fen, 18, 2)


def _decimal(whole: Ints, precision: int, scale: int) -> Column:
    """Integers in units of the last decimal place as a decimal column (two little-endian words a value)."""
    words = np.empty((len(whole), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = whole, np.where(whole < 0, -1, 0)
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(whole), [None, pa.py_buffer(words.tobytes())])


def _days(day: Ints) -> Column:
    return pa.array(np.asarray(day).astype("datetime64[D]"), mask=np.asarray(day) <= 0)


def _text(column: np.ndarray, known: np.ndarray | None = None) -> Column:
    return pa.array(column.astype(object), pa.string(), mask=None if known is None else ~known)


def investor_ids(world: World) -> Ints:
    """Investor numbers of the records."""
    return world.registers["wealth"].key.astype(np.int64)


def _investors(world: World) -> Table:
    register, folk = world.registers["wealth"], world.customers
    rng, seen, owner = stream(world.seed, "investors"), register.seen, register.customer
    size = len(register)
    person = folk.person[owner]
    assessed = np.maximum(folk.opened[owner] + 4, world.window.until - rng.integers(1, 420, size))
    mail = np.array(
        [
            f"{p}@{h}"
            for p, h in zip(
                world.people.phone[person].tolist(), rng.choice(["qq.com", "163.com"], size).tolist(), strict=True
            )
        ]
    )
    ids, phones = seen.ids(), seen.phones()
    return pa.table(
        {
            "investor_id": investor_ids(world),
            "full_name": _text(seen.name),
            "cert_kind": _text(np.where(world.people.passport[person], "PASSPORT", "ID")),
            "cert_no": _text(ids, ids != ""),
            "birthday": pa.array(seen.birth),
            "sex": _text(np.where(seen.woman, "female", "male"), seen.gender_known),
            "mobile": _text(phones, phones != ""),
            "address": _text(np.array(seen.homes.whole().to_pylist()), seen.address_known),
            "email": _text(mail, happens(rng, 0.3, size)),
            "risk_level": _text(np.char.add("C", folk.tolerance[owner].astype("U1"))),
            "risk_date": _days(assessed),
            "risk_expiry": _days(assessed + 365),
            "settle_account": _text(world.accounts.number[settle(register, world.accounts)]),
            "home_branch": _text(world.branches.number[folk.branch[owner]]),
            "opened_at": pa.array((folk.opened[owner] + 4) * SECONDS + rng.integers(32_400, 61_200, size), _STAMP),
        }
    )


def _products(world: World) -> Table:
    goods = [p for p in world.shelf.products if p.kind in KINDS[1:]]
    rates = {
        name: np.round(np.array([getattr(p, name) for p in goods]) * 10_000).astype(np.int64)
        for name in ("low", "high")
    }
    return pa.table(
        {
            "product_code": [p.number for p in goods],
            "product_name": [p.name for p in goods],
            "kind": [p.kind for p in goods],
            "risk": [p.risk for p in goods],
            "term_days": pa.array([p.term or None for p in goods], pa.int32()),
            "bench_low": _decimal(rates["low"], 8, 4),
            "bench_high": _decimal(rates["high"], 8, 4),
            "min_amount": money(np.array([p.minimum for p in goods])),
            **{
                column: _days(np.array([getattr(p, name) for p in goods]))
                for column, name in (
                    ("raise_from", "sale_from"),
                    ("raise_to", "sale_to"),
                    ("value_date", "starts"),
                    ("mature_date", "ends"),
                )
            },
            "state": [p.status(world.window.until) for p in goods],
            "issuer": [p.issuer for p in goods],
        }
    )


def _prices(world: World) -> Table:
    shelf = world.shelf
    rows = np.array([at for at, p in enumerate(shelf.products) if p.kind in KINDS[1:]])
    days = shelf.first + np.arange(shelf.nav.shape[1])
    low = np.maximum(np.maximum(shelf.column("starts")[rows], shelf.column("sale_from")[rows]), world.window.start)
    high = np.where(shelf.column("ends")[rows] > 0, shelf.column("ends")[rows], 10**6)
    alive = (days >= low[:, None]) & (days <= high[:, None])
    product, day = np.nonzero(alive)
    price = np.round(shelf.nav[rows][product, day] * 10_000).astype(np.int64)
    return pa.table(
        {
            "product_code": _text(shelf.numbers[rows[product]]),
            "nav_date": _days(days[day]),
            "nav": _decimal(price, 12, 4),
        }
    )


def _records_of(world: World) -> Ints:
    """Record (row of the wealth register) that holds each position: the first one of its owner."""
    return world.registers["wealth"].first[world.positions.customer]


def _positions(world: World) -> Table:
    held = world.positions
    open_ = held.ended == 0
    return pa.table(
        {
            "position_id": _FIRST_POSITION + np.arange(len(held)),
            "investor_id": investor_ids(world)[_records_of(world)],
            "product_code": _text(world.shelf.numbers[held.product]),
            "units": _decimal(np.where(open_, np.round(held.units * 10_000), 0).astype(np.int64), 18, 4),
            "cost": money(held.amount),
            "market_value": money(held.value),
            "started_on": _days(held.started),
            "matures_on": _days(held.matures),
            "state": _text(np.where(open_, "held", "ended")),
        }
    )


def write_month(world: World, sink: Sink, month: Month) -> int:
    """Orders of one month by time."""
    held, shelf = world.positions, world.shelf
    buys = np.flatnonzero((held.started >= month.first) & (held.started <= month.last))
    sells = np.flatnonzero((held.ended >= month.first) & (held.ended <= month.last))
    row = np.concatenate([buys, sells])
    sold = np.arange(len(row)) >= len(buys)
    at = np.where(sold, held.ended[row] * SECONDS + 36_000, held.at[row])
    order = np.argsort(at, kind="stable")
    row, sold, at = row[order], sold[order], at[order]
    due = sold & (held.ended[row] == held.matures[row])
    channel = np.where(due, "auto", np.where(held.by_app[row], "app", "counter"))
    rows = pa.table(
        {
            "order_no": [f"W{month.label}{n:09d}" for n in range(len(row))],
            "investor_id": investor_ids(world)[_records_of(world)[row]],
            "product_code": _text(shelf.numbers[held.product[row]]),
            "position_id": _FIRST_POSITION + row,
            "side": _text(np.where(sold, "RED", "SUB")),
            "amount": money(np.where(sold, held.proceeds[row], held.amount[row])),
            "units": _decimal(np.round(held.units[row] * 10_000).astype(np.int64), 18, 4),
            "price": _decimal(np.round(shelf.price(held.product[row], at // SECONDS) * 10_000).astype(np.int64), 12, 4),
            "ordered_at": pa.array(at, _STAMP),
            "confirmed_on": _days(at // SECONDS + 1),
            "channel": _text(channel),
            "state": _text(np.full(len(row), "DONE")),
        }
    )
    name = f"sources/wealth/order_{month.label}.parquet"
    pq.write_table(rows, sink.path(name), compression="zstd")
    sink.note(name, rows.num_rows)
    return len(row)
