"""Another host as a witness: every checkpoint is sent there over HTTP, and asked back when the log is verified."""

import ssl
from collections.abc import Iterator, Set
from typing import Final

import httpx
import orjson

from liuke.guard.audit.seal.checkpoint import parsed
from liuke.guard.audit.seal.folder import Folder, Segment
from liuke.guard.audit.seal.model import Checkpoint

#: A witness that does not answer within so many seconds is away.
PATIENCE_SECONDS: Final = 3.0
#: At most so much is sent at once.
PIECE_BYTES: Final = 1 << 20


class RemoteWitness:
    """What runs ``liuke audit witness`` on another host; see ``receiver`` for what it accepts."""

    def __init__(self, url: str, token: str) -> None:
        self.name: Final = url
        self._known: tuple[str, Set[str]] | None = None
        self._kept: dict[str, int] = {}
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._trust = ssl.create_default_context()

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint it keeps."""
        sizes = self._sizes(log_id)
        for name in sorted(sizes, reverse=True):
            lines = self._get(f"/logs/{log_id}/{name}?last=1").content.split(b"\n")[:-1]
            if lines:
                return _read(lines[-1])
        return None

    def all(self, log_id: str) -> Iterator[Checkpoint]:
        """Every checkpoint it keeps, oldest first."""
        for name in sorted(self._sizes(log_id)):
            for line in self._get(f"/logs/{log_id}/{name}").content.split(b"\n")[:-1]:
                yield _read(line)

    def logs(self) -> list[str]:
        """The numbers of the logs it has seen."""
        return [str(one) for one in orjson.loads(self._get("/logs").content)]

    def show(self, folder: Folder) -> None:
        """Send what it lacks. Raises OSError."""
        try:
            self._begin(folder)
            for segment in folder.segments():
                if segment.name >= max(self._kept, default=""):
                    self._extend(folder.header.log_id, segment)
        except OSError:
            self._known = None
            raise

    def _begin(self, folder: Folder) -> None:
        """Introduce the log and its keys, and ask what is kept: once, and again after anything went wrong."""
        keys = folder.public_keys()
        if self._known == (folder.header.log_id, keys.keys()):
            return
        header = folder.header.text().decode()
        self._send("PUT", f"/logs/{folder.header.log_id}", orjson.dumps({"header": header, "keys": keys}))
        self._kept, self._known = self._sizes(folder.header.log_id), (folder.header.log_id, keys.keys())

    def _extend(self, log_id: str, segment: Segment) -> None:
        with segment.file("checkpoints").open("rb") as file:
            file.seek(self._kept.get(segment.name, 0))
            while piece := file.read(PIECE_BYTES):
                whole = piece[: piece.rfind(b"\n") + 1]
                if not whole:
                    return
                size = self._kept.get(segment.name, 0)
                self._send("POST", f"/logs/{log_id}/{segment.name}?at={size}", whole)
                self._kept[segment.name] = size + len(whole)
                file.seek(size + len(whole))

    def _sizes(self, log_id: str) -> dict[str, int]:
        answer = self._get(f"/logs/{log_id}", absent=True)
        return {} if answer.status_code == httpx.codes.NOT_FOUND else dict(orjson.loads(answer.content))

    def _get(self, path: str, *, absent: bool = False) -> httpx.Response:
        return self._answer("GET", path, absent=absent)

    def _send(self, method: str, path: str, body: bytes) -> None:
        self._answer(method, path, body)

    def _answer(self, method: str, path: str, body: bytes = b"", *, absent: bool = False) -> httpx.Response:
        try:
            with httpx.Client(headers=self._headers, timeout=PATIENCE_SECONDS, verify=self._trust) as client:
                answer = client.request(method, self._url + path, content=body)
        except httpx.HTTPError as fault:
            raise OSError(f"见证主机没有应答({type(fault).__name__})") from fault
        if not answer.is_success and not (absent and answer.status_code == httpx.codes.NOT_FOUND):
            said = answer.text.strip() if answer.headers.get("content-type", "").startswith("text/plain") else ""
            raise OSError(f"见证主机拒绝({answer.status_code}){said and '：' + said}")
        return answer


def _read(line: bytes) -> Checkpoint:
    try:
        return parsed(line)
    except ValueError as fault:
        raise OSError("见证主机给出的不是检查点") from fault
