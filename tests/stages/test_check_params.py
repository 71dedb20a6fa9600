"""All faults of a params file at once; each impossible combination by an example."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.params import ParamsError, read_params
from pipeline.prompts.config import smallest_vocabulary
from pipeline.prompts.tokenizer import train_tokenizer
from stages.check_params import COMBINATIONS, Params, faults, main
from stages.generate import Params as Generate

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
    main(ROOT)
    assert f"{len(Params.model_fields)} sections, no faults" in capsys.readouterr().out


BROKEN = {
    "head_width": (
        {"prompts.heads": 3, "model.d_model": 64},
        r"model.d_model (64) is no multiple of prompts.heads (3)",
    ),
    "whole_word_rows": ({"prompts.whole_words": 101}, "prompts.whole_words (101) is below 102"),
    "sample_users": (
        {"neighbours.count": 400},
        "neighbours.count (400) is above the other users of the sample",
    ),
    "sample_items": (
        {"sample.items": 100, "dataset.negatives": 96},
        "dataset.negatives (96) is above 95, the most items of the sample (sample.items 100)",
    ),
    "room_for_words": (
        {"tokenizer.vocabulary": 1249},
        "tokenizer.vocabulary (1249) is below 1250, what number pieces of tokenizer.number_digits (3)",
    ),
    "sound_templates": ({"prompts.templates": "absent.yaml"}, "prompts.templates: absent.yaml: no such file"),
    "kept_candidates": (
        {"dataset.negatives": 8},
        "decoding.top (10) is above dataset.negatives + 1 (9 candidates)",
    ),
    "longest_cutoff": ({"evaluation.topn_cutoffs": [1, 11]}, "evaluation cuts lists off at 11"),
    "known_baselines": (
        {"evaluation.baselines": ["most_popular", "ncf"]},
        "evaluation.baselines names ncf; section baselines has most_popular, item_knn",
    ),
    "metadata_there": (
        {"evaluation.baselines": ["most_popular", "fdsa", "s3rec"]},
        "evaluation.baselines names fdsa, s3rec, which need item metadata, and dataset.metadata "
        "('data/no_metadata.json') names none",
    ),
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
        {"neighbours.count": 399},
        {"neighbours.count": 400, "dataset.raw": "own.json"},
        {"tokenizer.vocabulary": 1250},
        {"evaluation.baselines": ["most_popular", "fdsa"], "dataset.metadata": "meta_Beauty.json.gz"},
        {"tokenizer.vocabulary": 1249, "model.backbone": "google-t5/t5-small"},
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
        "decoding",
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
        main(tmp_path)
    assert caught.value.code == 1
    error = capsys.readouterr().err
    assert "params.yaml: 1 fault(s)" in error
    assert "found 'fast'" in error


def test_a_section_impossible_in_itself_is_told_by_its_stage_too(document, tmp_path):
    change(document, "decoding.beams", 9)
    change(document, "decoding.min_tokens", 33)
    (line,) = found(document, tmp_path)
    assert line.startswith(
        "decoding: Value error, top (10) is above beams (9); min_tokens (33) is above max_"
    )
    with pytest.raises(ParamsError, match=r"top \(10\) is above beams \(9\)"):
        read_params(Generate, tmp_path / "params.yaml")


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_the_smallest_vocabulary_is_the_one_that_trains(digits):
    fewest = smallest_vocabulary(digits)
    assert len(train_tokenizer(["a few words"] * 10, fewest, digits)) <= fewest
    with pytest.raises(ValueError, match=f"at least {fewest} wanted"):
        train_tokenizer(["a few words"], fewest - 1, digits)
