"""A time stamp authority as a witness (RFC 3161): it vouches that a checkpoint existed at a time.

The authority keeps nothing, so its tokens are kept in a folder, best not on this host: for each stamped checkpoint

    <log number>/<size, 12 digits>-<16 digits of its SHA-256>.checkpoint     the line that was stamped
                                                             .tsr            the authority's answer (DER)

``openssl ts -verify -data ….checkpoint -in ….tsr -CAfile roots.pem`` checks one without Liuke. Whoever holds the folder
can lose tokens but make none. Tokens signed with RSA or ECDSA over SHA-2 can be checked; SM2 tokens cannot.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from liuke.guard.audit.seal.checkpoint import parsed
from liuke.guard.audit.seal.disk import write_new
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Checkpoint
from liuke.kernel.disk import flush

#: An authority that does not answer within so many seconds is away.
PATIENCE_SECONDS: Final = 10.0
#: The longest answer read.
ANSWER_BYTES: Final = 1 << 20


class StampWitness:
    """Has the newest checkpoint stamped once an ``every``, and the one that seals a segment always."""

    def __init__(self, url: str, folder: Path, *, roots: Path, every: timedelta) -> None:
        self.name: Final = url
        self._url, self._folder, self._roots, self._every = url, folder, roots, every
        self._last: Checkpoint | None = None

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint with a token that holds."""
        files = self._files(log_id)
        return self._believed(files[-1])[0] if files else None

    def all(self, log_id: str) -> Iterator[Checkpoint]:
        """Every stamped checkpoint, oldest first. Raises OSError at a token that does not hold."""
        for path in self._files(log_id):
            yield self._believed(path)[0]

    def times(self, log_id: str) -> Iterator[tuple[Checkpoint, datetime]]:
        """Every stamped checkpoint and when the authority says it existed."""
        for path in self._files(log_id):
            yield self._believed(path)

    def logs(self) -> list[str]:
        """The numbers of the logs it has seen."""
        return [path.name for path in sorted(self._folder.glob("*")) if any(path.glob("*.tsr"))]

    def show(self, folder: Folder) -> None:
        """Have stamped what is due. Raises OSError."""
        place = self._folder / folder.header.log_id
        segments = folder.segments()[-2:]
        found = [checkpoint for segment in segments if (checkpoint := segment.newest())]
        for checkpoint in found:
            path = place / f"{checkpoint.size:012d}-{hashlib.sha256(checkpoint.line).hexdigest()[:16]}.tsr"
            if checkpoint.size and not path.exists() and (checkpoint.sealed or self._due(checkpoint)):
                self._keep(path, checkpoint.line, self._stamped(checkpoint.line))
                self._last = checkpoint

    def _due(self, checkpoint: Checkpoint) -> bool:
        if self._last is None:
            files = self._files(checkpoint.log_id)
            self._last = parsed(files[-1].with_suffix(".checkpoint").read_bytes()) if files else None
        return self._last is None or checkpoint.at - self._last.at >= self._every

    def _files(self, log_id: str) -> list[Path]:
        return sorted((self._folder / log_id).glob("*.tsr"))

    def _stamped(self, line: bytes) -> bytes:
        """The authority's answer for these bytes, checked. Source: RFC 3161, sections 2.4 and 3.4."""
        request = TimestampRequestBuilder().data(line).hash_algorithm(HashAlgorithm.SHA256).build()
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            answer = httpx.post(self._url, content=request.as_bytes(), headers=headers, timeout=PATIENCE_SECONDS)
        except httpx.HTTPError as fault:
            raise OSError(f"时间戳服务没有应答({type(fault).__name__})") from fault
        if not answer.is_success or len(answer.content) > ANSWER_BYTES:
            raise OSError(f"时间戳服务拒绝({answer.status_code})")
        self._verified(answer.content, line, VerifierBuilder.from_request(request))
        return answer.content

    def _keep(self, path: Path, line: bytes, token: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".checkpoint")
        if not beside.exists():
            write_new(beside, line)
        write_new(path, token)
        flush(path.parent)

    def _believed(self, path: Path) -> tuple[Checkpoint, datetime]:
        line = path.with_suffix(".checkpoint").read_bytes()
        answer = self._verified(path.read_bytes(), line, VerifierBuilder())
        try:
            return parsed(line), answer.tst_info.gen_time
        except ValueError as fault:
            raise OSError(f"{path.name}: 所附检查点无法读取") from fault

    def _verified(self, token: bytes, line: bytes, builder: VerifierBuilder) -> TimeStampResponse:
        """A token over exactly these bytes, by an authority under one of the roots. Raises OSError."""
        try:
            answer = decode_timestamp_response(token)
            self._verifier(builder).verify_message(answer, line)
        except (VerificationError, ValueError) as fault:
            raise OSError(f"时间戳不符({fault})") from fault
        return answer

    def _verifier(self, builder: VerifierBuilder) -> Verifier:
        for root in x509.load_pem_x509_certificates(self._roots.read_bytes()):
            builder = builder.add_root_certificate(root)
        return builder.build()
