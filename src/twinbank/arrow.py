"""pyarrow without its stubs, which know too little of arrays built from numpy."""

from typing import Any, TypeAlias

import pyarrow  # noqa: ICN001
import pyarrow.compute
import pyarrow.parquet

pa: Any = pyarrow
pc: Any = pyarrow.compute
pq: Any = pyarrow.parquet

Column: TypeAlias = Any
Table: TypeAlias = Any
