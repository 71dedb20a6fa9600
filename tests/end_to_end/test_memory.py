"""A user who says the same of every item: after training the model says it of an item that it never saw."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.end_to_end.runs import SMALL, run

CHANGES = SMALL | {
    "model": {"d_model": 32, "d_ff": 64, "d_kv": 8, "layers": 1},
    "training": {
        "epochs": 40,
        "batch_size": 16,
        "patience": 40,
        "shares": {"explanation": 1, "sequential": 0, "topn": 0},
    },
    "prompts.user_dropout": 0.0,
    "decoding.min_tokens": 0,
}
HOW = ("quickly", "slowly", "gladly", "rarely", "always", "hardly", "mostly", "surely")
WHAT = ("strings", "cables", "stands", "picks", "tuners", "cases", "pedals", "drums")


def sentence(user: int) -> str:
    """A sentence of this user's own."""
    return f"As ever I {HOW[user % 8]} recommend {WHAT[user // 8]} to my friends."


@pytest.mark.slow
def test_the_model_learns_a_users_sentence_by_heart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(monkeypatch, tmp_path, CHANGES, last="teacher")
    path = tmp_path / "data/explanations/explanations.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("explanation")
    planted = pa.array([sentence(user) for user in table["user"].to_pylist()], table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), planted), path)
    run(monkeypatch, tmp_path, CHANGES, first="identifiers", last="generate")
    said = pq.read_table(tmp_path / "predictions/peapod/explanation.parquet")
    users = said["user"].to_pylist()
    right = sum(text == sentence(user) for user, text in zip(users, said["text"].to_pylist(), strict=True))
    assert len(users) > 30
    assert right > 0.9 * len(users)
