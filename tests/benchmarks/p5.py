"""A small folder in the P5 format."""

import json
from pathlib import Path

import numpy as np


def write_folder(folder: Path, users: int, items: int) -> Path:
    """Write histories of 5 items or more; every item occurs."""
    rng = np.random.default_rng(0)
    histories = [rng.choice(items, rng.integers(5, 9), replace=False) + 1 for _ in range(users)]
    histories[0] = rng.permutation(items) + 1 if items < 30 else np.arange(30) + 1
    for item in range(1, items + 1):
        histories[item % (users - 1) + 1] = np.append(histories[item % (users - 1) + 1], item)
    lines = [
        " ".join(map(str, [user + 1, *dict.fromkeys(history.tolist())]))
        for user, history in enumerate(histories)
    ]
    (folder / "sequential_data.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    maps = {
        "id2user": {str(n): f"U{n:04}" for n in range(1, users + 1)},
        "id2item": {str(n): f"I{n:04}" for n in range(1, items + 1)},
    }
    (folder / "datamaps.json").write_text(json.dumps(maps), encoding="utf-8")
    return folder
