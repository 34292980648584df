"""What the key room costs: subject keys, field encryption, search values, customer numbers, signatures.

All of it is computing in one thread, so the time is the processor time of that thread: a busy machine does not blur it.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

from bench.figure import Figure, show
from liuke.kernel.crypto import BlindKind, Cipher, KeyRing, OpaqueId, digest
from liuke.kernel.crypto.sign import SignatureName, new_signer

#: Subjects at full scale, and the time one pass over their keys may take.
SUBJECTS = 1_000_000
KEY_SECONDS = 10.0
FIELDS_PER_SECOND = 200_000.0
AT = "party.phone"

T = TypeVar("T")


def figures(scale: float) -> Iterator[Figure]:
    """Every figure of both ciphers; goals of time shrink with the scale."""
    rows = max(1_000, int(SUBJECTS * scale))
    for cipher in Cipher:
        yield from _fields(cipher, rows)
        yield from _search(cipher, rows)
    yield from _numbers(rows)
    names: tuple[SignatureName, ...] = ("ed25519", "sm2")
    for name in names:
        yield from _signatures(name)


def _fields(cipher: Cipher, rows: int) -> Iterator[Figure]:
    ring, family, goal = KeyRing.fresh(cipher=cipher), cipher.value, KEY_SECONDS * rows / SUBJECTS
    phones = _phones(rows)
    seconds, keys = _timed(lambda: [ring.new_subject_key(subject) for subject in range(rows)])
    yield Figure(f"{family}: make {rows:,} subject keys", seconds, "s", goal)
    seconds, wrapped = _timed(lambda: ring.wrap_many(keys))
    yield Figure(f"{family}: wrap {rows:,} subject keys", seconds, "s", goal)
    seconds, opened = _timed(lambda: ring.unwrap_many(wrapped, range(rows)))
    yield Figure(f"{family}: unwrap {rows:,} subject keys", seconds, "s", goal)
    seconds, values = _timed(lambda: ring.encrypt_many(phones, keys=opened, at=AT))
    yield Figure(f"{family}: encrypt fields, each under another key", rows / seconds, "/s", FIELDS_PER_SECOND, True)
    seconds, texts = _timed(lambda: ring.decrypt_many(values, keys=opened, at=AT))
    yield Figure(f"{family}: decrypt fields, each under another key", rows / seconds, "/s")
    if texts != phones:
        raise SystemExit("what came out is not what went in")


def _search(cipher: Cipher, rows: int) -> Iterator[Figure]:
    ring, phones, data = KeyRing.fresh(cipher=cipher), _phones(rows), bytes(32 << 20)
    seconds, _ = _timed(lambda: ring.blind_many(BlindKind.PHONE, phones))
    yield Figure(f"{cipher.hash}: search values of phones", rows / seconds, "/s")
    seconds, _ = _timed(lambda: digest(data, cipher.hash))
    yield Figure(f"{cipher.hash}: digest", 32 / seconds, "MiB/s")


def _numbers(rows: int) -> Iterator[Figure]:
    numbers = OpaqueId(bytes(range(32)))
    seconds, many = _timed(lambda: numbers.encode_many(np.arange(rows)))
    yield Figure("customer numbers: encode a column", rows / seconds, "/s")
    few = many[:50_000]
    seconds, _ = _timed(lambda: [numbers.decode(text) for text in few])
    yield Figure("customer numbers: decode one by one", len(few) / seconds, "/s")


def _signatures(name: SignatureName) -> Iterator[Figure]:
    signer, message, turns = new_signer(name), bytes(200), 2_000
    verifier = signer.verifier()
    seconds, made = _timed(lambda: [signer.sign(message) for _ in range(turns)])
    yield Figure(f"{name}: sign", turns / seconds, "/s")
    seconds, good = _timed(lambda: [verifier.verify(message, signature) for signature in made])
    yield Figure(f"{name}: verify", turns / seconds, "/s")
    if not all(good):
        raise SystemExit("a good signature was refused")


def _phones(rows: int) -> list[str | None]:
    draw = random.Random(1)
    return [f"1{draw.randrange(10**10):010d}" for _ in range(rows)]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.thread_time()
    made = work()
    return time.thread_time() - start, made


if __name__ == "__main__":
    show("crypto", figures(1.0))
