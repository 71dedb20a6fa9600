"""All faults of a params file at once; each impossible combination by an example."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.check_params import COMBINATIONS, Params, faults, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def document() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))


def found(document: dict[str, Any], folder: Path) -> list[str]:
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return [fault.strip() for fault in faults(path)]


def change(document: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    for section in sections:
        document = document[section]
    document[last] = value


def test_the_repository_has_no_faults(capsys):
    main(ROOT / "params.yaml")
    assert f"{len(Params.model_fields)} sections, no faults" in capsys.readouterr().out


BROKEN = {
    "head_width": (
        {"prompts.heads": 3, "model.d_model": 64},
        r"model.d_model (64) is no multiple of prompts.heads (3)",
    ),
    "whole_word_rows": ({"prompts.whole_words": 101}, "prompts.whole_words (101) is below 102"),
    "answer_length": ({"decoding.min_tokens": 21}, "decoding.min_tokens (21) is above max_tokens (20)"),
    "kept_beams": ({"decoding.beams": 9}, "decoding.top (10) is above decoding.beams (9)"),
    "kept_candidates": (
        {"dataset.negatives": 8},
        "decoding.top (10) is above dataset.negatives + 1 (9 candidates)",
    ),
    "longest_cutoff": ({"evaluation.topn_cutoffs": [1, 11]}, "evaluation cuts lists off at 11"),
    "repeats_listable": ({"dataset.duplicates": "all"}, "decoding.exclude_seen leaves out the repeats"),
    "ratings_there": (
        {"dataset.format": "p5", "embeddings.pmf.feedback": "ratings"},
        "embeddings.pmf.feedback is ratings, but dataset.format p5 has none",
    ),
}


@pytest.mark.parametrize("rule", [check.__name__ for check in COMBINATIONS])
def test_impossible_combination(document, tmp_path, rule):
    changes, message = BROKEN[rule]
    for key, value in changes.items():
        change(document, key, value)
    lines = found(document, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompts.heads": 3, "prompts.collaborative": "mlp"},
        {"prompts.heads": 3, "model.backbone": "google-t5/t5-small"},
        {"prompts.whole_words": 102},
        {"decoding.min_tokens": 20},
        {"decoding.beams": 10},
        {"dataset.format": "p5", "embeddings.pmf.feedback": "ratings", "embeddings.method": "bivae"},
    ],
)
def test_what_only_looks_impossible(document, tmp_path, changes):
    for key, value in changes.items():
        change(document, key, value)
    assert found(document, tmp_path) == []


def test_all_faults_at_once(document, tmp_path):
    change(document, "seed", -1)
    change(document, "embeddings.method", "svd")
    change(document, "training.epochs", "ten")
    change(document, "decoding.beams", 9)
    document["trainig"] = {}
    del document["report"]
    lines = found(document, tmp_path)
    assert sorted(line.split(":")[0] for line in lines) == [
        "decoding.top (10) is above decoding.beams (9)",
        "embeddings.method",
        "report",
        "seed",
        "trainig",
        "training.epochs",
    ]


def test_faults_end_with_exit_code_1(document, tmp_path, capsys):
    change(document, "training.learning_rate", "fast")
    found(document, tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(tmp_path / "params.yaml")
    assert caught.value.code == 1
    error = capsys.readouterr().err
    assert "params.yaml: 1 fault(s)" in error
    assert "found 'fast'" in error
