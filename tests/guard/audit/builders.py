"""Small logs, and everything somebody could do to them."""

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.guard.audit.forger import rewrite

from liuke.guard.audit.seal.log import Log, Means, open_log
from liuke.guard.audit.seal.model import Draft, HashName
from liuke.guard.audit.witness import FolderWitness
from liuke.kernel.clock import FixedClock
from liuke.kernel.crypto import Signer
from liuke.kernel.crypto.sign import new_signer

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def a_draft(number: int = 0, *, personal: bool = False, kind: str = "source.loaded") -> Draft:
    """An entry about nobody, or about a customer."""
    facts = {"actor": "u1", "at": NOON, "id": None, "kind": kind, "request": f"r{number}", "via": "session"}
    if personal:
        return Draft(facts, b"1 about customer %d" % (100 + number))
    return Draft(facts | {"payload": {"rows": number}})


@dataclass
class Place:
    """A log and what belongs to it."""

    path: Path
    witness: Path
    signer: Signer
    clock: FixedClock
    hash_name: HashName = "sm3"

    @property
    def witnesses(self) -> list[FolderWitness]:
        return [FolderWitness(self.witness)]

    def means(self, **other: object) -> Means:
        given = {"hash_name": self.hash_name, "signer": self.signer, "clock": self.clock}
        return Means(**{**given, "witnesses": self.witnesses, **other})  # type: ignore[arg-type]

    def open(self, **other: object) -> AbstractContextManager[Log]:
        return open_log(self.path, self.means(**other))


def a_place(folder: Path, *, hash_name: HashName = "sm3", algorithm: str = "ed25519") -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    signer = new_signer(algorithm)  # type: ignore[arg-type]
    return Place(folder / "audit", folder / "witness", signer, FixedClock(NOON), hash_name)


def fill(place: Place, entries: int, *, batch: int = 7) -> None:
    """Entries in batches, each signed; every third is about a customer."""
    with place.open() as log:
        start = log.size
        for first in range(start, start + entries, batch):
            end = min(first + batch, start + entries)
            log.append([a_draft(n, personal=n % 3 == 0) for n in range(first, end)])
            log.checkpoint()


def three_days(folder: Path, *, entries: int = 40, hash_name: HashName = "sm3", algorithm: str = "ed25519") -> Place:
    """Three segments, two of them sealed, with an erasure at the end; the state after day two lies in ``earlier``."""
    place = a_place(folder, hash_name=hash_name, algorithm=algorithm)
    for day in range(3):
        fill(place, entries)
        if day == 1:
            shutil.copytree(place.path, folder / "earlier")
        place.clock.advance(timedelta(days=1))
    with place.open() as log:
        log.erase([3, 6, entries + 5], reason="test")
    return place


Mutation = Callable[[Path, random.Random], str]


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1]


def write_lines(path: Path, lines: Sequence[bytes]) -> None:
    path.chmod(0o600)
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _any(folder: Path, draw: random.Random, suffix: str, *, least: int = 1) -> Path:
    found = [path for path in sorted((folder / "segments").glob(f"*.{suffix}")) if path.stat().st_size]
    return draw.choice([path for path in found if suffix == "offsets" or len(lines_of(path)) >= least])


def _file(folder: Path, draw: random.Random) -> Path:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    path = draw.choice(found)
    path.chmod(0o600)
    return path


def flip(folder: Path, draw: random.Random) -> str:
    path = _file(folder, draw)
    data = bytearray(path.read_bytes())
    at = draw.randrange(len(data))
    data[at] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    return f"bit of byte {at} of {path.name} flipped"


def overwrite(folder: Path, draw: random.Random) -> str:
    path = _file(folder, draw)
    data = bytearray(path.read_bytes())
    at = draw.randrange(len(data))
    old, length = bytes(data), draw.randrange(1, 40)
    while bytes(data) == old:
        data[at : at + length] = draw.randbytes(len(data[at : at + length]))
    path.write_bytes(data)
    return f"{length} bytes of {path.name} overwritten at {at}"


def truncate(folder: Path, draw: random.Random) -> str:
    path = _file(folder, draw)
    data = path.read_bytes()
    path.write_bytes(data[: draw.randrange(len(data))])
    return f"{path.name} truncated"


def remove_file(folder: Path, draw: random.Random) -> str:
    path = draw.choice([path for path in sorted(folder.rglob("*")) if path.is_file()])
    path.unlink()
    return f"{path.name} removed"


def delete_line(folder: Path, draw: random.Random) -> str:
    path = _any(folder, draw, draw.choice(["log", "beside", "checkpoints"]))
    lines = lines_of(path)
    at = draw.randrange(len(lines))
    write_lines(path, lines[:at] + lines[at + 1 :])
    return f"line {at} of {path.name} deleted"


def insert_line(folder: Path, draw: random.Random) -> str:
    path = _any(folder, draw, draw.choice(["log", "beside", "checkpoints"]))
    lines = lines_of(path)
    at = draw.randrange(len(lines) + 1)
    write_lines(path, [*lines[:at], draw.choice(lines), *lines[at:]])
    return f"a line of {path.name} repeated at {at}"


def swap_lines(folder: Path, draw: random.Random) -> str:
    path = _any(folder, draw, draw.choice(["log", "beside", "checkpoints"]), least=2)
    lines = lines_of(path)
    one, other = draw.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    write_lines(path, lines)
    return f"lines {one} and {other} of {path.name} exchanged"


def swap_segments(folder: Path, draw: random.Random) -> str:
    one, other = draw.sample(sorted((folder / "segments").glob("*.log")), 2)
    first, second = one.read_bytes(), other.read_bytes()
    for path, data in ((one, second), (other, first)):
        path.chmod(0o600)
        path.write_bytes(data)
    return f"{one.name} and {other.name} exchanged"


def blank(folder: Path, draw: random.Random) -> str:
    """Remove what lies beside an entry as an erasure would, without the entry that orders it."""
    path = _any(folder, draw, "beside")
    lines = lines_of(path)
    at = draw.choice([at for at, line in enumerate(lines) if b"-" not in line])
    n, _, text = lines[at].partition(b" ")
    lines[at] = n + b" " + b"-" * len(text)
    write_lines(path, lines)
    return f"what lies beside entry {n.decode()} removed"


def stray(folder: Path, draw: random.Random) -> str:
    (folder / draw.choice([".", "keys", "segments", "tree"]) / f"stray{draw.randrange(99)}").write_bytes(b"x")
    return "a file added"


def forge(folder: Path, draw: random.Random) -> str:
    """Edit an entry and make everything that needs no key fit again: chain, offsets, tree."""
    rewrite(folder, draw.randrange(10**9), signer=None)
    return "an entry edited, everything but the signatures made to fit"


def replace_key(folder: Path, draw: random.Random) -> str:
    """Edit an entry and sign everything again with a key of one's own."""
    signer = new_signer(draw.choice(["ed25519", "sm2"]))
    rewrite(folder, draw.randrange(10**9), signer=signer)
    return "an entry edited, everything signed again with another key"


def roll_back(folder: Path, draw: random.Random) -> str:
    """Put the whole log back to where it was."""
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "earlier", folder)
    return "the whole log rolled back"


MUTATIONS: tuple[Mutation, ...] = (
    flip,
    overwrite,
    truncate,
    remove_file,
    delete_line,
    insert_line,
    swap_lines,
    swap_segments,
    blank,
    stray,
    forge,
    replace_key,
    roll_back,
)
