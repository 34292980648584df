"""The call centre: contacts and tickets."""

import numpy as np

from twinbank import contacts, phrases
from twinbank.draw import happens, stream
from twinbank.layouts import table
from twinbank.places import divisions
from twinbank.sink import Row, Sink, commas, spoilt
from twinbank.window import SECONDS, Month, times
from twinbank.world import World

_BOM = b"\xef\xbb\xbf"


def write(world: World, sink: Sink) -> None:
    """Everybody who ever called."""
    layout, register, folk = table("callcentre", "contact"), world.registers["callcentre"], world.customers
    rng, seen = stream(world.seed, "callers"), register.seen
    size = len(register)
    lot = rng.random(size)
    polite = np.char.add(np.array([name[:1] for name in seen.name.tolist()]), np.where(seen.woman, "女士", "先生"))
    name = np.where(lot < 0.03, "", np.where(lot < 0.11, polite, seen.name))
    since = np.maximum(folk.opened[register.customer], world.window.start - rng.integers(0, 1200, size)) * SECONDS
    columns = (
        register.key, name, np.where(seen.gender_known, np.where(seen.woman, "女", "男"), ""), seen.phones(),
        seen.ids(),
        np.where(seen.address_known, np.array(seen.homes.whole().to_pylist()), ""),
        np.where(happens(rng, 0.2, size), "", divisions()["city"][seen.homes.division]),
        times(since + rng.integers(30_000, 70_000, size)),
    )  # fmt: skip
    rows: list[Row] = list(zip(*(column.tolist() for column in columns), strict=True))
    body = commas(layout, rows, delimiter=";", quote_all=True)
    sink.write(f"sources/callcentre/{layout.name.format(day=world.window.label)}", [_BOM, body], size)


def write_month(world: World, sink: Sink, month: Month) -> int:
    """Tickets of one month; complaints late in the window may still be open."""
    register, layout = world.registers["callcentre"], table("callcentre", "ticket")
    tellers = np.flatnonzero(world.staff.position == "teller")
    made = contacts.calls(world.customers, register, tellers, month, seed=world.seed)
    keys, agents = register.key[made.record].tolist(), world.staff.number[made.staff].tolist()
    topics = list(phrases.TOPICS)
    rows: list[Row] = []
    closes = made.at + np.where(made.kind == 1, made.lot % 12 * SECONDS + 7200, made.lot % 5400 + 300)
    end = (world.window.until + 1) * SECONDS
    opened, closed = times(made.at).tolist(), times(np.where(closes < end, closes, 0)).tolist()
    for number, (kind, lot) in enumerate(zip(made.kind.tolist(), made.lot.tolist(), strict=True)):
        word = contacts.CALL_KINDS[kind]
        topic = topics[lot % len(topics)]
        detail = phrases.TOPICS[topic][lot // 7 % 3]
        texts = phrases.CALLS[word]
        text = texts[lot // 21 % len(texts)].format(topic=detail, days=lot % 9 + 2, word=phrases.WORDS[lot % 5])
        mark = "" if not closed[number] or lot % 3 == 0 else str(1 + lot % 2 if kind == 1 else 3 + lot % 3)
        state = "已办结" if closed[number] else "处理中"
        key = f"Q{month.label}{number:09d}"
        rows.append((key, keys[number], word, topic, opened[number], closed[number], state, agents[number], mark, text))
    kinds: dict[str, tuple[str, object]] = {
        "impossible_date": ("opened_at", "2026-13-01 09:00:00"),
        "duplicate_key": ("", ""),
    }
    rows, bad = spoilt(stream(world.seed, "ticket-bad", month.label), layout, rows, kinds)
    body = commas(layout, rows, delimiter=";", quote_all=True)
    sink.write(f"sources/callcentre/ticket_{month.label}.csv", [_BOM, body], len(rows), bad=bad)
    return len(rows)
