"""Party records written into a test bank's lake, as a load would."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa

from liuke.data import sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

KINDS = {
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
    "UUID": pa.string(),
}


def load(bank: Bank, machine: Actor, parties: Sequence[dict[str, Any]] | pa.Table, *, day: int = 0) -> None:
    """Publish party rows that the bank could know ``day`` days after its clock's now."""
    table = parties if isinstance(parties, pa.Table) else pa.Table.from_pylist(list(parties))
    moment = bank.clock.now() + timedelta(days=day)
    filled = {"event_time": moment, "known_at": moment, "load_id": str(uuid.uuid4()), "revision": day}
    party = sources.CANONICAL["party"]
    columns = {}
    for column in party.columns:
        kind = KINDS.get(column.kind, pa.string())
        if column.name in table.column_names:
            columns[column.name] = table[column.name].cast(kind)
        else:
            columns[column.name] = pa.array([filled.get(column.name)] * table.num_rows, kind)
    draft = bank.lake.write(party, pa.table(columns))
    with bank.write(machine) as tx:
        bank.lake.publish(tx, [draft])


def a_party(source: str, key: str, **facts: Any) -> dict[str, Any]:
    """A party record; every default is valid."""
    person = {
        "source": source,
        "source_key": key,
        "kind": "person",
        "name": "林晓燕",
        "id_type": "idcard",
        "id_no": "330106199003072427",
        "birth_date": None,
        "gender": None,
        "phone": "13857123456",
        "city": "杭州市",
        "address": "浙江省杭州市西湖区文三路12号3幢402室",
    }
    return person | facts
