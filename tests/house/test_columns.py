"""Every stored column states what personal information it holds and how long it is kept."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from liuke.app import wiring  # noqa: F401  (loads every table)
from liuke.data import sources
from liuke.kernel.store.columns import PiClass, Retention, metadata


def test_every_record_column_states_its_personal_information_class_and_retention() -> None:
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("pi"), PiClass) or not isinstance(column.info.get("keep"), Retention)
    ]
    assert silent == []
    assert len(metadata.tables) > 10


def test_every_lake_column_states_its_personal_information_class_and_retention() -> None:
    for table in sources.CANONICAL.values():
        for column in table.columns:
            assert isinstance(column.pi, PiClass), f"{table.name}.{column.name}"
            assert isinstance(column.keep, Retention), f"{table.name}.{column.name}"
            assert column.meaning, f"{table.name}.{column.name}"


def test_a_column_without_a_class_cannot_be_declared() -> None:
    plain = [
        path
        for path in Path("src/liuke").rglob("*.py")
        if path.name != "columns.py"
        and re.search(r"from sqlalchemy import [^)]*\bColumn\b", path.read_text(encoding="utf-8"))
        and re.search(r"(?<!\w)Column\(", path.read_text(encoding="utf-8"))
    ]
    assert plain == []


def test_the_migrations_lead_to_the_tables_the_code_declares(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
