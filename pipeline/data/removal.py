"""Users who have asked to be removed: a list of marks, so that the list itself names nobody."""

import hashlib
import re
from collections.abc import Collection, Set
from pathlib import Path

import numpy as np

from pipeline.artifacts import write_text
from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError, shortened

_MARK = re.compile(r"[0-9a-f]{32}")
_HEAD = "# Marks of users whom preprocess leaves out: python -m tools.remove_user USER\n"


def removal_mark(user_id: str) -> str:
    """Return 32 hex digits that stand for a raw user id; who knows the id can find it, nobody can read it."""
    return hashlib.blake2b(user_id.encode(), digest_size=16).hexdigest()


def read_removed(path: Path) -> frozenset[str]:
    """Read a list of marks, one per line; blank lines and those that begin with # count for nothing.

    Raises DatasetError when it is absent, or naming the line that is no mark.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        raise DatasetError(
            f"{path}: no such file, or not text; dataset.removed_users must name the list of removed users: "
            "data/removed_users.txt, or another"
        ) from None
    marks = {number: line.strip() for number, line in enumerate(lines, start=1)}
    marks = {number: mark for number, mark in marks.items() if mark and not mark.startswith("#")}
    for number, mark in marks.items():
        if not _MARK.fullmatch(mark):
            raise DatasetError(
                f"{path}, line {number}: found {shortened(mark)}, wanted 32 hex digits; add users with "
                "python -m tools.remove_user USER"
            )
    return frozenset(marks.values())


def write_removed(path: Path, marks: Set[str]) -> None:
    """Write a list that `read_removed` reads; its order tells nothing about who came when."""
    write_text(path, _HEAD + "".join(f"{mark}\n" for mark in sorted(marks)))


def staying(read: Interactions, marks: Collection[str]) -> np.ndarray:
    """Tell which interactions stay when the users of `marks` go: a mask [E]."""
    if not marks:
        return np.ones(len(read), dtype=bool)
    stays = np.array([removal_mark(user_id) not in marks for user_id in read.user_ids], dtype=bool)
    return stays[read.users]
