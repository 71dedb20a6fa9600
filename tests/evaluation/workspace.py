"""A tiny finished run on disk: six users, nine items, one explanation each for three of them."""

from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.artifacts import write_json, write_table, write_text
from tests.params_files import write_params_files

# Items in time order; the last one is test, the one before it validation. Numbers are item + 1.
HISTORIES = [
    [0, 1, 2, 3, 4],
    [1, 2, 3, 4, 5],
    [2, 3, 0, 1, 8],
    [5, 6, 7, 8, 0],
    [0, 2, 4, 6, 7],
    [1, 3, 5, 7, 6],
]
ITEMS = 9
SENTENCES = [
    (0, 4, "strings", "the strings sound bright"),
    (1, 5, "case", "the case is a joke"),
    (3, 5, "case", "a sturdy case"),
]
TRAIN_SENTENCES = [(0, 0, "lid", "the lid is loose"), (2, 4, "strings", "the strings sound bright")]

ORDER = {
    "histories_ascending_by_chance": 0.01,
    "histories_ascending_by_item_id": 0.2,
    "test_items_decided_by_ties": 0.25,
    "tied_histories": 8,
    "tied_histories_ascending_by_chance": 0.2,
    "tied_histories_ascending_by_item_id": 0.4,
    "tied_pairs": 12,
    "tied_pairs_ascending_by_chance": 0.5,
    "tied_pairs_ascending_by_item_id": 0.7,
    "ties_without_times": False,
}

DATASET: dict[str, Any] = {
    "columns": {},
    "explanations_duplicates": 0,
    "explanations_filtered": 0,
    "explanations_given": 0,
    "explanations_kept": 0,
    "format": "amazon2014",
    "history_length": {"min": 5, "max": 5, "mean": 5.0, "median": 5.0},
    "metadata": {},
    "order_audit": ORDER,
    "quarantined_by_reason": {},
    "records": {"read": 30, "kept": 30},
    "table_2": {"users": 6, "items": ITEMS, "reviews": 30, "density_percent": 55.6},
    "text": {"reviews": 30, "empty": 0, "words_mean": 5.0, "words_max": 9},
}
"""What `preprocess` says of it."""

TRAINING: dict[str, Any] = {
    "best_epoch": 2,
    "chosen_by": "metrics",
    "epochs": 3,
    "explanations_cut": 0.0,
    "parameters": 1234,
    "steps_per_epoch": 7,
    "tasks": ["explanation", "sequential", "topn"],
    "validation_loss": {"mean": 2.5},
    "validation_metrics": {"topn": {"NDCG@10": 0.25}},
}
"""What `train` says of it."""

PARAMS: dict[str, Any] = {
    "seed": 1,
    "dataset": {"raw": "data/raw/reviews.json.gz", "format": "auto"},
    "choices": {"candidates": 3},
    "embeddings": {},
    "identifiers": {"method": "sequential"},
    "evaluation": {
        "baselines": ["most_popular", "second"],
        "explanation_baselines": ["nrt"],
        "sequential_cutoffs": [1, 3],
        "topn_cutoffs": [1, 2],
        "resamples": 50,
        "confidence": 0.9,
    },
    "report": {"title": "A tiny run", "examples": 4, "extractions": 5, "sweeps": "sweeps.json"},
    "runtime": {"device": "cpu"},
}


CHECKPOINT = {
    "backbone": {
        "name": "t5",
        "sizes": {
            "layers": 2,
            "width": 16,
            "feed_forward": 32,
            "heads": 4,
            "head_width": 4,
            "vocabulary": 300,
        },
    },
    "prompts": {
        "task": True,
        "task_length": 3,
        "collaborative": "attention",
        "heads": 4,
        "length": 3,
        "history": 20,
    },
    "users": [6, 8],
    "neighbours": [6, 3],
}
"""What the model card reads of the checkpoint's config.json."""


def write_workspace(root: Path, explained: bool = True, prefix: str = "") -> None:
    """Write everything that `evaluate` and `report` read; `prefix` goes before every text and id."""
    write_params_files(root, PARAMS)
    write_json(root / "sweeps.json", {})
    _write_data(root / "data", prefix)
    _write_explanations(root, explained, prefix)
    _write_predictions(root / "predictions")
    _write_attention(root / "predictions/peapod/attention.parquet")
    write_json(root / "metrics/dataset.json", DATASET)
    write_training(root, explained)


def write_training(root: Path, explained: bool = True) -> None:
    """Write the metrics of the stages before `evaluate`."""
    tasks = [*(["explanation"] if explained else []), "sequential", "topn"]
    write_json(root / "metrics/training.json", TRAINING | {"tasks": tasks})
    rows = [
        f"{epoch},{task},{split},loss,{4 - epoch + (split == 'validation')}"
        for epoch in (1, 2, 3)
        for task in [*tasks, "mean"]
        for split in ("train", "validation")
    ]
    write_json(root / "models/peapod/config.json", CHECKPOINT)
    write_text(root / "metrics/curves.csv", "\n".join(["epoch,task,split,metric,value", *rows]) + "\n")


def _write_data(data: Path, prefix: str) -> None:
    users = range(len(HISTORIES))
    write_table(
        data / "preprocessed/users.parquet",
        tables.USERS,
        {"user": list(users), "user_id": [f"{prefix}U{user}" for user in users]},
    )
    write_table(
        data / "preprocessed/items.parquet",
        tables.ITEMS,
        {"item": list(range(ITEMS)), "item_id": [f"{prefix}I{item}" for item in range(ITEMS)]},
    )
    parts = {"train": slice(0, 3), "validation": slice(3, 4), "test": slice(4, 5)}
    for name, part in parts.items():
        rows = [
            (user, item, place) for user in users for place, item in list(enumerate(HISTORIES[user]))[part]
        ]
        columns = {column: [row[n] for row in rows] for n, column in enumerate(("user", "item", "position"))}
        empty = {column: [None] * len(rows) for column in ("rating", "timestamp", "row")}
        write_table(data / f"preprocessed/{name}.parquet", tables.INTERACTIONS, columns | empty)
    negatives = [[item for item in range(ITEMS) if item not in HISTORIES[user]] for user in users]
    write_table(
        data / "preprocessed/candidates.parquet",
        tables.CANDIDATES,
        {"user": list(users), "negatives": negatives},
    )
    nothing: dict[str, list[Any]] = {name: [] for name in tables.CHOICES.names}
    write_table(data / "choices/choices.parquet", tables.CHOICES, nothing)
    owned = {"item": list(range(ITEMS)), "attribute": [f"category: {item % 3}" for item in range(ITEMS)]}
    write_table(data / "preprocessed/attributes.parquet", tables.ATTRIBUTES, owned)
    titles = [f"title number{item % 3}" for item in range(ITEMS)]
    told = {"item": list(range(ITEMS)), "title": titles, "categories": [[]] * ITEMS, "brand": [None] * ITEMS}
    write_table(data / "preprocessed/item_texts.parquet", tables.ITEM_TEXTS, told)
    write_table(
        data / "identifiers/items.parquet",
        tables.ITEM_IDENTIFIERS,
        {
            "item": list(range(ITEMS)),
            "mention": [f"item_{number}" for number in range(1, ITEMS + 1)],
            "answer": [str(number) for number in range(1, ITEMS + 1)],
            "number": list(range(1, ITEMS + 1)),
            "codes": [None] * ITEMS,
        },
    )
    # Item 8 has no embedding: train doesn't show it; it is user 2's test item.
    for name, schema, count in (("user", tables.USER_VECTORS, 6), ("item", tables.ITEM_VECTORS, ITEMS)):
        vectors = [[1.0, 0.0] if place < 8 else [0.0, 0.0] for place in range(count)]
        columns = {name: list(range(count)), "vector": vectors}
        write_table(data / f"embeddings/{name}s.parquet", schema, columns)


def _write_explanations(root: Path, explained: bool, prefix: str) -> None:
    rows = [(*row, "test") for row in SENTENCES] + [(*row, "train") for row in TRAIN_SENTENCES]
    rows = sorted(rows) if explained else []
    write_table(
        root / "data/explanations/explanations.parquet",
        tables.EXPLANATIONS,
        {
            "user": [row[0] for row in rows],
            "item": [row[1] for row in rows],
            "row": [None] * len(rows),
            "rating": [5.0] * len(rows),
            "feature": [row[2] for row in rows],
            "opinion": ["fine"] * len(rows),
            "sentiment": [1] * len(rows),
            "explanation": [prefix + row[3] for row in rows],
            "split": [row[4] for row in rows],
        },
    )
    write_table(
        root / "data/explanations/tuples.parquet",
        tables.TUPLES,
        {
            "row": list(range(len(rows))),
            "user": [row[0] for row in rows],
            "item": [row[1] for row in rows],
            "feature": [row[2] for row in rows],
            "opinion": [row[3].split()[-1] for row in rows],
            "sentence": [prefix + row[3] for row in rows],
            "sentiment": [-1 if row[3].endswith("joke") else 1 for row in rows],
        },
    )
    pairs = sorted(SENTENCES) if explained else []
    texts = {
        "peapod": [f"{prefix}the {pair[2]} is a joke" for pair in pairs],
        "nrt": [f"{prefix}the case is great" for _ in pairs],
    }
    for method, written in texts.items():
        write_table(
            root / f"predictions/{method}/explanation.parquet",
            tables.GENERATED,
            {
                "user": [pair[0] for pair in pairs],
                "item": [pair[1] for pair in pairs],
                "text": written,
                "score": [-1.0] * len(pairs),
            },
        )


# Sequential ranks of the test items: 1, 2, 3, miss, miss, 1; one of 18 answers names no item.
SEQUENTIAL = [[4, 8, 7], [0, 5, 7], [6, 5, 8], [1, 2, None], [1, 3, 5], [6, 2, 0]]
TOPN = [[4, 5], [0, 5], [8, 4], [1, 0], [1, 3], [6, 2]]
POPULAR = [[5, 4, 6], [0, 6, 7], [4, 5, 6], [0, 1, 2], [1, 3, 5], [0, 2, 4]]

# The model's list without its second place, and not a hit for user 5.
SECOND = [[4, 7, 6], [0, 7, 6], [6, 8, 7], [1, 4, 3], [1, 5, 3], [2, 0, 4]]


def _write_predictions(folder: Path) -> None:
    lists = {
        "peapod/sequential": SEQUENTIAL,
        "peapod/topn": TOPN,
        "peapod/topn_sequential": [row[::-1] for row in TOPN],
        "most_popular/sequential": POPULAR,
        "most_popular/topn": [row[:2] for row in POPULAR],
        "second/sequential": SECOND,
        "second/topn": [row[:2] for row in SECOND],
    }
    for name, rows in lists.items():
        flat = [(user, rank, item) for user, row in enumerate(rows) for rank, item in enumerate(row, start=1)]
        columns = {column: [row[n] for row in flat] for n, column in enumerate(("user", "rank", "item"))}
        write_table(
            folder / f"{name}.parquet", tables.RECOMMENDATIONS, columns | {"score": [0.0] * len(flat)}
        )


CHOICES = [[3, 4, 6], [8, 5, 0], [4, 7, 8], [0, 1, 2], [7, 1, 3], [6, 0, 2]]
"""Candidates of each user's test item, in both draws."""
CHOSEN = [4, 5, 4, 0, 1, 6]
"""What the model chooses: right for users 0, 1, 3 and 5."""


def write_choices(root: Path) -> None:
    """Turn the run into LLaRA's: two draws of candidates, a model that does nothing but choose."""
    users = list(range(len(HISTORIES)))
    stored = {
        "split": ["test"] * 12,
        "draw": [0] * 6 + [1] * 6,
        "user": users * 2,
        "history": [history[:4] for history in HISTORIES] * 2,
        "target": [history[4] for history in HISTORIES] * 2,
        "candidates": CHOICES * 2,
    }
    write_table(root / "data/choices/choices.parquet", tables.CHOICES, stored)
    # A model answers the first draw, in numbers from 1; a recommender both, and takes the first candidate.
    written = [str(item + 1) for item in CHOSEN]
    model = {"draw": [0] * 6, "user": users, "item": CHOSEN, "text": written, "text_alone": ["9"] * 6}
    write_table(root / "predictions/peapod/choice.parquet", tables.CHOSEN, model)
    firsts = [candidates[0] for candidates in CHOICES] * 2
    none = [None] * 12
    others = {"draw": [0] * 6 + [1] * 6, "user": users * 2, "item": firsts, "text": none, "text_alone": none}
    for name in ("most_popular", "second"):
        write_table(root / f"predictions/{name}/choice.parquet", tables.CHOSEN, others)
    for name in ("sequential", "topn", "topn_sequential", "explanation"):
        (root / f"predictions/peapod/{name}.parquet").unlink()
    write_json(root / "metrics/training.json", TRAINING | {"tasks": ["choice"]})
    rows = [
        f"{epoch},choice,{split},loss,{4 - epoch}" for epoch in (1, 2, 3) for split in ("train", "validation")
    ]
    write_text(root / "metrics/curves.csv", "\n".join(["epoch,task,split,metric,value", *rows]) + "\n")


def _write_attention(path: Path) -> None:
    users = range(len(HISTORIES))
    columns = {
        "user": list(users),
        "neighbours": [[other for other in users if other != user][:3] for user in users],
        "weights": [[0.2, 0.5, 0.3] for _ in users],
    }
    write_table(path, tables.ATTENTION, columns)
