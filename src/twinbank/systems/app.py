"""The mobile bank: users and events as JSON lines."""

import numpy as np

from twinbank import browsing, lines
from twinbank.digits import padded
from twinbank.draw import Ints, Texts, happens, stream
from twinbank.layouts import table
from twinbank.places import divisions
from twinbank.sink import BAD_KEYS, BAD_SHARE, Row, Sink, json_lines
from twinbank.window import SECONDS, Month, utc
from twinbank.world import World

_MODELS = (
    ("小米 15", "android"),
    ("荣耀 200", "android"),
    ("OPPO A3", "android"),
    ("vivo X100", "android"),
    ("Mate 70", "harmony"),
    ("Pura 80", "harmony"),
    ("P50", "android"),
    ("iPhone 15", "ios"),
    ("iPhone 16", "ios"),
)
_NICKS = ("阳光", "小鱼", "平安是福", "风", "开心果", "老王", "向日葵", "星辰", "静待花开", "山水")
_SHARED = 0.04


def devices(world: World) -> Texts:
    """Main device of each app record: 32 hex digits; four in a hundred use one of their family's."""
    register, folk = world.registers["app"], world.customers
    rng = stream(world.seed, "devices")
    number = rng.integers(0, 2**63, (len(register), 2), dtype=np.int64)
    out = np.array([f"{a:016x}{b:016x}" for a, b in number.tolist()])
    home = world.people.household[folk.person[register.customer]]
    first = np.full(int(world.people.household[-1]) + 1, -1)
    first[home[::-1]] = np.arange(len(home))[::-1]
    shares = happens(rng, _SHARED * 2.2, len(register))
    return np.where(shares, out[first[home]], out)


def write(world: World, sink: Sink) -> None:
    """Registered users."""
    layout = table("app", "users")
    rows = _users(world)
    sink.write(f"sources/app/{layout.name.format(day=world.window.label)}", [json_lines(layout, rows)], len(rows))


def _null(texts: Texts, known: np.ndarray) -> list[str | None]:
    return [text if k else None for text, k in zip(texts.tolist(), known.tolist(), strict=True)]


def _users(world: World) -> list[Row]:
    register, folk = world.registers["app"], world.customers
    rng, seen, owner = stream(world.seed, "app-users"), register.seen, register.customer
    size = len(register)
    ids = seen.ids()
    verified = (ids != "") | ~happens(rng, 0.2 / 0.45, size)
    city = divisions()["city"]
    away = happens(rng, 0.1, size)
    lived = np.where(away, city[rng.integers(0, len(city), size)], city[seen.homes.division])
    model = rng.integers(0, len(_MODELS), size)
    registered = (
        np.maximum(folk.opened[owner], world.window.until - rng.integers(20, 2500, size)) * SECONDS + 43_200
    ) * 1000
    active = np.minimum(world.window.until - rng.integers(0, 40, size), np.maximum(folk.leave[owner] - 1, 0)) * SECONDS
    gone = folk.leaves[owner] & happens(rng, 0.6, size)
    nick = [f"{_NICKS[k % 10]}{k % 97}" for k in rng.integers(0, 970, size).tolist()]
    return list(
        zip(
            register.key.tolist(), seen.phones().tolist(), nick, _null(seen.name, verified),
            _null(ids, verified & (ids != "")),
            _null(np.where(seen.woman, "F", "M"), seen.gender_known), _null(lived, ~happens(rng, 0.15, size)),
            devices(world).tolist(),
            [_MODELS[m][0] for m in model.tolist()], [_MODELS[m][1] for m in model.tolist()], registered.tolist(),
            (utc(active + rng.integers(25_000, 80_000, size)) * 1000).tolist(),
            np.where(gone, "cancelled", "active").tolist(),
            strict=True,
        )
    )  # fmt: skip


class Writer:
    """Writes the events of a month; what never changes is prepared once."""

    def __init__(self, world: World) -> None:
        register = world.registers["app"]
        pairs = zip(register.key.tolist(), devices(world).tolist(), strict=True)
        self._world = world
        self._who = np.array(
            [f',"user_id":"{user}","device_id":"{device}","session_id":"s'.encode() for user, device in pairs]
        )
        self._what = np.array(
            [
                f'","event":"{name}","page":"{page}","product_no":'.encode()
                for name in browsing.EVENTS
                for page in browsing.PAGES
            ]
        )
        self._product = np.array(
            [*(f'"{p.number}","seconds":'.encode() for p in world.shelf.products), b'null,"seconds":']
        )
        self._seconds = np.array([b"%d}\n" % n for n in range(3601)])
        self._owls = browsing.night_owls(world.customers, seed=world.seed)

    def month(self, sink: Sink, month: Month) -> int:
        """Write one month; returns the number of events."""
        world = self._world
        events = browsing.month(
            world.customers, world.registers["app"], world.shelf, month, owls=self._owls, seed=world.seed
        )
        size = len(events.user)
        block = self._block(events, month, np.arange(size))
        count = max(1, round(size * BAD_SHARE / 2)) if size else 0
        bad = block[:count].copy()
        bad[:, 20:29] = padded(BAD_KEYS + np.arange(count), 9)
        bad[:, 36:49] = 0
        bad[:, 48] = ord("0")
        chunks = [lines.joined(block), lines.joined(bad), lines.joined(block[count : 2 * count])]
        total = size + count + len(block[count : 2 * count])
        kinds = {"impossible_date": count, "duplicate_key": total - size - count} if count else {}
        sink.write(f"sources/app/events_{month.label}.jsonl", chunks, total, bad=kinds)
        return total

    def _block(self, events: browsing.Events, month: Month, number: Ints) -> np.ndarray:
        label = month.label.encode()
        return lines.matrix(
            [
                *lines.numbered(b'{"event_id":"e' + label, 0, len(number)), b'","ts":',
                padded(utc(events.at) * 1000 + number % 1000, 13),
                self._who[events.user], label, padded(events.session, 9),
                self._what[events.name * len(browsing.PAGES) + events.page], self._product[events.product],
                self._seconds[np.minimum(events.seconds, 3600)],
            ],
            len(number),
        )  # fmt: skip
