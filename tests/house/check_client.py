"""The committed API client is what the routes say today; run by ``make check``."""

import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from liuke.app.wiring import api_document

_DOCUMENT = Path("web/api/openapi.json")
_TYPES = Path("web/src/api/schema.ts")
_REMEDY = "run `make client` and commit"


def main() -> int:
    """0 when the committed document and the generated types are in step with the routes, else 1 and what to do."""
    if orjson.loads(_DOCUMENT.read_bytes()) != orjson.loads(orjson.dumps(api_document())):
        return _say(f"{_DOCUMENT} differs from the routes: {_REMEDY}")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "schema.ts"
        _node("openapi-typescript/bin/cli.js", str(_DOCUMENT.resolve()), "-o", str(fresh))
        if fresh.read_bytes() != _TYPES.read_bytes():
            return _say(f"{_TYPES} differs from {_DOCUMENT}: {_REMEDY}")
    return 0


def _node(tool: str, *arguments: str) -> None:
    subprocess.run(["node", f"node_modules/{tool}", *arguments], cwd="web", check=True, capture_output=True)


def _say(fault: str) -> int:
    print(fault, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
