"""Signed checkpoints: one line each, ``<canonical JSON> <signature, hexadecimal>``, chained by their hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from liuke.guard.audit.seal.entry import canonical
from liuke.guard.audit.seal.model import SIGNED_PREFIX, Checkpoint, HashName
from liuke.kernel.crypto import Signer

#: The hash before the first checkpoint.
NONE_BEFORE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Held:
    """What a checkpoint states of the log."""

    size: int
    root: bytes
    last: bytes
    log_id: str
    hash: HashName
    segment: str


def signed(
    held: Held, *, at: datetime, previous: str, signer: Signer, sealed: bool = False, next_key: str = ""
) -> Checkpoint:
    """A new checkpoint. ``next_key`` names the key that takes over after it."""
    facts: dict[str, object] = {
        "at": at,
        "hash": held.hash,
        "key": signer.key_id,
        "last": held.last.hex(),
        "log": held.log_id,
        "next_key": next_key,
        "previous": previous,
        "root": held.root.hex(),
        "sealed": sealed,
        "segment": held.segment,
        "size": held.size,
    }
    text = canonical(facts)
    return parsed(text + b" " + signer.sign(SIGNED_PREFIX + text).hex().encode())


def parsed(line: bytes) -> Checkpoint:
    """The checkpoint in a line (without its line end). Raises ValueError when it is none or not in canonical form."""
    try:
        text, signature = line.rsplit(b" ", 1)
        facts = orjson.loads(text)
        if bytes.fromhex(signature.decode("ascii")).hex().encode() != signature or canonical(facts) != text:
            raise ValueError("not canonical")
        return Checkpoint(
            size=int(facts["size"]),
            at=datetime.fromisoformat(facts["at"]),
            root=str(facts["root"]),
            last=str(facts["last"]),
            log_id=str(facts["log"]),
            hash="sha256" if facts["hash"] == "sha256" else "sm3",
            key_id=str(facts["key"]),
            previous=str(facts["previous"]),
            segment=str(facts["segment"]),
            sealed=bool(facts["sealed"]),
            next_key=str(facts["next_key"]),
            line=line,
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("not a checkpoint") from fault
