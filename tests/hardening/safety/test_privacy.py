"""A whole run over reviews with names: who wrote stands in no output, and a removed user nowhere at all."""

import gzip
import hmac
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.data.config import SampleConfig
from pipeline.data.pseudonyms import KEY_VARIABLE
from pipeline.data.removal import removal_mark, write_removed
from pipeline.data.sample import sample_file
from pipeline.randomness import generator
from tests.end_to_end.runs import SMALL, run

KEY = "a key for tests, of 32 characters or more"
NAME, SECRET_TEXT = "Quillfeather", "zanzibarine"
MADE = ("data", "models", "predictions", "metrics", "report")
BROKEN = [
    b'{"reviewerID": "UBROKEN", "reviewerName": "Ada Quillfeather", "asin": ',
    b'{"reviewerID": 77777777}',
]


def texts(folder: Path) -> dict[str, str]:
    """Everything that the stages wrote, Parquet as its rows."""
    paths = [path for top in MADE for path in (folder / top).rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False)
        if path.suffix == ".parquet"
        else path.read_bytes().decode("utf-8", errors="replace")
        for path in paths
    }


@pytest.fixture(scope="module")
def lines() -> list[dict]:
    """The sample's reviews with names; the first user's texts hold a word of their own."""
    sizes = SampleConfig(users=60, items=50, reviews=480)
    reviews = [
        json.loads(line) for line in gzip.decompress(sample_file(sizes, generator(1, "x"))).splitlines()
    ]
    for number, review in enumerate(reviews):
        review["reviewerName"] = f"Zoe {NAME} {number}"
        if review["reviewerID"] == reviews[0]["reviewerID"]:
            review["reviewText"] = f"The {SECRET_TEXT} strings sound really warm."
    return reviews


@pytest.fixture(scope="module")
def outputs(lines: list[dict], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every output of a run with pseudonyms, without the first user."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "raw.json").write_bytes(b"\n".join([*(json.dumps(one).encode() for one in lines), *BROKEN]))
    write_removed(folder / "removed.txt", {removal_mark(lines[0]["reviewerID"])})
    dataset = {"raw": "raw.json", "core": 4, "bad_records": "quarantine", "pseudonymize": True}
    changes = {"dataset": dataset, "dataset.removed_users": "removed.txt"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, KEY)
        run(patch, folder, SMALL | changes, first="preprocess")
    found = texts(folder)
    shutil.rmtree(folder)
    return found


def holders(outputs: dict[str, str], *wanted: str) -> list[str]:
    return [name for name, text in outputs.items() if any(one in text for one in wanted)]


def test_the_search_finds_what_is_there(outputs: dict[str, str], lines: list[dict]) -> None:
    assert len(outputs) > 35
    assert "data/preprocessed/items.parquet" in holders(outputs, lines[0]["asin"])
    assert "report/index.html" in holders(outputs, lines[0]["asin"], lines[1]["asin"], lines[2]["asin"])
    assert outputs["data/preprocessed/quarantine.jsonl"].count("\n") == 2


def test_reviewer_names_stand_nowhere(outputs: dict[str, str]) -> None:
    assert holders(outputs, NAME) == []


def test_raw_user_ids_stand_nowhere(outputs: dict[str, str], lines: list[dict]) -> None:
    assert holders(outputs, "UBROKEN", "77777777", *(one["reviewerID"] for one in lines)) == []


def test_nor_does_the_key(outputs: dict[str, str]) -> None:
    assert holders(outputs, KEY) == []


def test_the_removed_user_is_gone(outputs: dict[str, str], lines: list[dict]) -> None:
    def pseudonym(user_id: str) -> str:
        return hmac.new(KEY.encode(), user_id.encode(), "sha256").hexdigest()[:32]

    others = {one["reviewerID"] for one in lines[1:]} - {lines[0]["reviewerID"]}
    assert "data/preprocessed/users.parquet" in holders(outputs, *map(pseudonym, others))
    assert holders(outputs, pseudonym(lines[0]["reviewerID"]), SECRET_TEXT) == []
    records = json.loads(outputs["metrics/dataset.json"])["records"]
    assert records["removed"] == sum(one["reviewerID"] == lines[0]["reviewerID"] for one in lines)
