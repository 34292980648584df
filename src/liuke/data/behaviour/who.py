"""Whose event it is: by app user, by the bank's customer number, or by a device that only one customer uses."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data import identity, sources
from liuke.data.behaviour import fingerprint
from liuke.data.behaviour.model import Plan
from liuke.kernel.store.lake import Lake
from liuke.kernel.store.records import ReadHandle

I32 = npt.NDArray[np.int32]

#: Devices of the app's users that belong to one customer, with one of that customer's user numbers there.
_DEVICES: Final = """
SELECT p.device_id, min(m.one_id)::INTEGER AS one_id, min(p.source_key) AS user_id
FROM ({party}) p JOIN member m ON m.source = p.source AND m.source_key = p.source_key
WHERE p.source = $source AND p.device_id IS NOT NULL GROUP BY p.device_id HAVING count(DISTINCT m.one_id) = 1"""


@dataclass(frozen=True, slots=True)
class Whose:
    """Of n events: the customer (0 unknown), and source and key of the party as the lake names it."""

    one_id: I32
    source: pa.Array
    party_key: pa.Array


class Directory:
    """Who is who at one moment; made anew when identity changes. It holds fingerprints, and user numbers of devices."""

    def __init__(self, plan: Plan, members: pa.Table, devices: pa.Table) -> None:
        self._secret = fingerprint.new_secret()
        self._plan = plan
        self._users = self._numbers(members, plan.source)
        self._customers = self._numbers(members, plan.customer_source)
        self._device_users = devices["user_id"].combine_chunks()
        self._device_owner = np.concatenate([[0], devices["one_id"].to_numpy()]).astype(np.int32)
        places = np.arange(1, len(devices) + 1, dtype=np.int32)
        self._devices = fingerprint.Numbers(fingerprint.of(devices["device_id"], self._secret), places)

    @classmethod
    def read(cls, tx: ReadHandle, lake: Lake, plan: Plan) -> "Directory":
        """The directory as identity and the sources stand now."""
        members = identity.members(tx)
        with lake.connect(tx, sources.CANONICAL["party"]) as connection:
            connection.register("member", members)
            query = _DEVICES.format(party=sources.current_sql("party"))
            devices = connection.sql(query, params={"source": plan.source}).to_arrow_table()
        return cls(plan, members, devices)

    def _numbers(self, members: pa.Table, source: str) -> fingerprint.Numbers:
        mine = members.filter(pc.equal(members["source"], source))
        keys = fingerprint.of(mine["source_key"], self._secret)
        return fingerprint.Numbers(keys, mine["one_id"].to_numpy().astype(np.int32))

    def find(self, events: pa.Table) -> Whose:
        """Whose each event is. events: columns user_id, customer_no, device_id."""
        user, customer, device = (events[name].combine_chunks() for name in ("user_id", "customer_no", "device_id"))
        by_user, by_customer = self._of(user, self._users), self._of(customer, self._customers)
        place = self._of(device, self._devices)
        no_user, no_customer = ~_there(user), ~_there(customer)
        use_device = no_user & no_customer
        one_id = np.where(no_user, np.where(no_customer, self._device_owner[place], by_customer), by_user)
        known = self._device_users.take(pa.array(np.maximum(place - 1, 0))) if len(self._device_users) else device
        unknown_device = pc.binary_join_element_wise("device:", device, "")
        of_device = pc.if_else(pa.array(place > 0), known, unknown_device)
        key = pc.if_else(pa.array(use_device), of_device, pc.coalesce(user, customer))
        source = pc.if_else(pa.array(no_user & ~no_customer), self._plan.customer_source, self._plan.source)
        return Whose(one_id.astype(np.int32), source, key)

    def _of(self, texts: pa.Array, numbers: fingerprint.Numbers) -> I32:
        found = numbers.find(fingerprint.of(texts, self._secret))
        found[~_there(texts)] = 0
        return found


def _there(texts: pa.Array) -> npt.NDArray[np.bool_]:
    there: npt.NDArray[np.bool_] = texts.is_valid().to_numpy(zero_copy_only=False)
    return there
