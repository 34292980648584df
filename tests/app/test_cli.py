"""The command line answers at once: what a command needs is loaded when it runs."""

import subprocess
import sys

_HEAVY = ("duckdb", "fastapi", "granian", "numba", "pyarrow", "sklearn", "splink", "sqlalchemy", "sqlglot")


def test_the_command_line_loads_no_engine_before_a_command_runs() -> None:
    ask = f"import sys, liuke.app.cli; print([name for name in {_HEAVY!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
