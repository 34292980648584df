"""WeCom: the RMs' external contacts and their chats."""

import numpy as np

from twinbank import contacts, phrases
from twinbank.draw import happens, stream
from twinbank.layouts import table
from twinbank.names import pinyin
from twinbank.sink import Row, Sink, json_lines, spoilt
from twinbank.window import SECONDS, Month, utc
from twinbank.world import World

_NICKS = (
    "云淡风轻",
    "A建材批发",
    "宝妈日记",
    "岁月静好",
    "老李修车",
    "向阳而生",
    "川味小厨",
    "不忘初心",
    "小幸运",
    "大海",
    "木子",
    "平凡之路",
)
_WORDS = ("理财", "存款", "VIP", "贷款客户", "老客户")


def write(world: World, sink: Sink) -> None:
    """One line for each pair of RM and customer."""
    layout, register, folk = table("wecom", "contacts"), world.registers["wecom"], world.customers
    rng, seen, owner = stream(world.seed, "wecom-contacts"), register.seen, register.customer
    real, phones = seen.name.tolist(), seen.phones().tolist()
    since = utc(
        np.maximum(folk.opened[owner] + 5, world.window.start - rng.integers(0, 900, len(register))) * SECONDS + 40_000
    )
    deleted = folk.leaves[owner] & happens(rng, 0.4, len(register))
    staff, lots = world.staff.number[_rms(world)].tolist(), rng.random((len(register), 3)).tolist()
    known = np.where(seen.gender_known, np.where(seen.woman, 2, 1), 0).tolist()
    rows: list[Row] = []
    for at, (key, lot) in enumerate(zip(register.key.tolist(), lots, strict=True)):
        nick = _NICKS[int(lot[0] * 997) % len(_NICKS)] if lot[0] > 0.4 else pinyin(real[at]).title()
        name = real[at] if lot[0] < 0.35 else nick
        remark = None if lot[1] < 0.12 else real[at] if lot[1] < 0.82 else f"{real[at]} {_WORDS[at % len(_WORDS)]}"
        state = "deleted" if deleted[at] else "active"
        rows.append((key, name, remark, phones[at] or None, known[at], staff[at], int(since[at]), state))
    sink.write(f"sources/wecom/{layout.name.format(day=world.window.label)}", [json_lines(layout, rows)], len(rows))


def _rms(world: World) -> np.ndarray:
    """The RM of each contact: the customer's, for second contacts another one of the bank."""
    register = world.registers["wecom"]
    mine = world.customers.rm[register.customer]
    rms = np.flatnonzero(world.staff.rms)
    second = register.first[register.customer] != np.arange(len(register))
    return np.where(second, rms[(np.searchsorted(rms, mine) + 1) % len(rms)], mine)


def write_month(world: World, sink: Sink, month: Month) -> int:
    """Messages of one month by time."""
    register, layout = world.registers["wecom"], table("wecom", "messages")
    made = contacts.chats(world.customers, register, month, seed=world.seed)
    staff = _rms(world)[made.record]
    keys, numbers, names = (
        register.key[made.record].tolist(),
        world.staff.number[staff].tolist(),
        world.staff.name[staff].tolist(),
    )
    stamps = utc(made.at).tolist()
    goods = [p.name for p in world.shelf.products if p.kind == "wealth"]
    rows: list[Row] = []
    for at, (kind, lot) in enumerate(zip(made.kind.tolist(), made.lot.tolist(), strict=True)):
        inward = lot % 2 == 0
        texts = (phrases.CHAT_IN if inward else phrases.CHAT_OUT)[contacts.MOODS[kind]]
        text = texts[lot // 2 % len(texts)].format(product=goods[lot // 16 % len(goods)], rm=names[at])
        direction = "in" if inward else "out"
        rows.append((f"m{month.label}{at:09d}", keys[at], numbers[at], direction, stamps[at], "text", text))
    kinds: dict[str, tuple[str, object]] = {
        "unknown_party": ("external_userid", "wm00000000000000000000"),
        "duplicate_key": ("", ""),
    }
    rows, bad = spoilt(stream(world.seed, "chat-bad", month.label), layout, rows, kinds)
    sink.write(f"sources/wecom/messages_{month.label}.jsonl", [json_lines(layout, rows)], len(rows), bad=bad)
    return len(rows)
