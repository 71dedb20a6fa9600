"""A row by hand that says all that one that runs has to say."""

from typing import Any

RUNS: dict[str, Any] = {
    "what": "a thing",
    "needs": "nothing",
    "verdict": "build",
    "state": "runs",
    "module": "pipeline/tables.py",
    "test": "tests/test_tables.py",
    "command": "dvc exp run",
    "note": "no figure yet",
}
