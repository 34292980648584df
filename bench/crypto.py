"""Figures of the key room beside their goals: ``python bench/crypto.py [--small]``."""

import argparse
import platform
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from liuke.kernel.crypto import BlindKind, Cipher, KeyRing, OpaqueId, digest
from liuke.kernel.crypto.model import SubjectKey
from liuke.kernel.crypto.sign import SignatureName, new_signer

T = TypeVar("T")


def main() -> None:
    """Print one line for each promise."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", action="store_true", help="a tenth of the rows")
    rows = 100_000 if options.parse_args().small else 1_000_000
    print(f"# {_machine()}, one thread, {rows:,} rows")
    for cipher in Cipher:
        _fields(cipher, rows)
    _numbers(rows)
    _signatures()


def _fields(cipher: Cipher, rows: int) -> None:
    ring, family = KeyRing.fresh(cipher=cipher), cipher.value
    phones: list[str | None] = [f"1{number:010d}" for number in random.Random(1).sample(range(10**10), rows)]
    seconds, keys = _timed(lambda: [ring.new_subject_key(subject) for subject in range(rows)])
    _say(f"{family} new subject keys", seconds, "s", 10 * rows / 1_000_000)
    seconds, wrapped = _timed(lambda: ring.wrap_many(keys))
    _say(f"{family} wrap", seconds, "s", 10 * rows / 1_000_000)
    seconds, opened = _timed(lambda: ring.unwrap_many(wrapped, range(rows)))
    _say(f"{family} unwrap", seconds, "s", 10 * rows / 1_000_000)
    seconds, values = _timed(lambda: ring.encrypt_many(phones, keys=opened, at="party.phone"))
    _say(f"{family} encrypt, a new key each field", rows / seconds, "fields/s", 200_000)
    seconds, texts = _timed(lambda: ring.decrypt_many(values, keys=opened, at="party.phone"))
    _say(f"{family} decrypt, a new key each field", rows / seconds, "fields/s", 200_000)
    if texts != phones or not all(isinstance(key, SubjectKey) for key in opened):
        raise SystemExit("what came out is not what went in")
    seconds, _ = _timed(lambda: ring.encrypt_many(phones, keys=opened, at="party.phone2"))
    _say(f"{family} encrypt, a further field of known keys", rows / seconds, "fields/s", 200_000)
    seconds, _ = _timed(lambda: ring.blind_many(BlindKind.PHONE, phones))
    _say(f"{cipher.hash} blind index of phones", rows / seconds, "values/s", 200_000)
    data = bytes(64 << 20)
    seconds, _ = _timed(lambda: digest(data, cipher.hash))
    _say(f"{cipher.hash} digest", 64 / seconds, "MiB/s", None)


def _numbers(rows: int) -> None:
    numbers = OpaqueId(bytes(range(32)))
    seconds, many = _timed(lambda: numbers.encode_many(np.arange(rows)))
    _say("customer numbers, encode a column", rows / seconds, "numbers/s", 200_000)
    few = many[:50_000]
    seconds, _ = _timed(lambda: [numbers.decode(text) for text in few])
    _say("customer numbers, decode one by one", len(few) / seconds, "numbers/s", None)


def _signatures() -> None:
    for name in ("ed25519", "sm2"):
        _signature(name)


def _signature(name: SignatureName) -> None:
    signer, message, turns = new_signer(name), bytes(200), 2_000
    verifier = signer.verifier()
    seconds, made = _timed(lambda: [signer.sign(message) for _ in range(turns)])
    _say(f"{name} sign", turns / seconds, "signatures/s", None)
    seconds, good = _timed(lambda: [verifier.verify(message, signature) for signature in made])
    _say(f"{name} verify", turns / seconds, "signatures/s", None)
    if not all(good):
        raise SystemExit("a good signature was refused")


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def _say(what: str, figure: float, unit: str, goal: float | None) -> None:
    beside = ""
    if goal is not None:
        met = figure <= goal if unit == "s" else figure >= goal
        beside = f"goal {'≤' if unit == 's' else '≥'} {goal:,.0f} {unit}  {'met' if met else 'MISSED'}"
    print(f"{what:<45} {figure:>14,.2f} {unit:<13} {beside}")


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    names = [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()} × {len(names)}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
