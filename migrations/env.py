"""Alembic's entry: runs on the connection it is given, or on LIUKE_DATABASE_URL."""

import importlib
import os
import pkgutil

from alembic import context
from sqlalchemy import create_engine

import liuke
from liuke.kernel.store.columns import metadata


def _load_tables() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for module in pkgutil.walk_packages(liuke.__path__, "liuke."):
        if module.name.endswith((".store", ".log", ".lake", ".job")):
            importlib.import_module(module.name)


def _run(connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=False, compare_server_default=False
    )
    with context.begin_transaction():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        context.run_migrations()


_given = context.config.attributes.get("connection")
if context.config.attributes.get("load_tables", _given is None):
    _load_tables()
if _given is not None:
    _run(_given)
else:
    with create_engine(
        os.environ["LIUKE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    ).begin() as own:
        _run(own)
