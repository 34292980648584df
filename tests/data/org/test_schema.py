"""The migration builds exactly the tables the code speaks of, and the application may use them."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from liuke.data import org, products  # noqa: F401  (they declare the tables)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.columns import PiClass, metadata

OURS = {
    "branch",
    "staff",
    "assignment",
    "bank_user",
    "user_role",
    "credential",
    "sign_in_guard",
    "user_session",
    "api_token",
    "product",
}


def test_the_migrated_schema_is_the_declared_one(database_url: str) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return kind != "table" or name in OURS

    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_application_reads_every_table(bank: Bank, machine: Actor) -> None:
    with bank.read(machine) as tx:
        for table in sorted(OURS):
            assert tx.value(text(f"SELECT count(*) FROM {table}")) == 0


def test_what_proves_a_person_is_marked_as_such() -> None:
    secrets = {
        (name, column.name)
        for name in OURS
        for column in metadata.tables[name].columns
        if column.info["pi"] is PiClass.C3
    }
    assert secrets == {
        ("credential", "password_hash"),
        ("credential", "former_hashes"),
        ("credential", "totp_secret"),
        ("user_session", "token_hash"),
        ("api_token", "token_hash"),
    }
