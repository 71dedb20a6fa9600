"""Where tests find the real data beside the repository, and what happens where it is absent."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_data(relative: str) -> Path:
    """Return a path below shared/data beside the repository; `relative` names a file or a folder.

    Where it is absent the test is skipped, or fails if the environment variable PEAPOD_REQUIRE_DATA is set.
    """
    path = _FOLDER / relative
    if path.exists():
        return path
    if os.environ.get("PEAPOD_REQUIRE_DATA"):
        pytest.fail(f"PEAPOD_REQUIRE_DATA is set, but {path} is absent", pytrace=False)
    pytest.skip(f"no real data at {path}")
