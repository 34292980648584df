"""The bank, opened: records, lake, keys and clock, as every service receives them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from liuke.kernel.actor import Actor
from liuke.kernel.clock import Clock, SystemClock
from liuke.kernel.crypto import KeyRing
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres
from liuke.kernel.store.keys import remember_keys
from liuke.kernel.store.lake import Lake
from liuke.kernel.store.records import Database, ReadHandle, WriteHandle


@dataclass(frozen=True, slots=True)
class Bank:
    """Everything a service needs to reach the bank's data."""

    settings: Settings
    records: Database
    lake: Lake
    keys: KeyRing
    clock: Clock

    def read(self, actor: Actor, *, steady: bool = False) -> AbstractContextManager[ReadHandle]:
        """One transaction that only reads, seen through the actor's scope. ``steady``: all its reads see one moment."""
        return self.records.read(actor, steady=steady)

    def write(self, actor: Actor) -> AbstractContextManager[WriteHandle]:
        """One transaction that may write and emit events; it commits when the block ends well."""
        return self.records.write(actor)


@contextmanager
def open_bank(settings: Settings, *, clock: Clock | None = None) -> Iterator[Bank]:
    """Open the bank for a process: start or join the embedded PostgreSQL, bring the schema up to date, unlock the keys.

    Raises: DatabaseDown when PostgreSQL cannot be started; KeyTrouble when a key file is open to others,
    broken, or not the one the database was written under.
    """
    from liuke.kernel.store.migrate import migrate

    settings.home.mkdir(parents=True, exist_ok=True)
    embedded = None if settings.database_url.get_secret_value() else EmbeddedPostgres(settings.home / "pg")
    url = embedded.start() if embedded else settings.database_url.get_secret_value()
    migrate(url)
    bank = attach(settings, url, clock=clock or SystemClock())
    with bank.write(Actor.system("open")) as tx:
        remember_keys(tx, bank.keys)
    try:
        yield bank
    finally:
        bank.records.close()
        if embedded:
            embedded.stop()


def attach(settings: Settings, url: str, *, clock: Clock) -> Bank:
    """The bank on a PostgreSQL that runs and is migrated."""
    return Bank(
        settings=settings,
        records=Database(url, clock=clock, pool_size=settings.pool_size),
        lake=Lake(settings.home / "lake", memory_mib=settings.tables_memory_mib, threads=settings.tables_threads),
        keys=KeyRing.open(settings.home / "keys", cipher=settings.cipher),
        clock=clock,
    )
