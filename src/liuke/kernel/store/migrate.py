"""Bring a PostgreSQL up to the schema of this release; several processes may try at once, one does it."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

#: Any constant will do, as long as every process uses the same: the lock that makes migrations wait for each other.
_LOCK: Final = 0x4C69756B65

MIGRATIONS: Final = Path(__file__).resolve().parents[4] / "migrations"


def migrate(url: str) -> None:
    """Run what is missing of ``migrations/``. Needs a user that may create tables and, once, the role ``liuke_app``."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), "head")
    engine.dispose()


def config(connection: Connection) -> Config:
    """Alembic's configuration around an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings
