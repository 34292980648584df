"""The database remembers which master keys it was written under, so that lost keys are noticed at once."""

from collections.abc import Mapping

from sqlalchemy import DateTime, Integer, Table, Text, insert, select

from liuke.kernel.crypto import KeyRing, KeyTrouble
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import WriteHandle

print_table = Table(
    "key_fingerprint",
    metadata,
    column("version", Integer, primary_key=True, autoincrement=False, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("fingerprint", Text, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("seen_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.PERMANENT),
)


class WrongKeys(KeyTrouble):
    """密钥与数据库不符(第 {version} 版)，为免数据无法解密，系统没有启动。请从备份恢复密钥目录后再启动。"""


def remember_keys(tx: WriteHandle, keys: KeyRing) -> None:
    """Compare the key room with what the database was written under, and remember new versions.

    Raises: WrongKeys when a version is missing or differs: the key folder was lost, or belongs to another bank.
    """
    known: Mapping[int, str] = {row["version"]: row["fingerprint"] for row in tx.rows(select(print_table))}
    present = keys.fingerprints()
    for version, fingerprint in known.items():
        if present.get(version) != fingerprint:
            raise WrongKeys(version=version)
    fresh = [
        {"version": version, "fingerprint": fingerprint, "seen_at": tx.clock.now()}
        for version, fingerprint in present.items()
        if version not in known
    ]
    if fresh:
        tx.execute(insert(print_table), fresh)
