"""All faults of a params file at once; each impossible combination by an example."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.params import ParamsError, read_params
from pipeline.prompts.config import smallest_vocabulary
from pipeline.prompts.tokenizer import train_tokenizer
from stages.generate import Params as Generate
from tests.params_files import change, repository_params, write_params_files
from tools.check_combinations import COMBINATIONS
from tools.check_params import Params, faults, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def document() -> dict[str, Any]:
    return repository_params()


def found(document: dict[str, Any], folder: Path) -> list[str]:
    return [fault.strip() for fault in faults(write_params_files(folder, document))]


def change_all(document: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        change(document, key, value)


def test_the_repository_has_no_faults(capsys):
    main(ROOT)
    assert f"{len(Params.model_fields)} sections, no faults" in capsys.readouterr().out


CHOICE_TEMPLATES = str(ROOT / "pipeline/prompts/choice.yaml")
BROKEN: dict[str, tuple[dict[str, Any], str, list[dict[str, Any]]]] = {
    "head_width": (
        {"prompts.heads": 3, "model.d_model": 64},
        r"model.d_model (64) is no multiple of prompts.heads (3): use 1, 2, 4, 8, 16, 32, 64 heads",
        [{"prompts.heads": 64}],
    ),
    "whole_word_rows": (
        {"prompts.whole_words": 101},
        "prompts.whole_words (101) is below 102",
        [{"prompts.whole_words": 102}],
    ),
    "as_many_candidates": (
        {"prompts.tasks": ["choice"], "prompts.templates": CHOICE_TEMPLATES, "choices.redraws": 1},
        "choices.candidates (20) isn't dataset.negatives + 1 (100), the candidates of training: set "
        "dataset.negatives to 19",
        [{"dataset.negatives": 19}],
    ),
    "stored_questions": (
        {"prompts.tasks": ["choice"], "prompts.templates": CHOICE_TEMPLATES, "dataset.negatives": 19},
        "prompts.tasks has choice, and choices.redraws is 0, so that nothing is asked: set it to 1 or more",
        [{"choices.redraws": 1}],
    ),
    "sample_users": (
        {"neighbours.count": 400},
        "neighbours.count (400) is above the other users of the sample (399): lower it to at most 399",
        [{"neighbours.count": 399}],
    ),
    "sample_items": (
        {"sample.items": 100, "dataset.negatives": 96},
        "dataset.negatives (96) is above 95, the most items of the sample (sample.items 100)",
        [{"dataset.negatives": 95}],
    ),
    "room_for_words": (
        {"tokenizer.vocabulary": 1249},
        "tokenizer.vocabulary (1249) is below 1250, what number pieces of tokenizer.number_digits (3)",
        [{"tokenizer.vocabulary": 1250}],
    ),
    "sound_templates": (
        {"prompts.templates": "absent.yaml"},
        "prompts.templates: absent.yaml: no such file",
        [{"prompts.templates": "pipeline/prompts/templates.yaml"}],
    ),
    "enough_candidates": (
        {"dataset.negatives": 5},
        "evaluation.topn_cutoffs cuts lists off at 10, but dataset.negatives (5) makes 6 candidates: raise "
        "dataset.negatives to 9 or lower evaluation.topn_cutoffs to at most 6",
        [{"dataset.negatives": 9}, {"evaluation.topn_cutoffs": [1, 6]}],
    ),
    "longest_cutoff": (
        {"evaluation.topn_cutoffs": [1, 11]},
        "evaluation cuts lists off at 11, but decoding.top keeps 10 items: raise decoding.top to 11, or "
        "lower evaluation.sequential_cutoffs and evaluation.topn_cutoffs to at most 10",
        [{"decoding.top": 11}, {"evaluation.topn_cutoffs": [1, 10]}],
    ),
    "known_baselines": (
        {"evaluation.baselines": ["most_popular", "ncf"]},
        "evaluation.baselines names ncf; section baselines has most_popular, cooccurrence",
        [{"evaluation.baselines": ["most_popular", "item_knn"]}],
    ),
    "known_explanation_baselines": (
        {"evaluation.explanation_baselines": ["peter", "petra"]},
        "evaluation.explanation_baselines names petra; section explanation_baselines has att2seq, nrt,",
        [{"evaluation.explanation_baselines": ["peter"]}],
    ),
    "baseline_heads": (
        {"evaluation.baselines": ["most_popular", "sasrec"], "baselines.sasrec.factors": [64, 30, 27]},
        "baselines.sasrec.factors (27) is no multiple of baselines.sasrec.heads (2): use 1, 3, 9, 27 heads",
        [{"baselines.sasrec.heads": 1}],
    ),
    "embeddings_heads": (
        {"embeddings.method": "sasrec", "embeddings.dimensions": 63},
        "embeddings.dimensions (63) is no multiple of baselines.sasrec.heads (2): use 1, 3, 7, 9, 21, 63",
        [{"baselines.sasrec.heads": [2, 3, 4]}, {"embeddings.method": "lightgcn"}],
    ),
    "explanation_baseline_heads": (
        {"explanation_baselines.peter.heads": [2, 3]},
        "explanation_baselines.peter.width (64) is no multiple of explanation_baselines.peter.heads (3): use",
        [{"explanation_baselines.peter.heads": [2, 4]}],
    ),
    "metadata_there": (
        {"evaluation.baselines": ["most_popular", "fdsa", "cooccurrence_text", "cooccurrence"]},
        "evaluation.baselines names fdsa, cooccurrence_text, which need item metadata, and dataset.metadata "
        "('data/no_metadata.json') names none",
        [{"dataset.metadata": "meta.json.gz"}, {"evaluation.baselines": ["most_popular"]}],
    ),
    "repeats_listable": (
        {"dataset.duplicates": "all"},
        "decoding.exclude_seen leaves out the repeats",
        [{"decoding.exclude_seen": False}, {"dataset.duplicates": "last"}],
    ),
    "ratings_there": (
        {"dataset.format": "p5", "embeddings.pmf.feedback": "ratings"},
        "embeddings.pmf.feedback is ratings, but the P5 format has none: use ones",
        [{"embeddings.pmf.feedback": "ones"}],
    ),
    "advised_items": (
        {"evaluation.assistants": ["ease"], "decoding.constrained": False},
        "evaluation.assistants names ease, who score items, but decoding.constrained false answers with any",
        [{"decoding.constrained": True}, {"evaluation.assistants": []}],
    ),
    "grounded_text": (
        {"decoding.grounding": "nearest"},
        "decoding.grounding nearest is of free text, but decoding.constrained true writes items alone",
        [{"decoding.constrained": False}, {"decoding.grounding": "none"}],
    ),
    "answers_alone": (
        {
            "training.samples": "histories",
            "training.objective.method": "msl",
            "identifiers.method": "atomic",
            "model.backbone": "llama",
        },
        "training.objective.method msl is about answers, but training.samples histories learns the items of",
        [{"training.samples": "prefixes"}, {"training.objective.method": "cross_entropy"}],
    ),
    "exact_candidates": (
        {"decoding.topn_method": "exact", "decoding.constrained": False},
        "decoding.topn_method exact ranks candidates, but decoding.constrained false answers with any text",
        [{"decoding.topn_method": "beam"}, {"decoding.constrained": True}],
    ),
    "learned_length": (
        {"decoding.min_tokens": 32},
        "decoding.min_tokens (32) leaves no room below training.explanation_tokens (32, the end among them)",
        [{"decoding.min_tokens": 31}, {"training.explanation_tokens": 33}],
    ),
    "whole_sentences": (
        {"explanations.min_words": 12, "decoding.max_tokens": 12},
        "decoding.max_tokens (12) cuts off every explanation, which has 12 words or more "
        "(explanations.min_words): raise it to at least 13",
        [{"decoding.max_tokens": 13}],
    ),
    "whole_split": (
        {"explanations.ratio": [8, 0, 1]},
        "explanations.ratio [8, 0, 1] leaves one of train, validation and test without explanations",
        [{"explanations.ratio": [8, 1, 1]}, {"explanations.split": "leave_one_out"}],
    ),
    "causal_sizes": (
        {"model.backbone": "llama", "model.d_kv": 9},
        "model.d_kv (9) is odd, and a llama turns pairs: use 10",
        [{"model.d_kv": 10}, {"model.backbone": "t5"}],
    ),
    "predicted_inputs": (
        {"training.samples": "histories", "model.backbone": "t5"},
        "training.samples histories has the items of inputs as targets, and a t5 sees all of an input at "
        "once: set training.samples to prefixes, or model.backbone to llama",
        [{"training.samples": "prefixes"}, {"model.backbone": "llama"}],
    ),
    "adapted_model": (
        {"model.lora.rank": 4},
        "model.lora.rank (4) puts adapters on fresh weights, which would stay as they were drawn: use 0",
        [{"model.lora.rank": 0}, {"model.backbone": "someone/some-llama"}],
    ),
    "enough_resamples": (
        {"evaluation.resamples": 39},
        "evaluation.resamples (39) is too few for intervals at evaluation.confidence 0.95: raise it to at "
        "least 40",
        [{"evaluation.resamples": 40}],
    ),
}
RULES = [check.__name__ for check in COMBINATIONS]
WAYS = [(rule, way) for rule in RULES for way in range(len(BROKEN[rule][2]))]


@pytest.mark.parametrize("rule", RULES)
def test_impossible_combination(document, tmp_path, rule):
    changes, message, _ = BROKEN[rule]
    change_all(document, changes)
    lines = found(document, tmp_path)
    assert len(lines) == 1
    assert lines[0].startswith(message)


@pytest.mark.parametrize(
    ("rule", "way"), [(rule, way) for rule in RULES for way in range(len(BROKEN[rule][2]))]
)
def test_what_a_message_advises_leads_on(document, tmp_path, rule, way):
    changes, _, ways = BROKEN[rule]
    change_all(document, changes | ways[way])
    assert found(document, tmp_path) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"prompts.heads": 3, "prompts.collaborative": "mlp"},
        {"prompts.heads": 3, "model.backbone": "google-t5/t5-small"},
        {"model.heads": 5, "model.d_kv": 9},
        {"dataset.negatives": 9},
        {"baselines.sasrec.heads": 3},
        {"decoding.constrained": False},
        {"dataset.duplicates": "all", "decoding.exclude_seen": False},
        {"explanations.min_words": 40, "explanations.source": "p5", "explanations.path": "beauty"},
        {"explanations.ratio": [8, 0, 1], "explanations.split": "leave_one_out"},
        {"evaluation.resamples": 10, "evaluation.confidence": 0.8},
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
    change_all(document, changes)
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


def paths_of_dvc() -> list[str]:
    """The parameters that name files and folders which stages of dvc.yaml depend on."""
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^ +- \$\{([\w.]+)\}$", text, re.MULTILINE)))


def test_the_paths_of_dvc():
    assert set(paths_of_dvc()) >= {
        "dataset.raw",
        "dataset.metadata",
        "dataset.removed_users",
        "prompts.templates",
    }


@pytest.mark.parametrize("path", paths_of_dvc())
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_path_is_told_before_dvc_ends_with_an_unexpected_error(document, tmp_path, path, empty):
    usual = document
    for part in path.split("."):
        usual = usual[part]
    change(document, path, empty)
    (line,) = found(document, tmp_path)
    assert line.startswith(f"{path}: Value error, DVC wants a name: {usual} (found {empty!r}), line ")


def test_faults_of_the_whole_file_are_told(document, tmp_path):
    document["extra"] = [0] * 20_000
    document["sample"] = {str(number): [0] * 1000 for number in range(20)}
    lines = found(document, tmp_path)
    assert lines[0].startswith("extra: unknown section")
    assert "more than 10000 values" in lines[1]


def test_a_section_by_its_old_name_is_told_its_new_one(document, tmp_path):
    document["numbering"] = document.pop("identifiers")
    lines = found(document, tmp_path)
    told = "numbering: this section is called identifiers now; rename it, its keys stay as they are, line "
    assert lines[0].startswith(told)
    assert lines[1] == "identifiers: missing"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("some", '{"model_type": "t5"}', True),
        ("some", '{"model_type": "llama"}', False),
        ("some", "[]", False),
        ("elsewhere", "", False),
    ],
)
def test_a_downloaded_encoder_predicts_no_inputs(document, tmp_path, name, content, told):
    (tmp_path / "some").mkdir()
    (tmp_path / "some/config.json").write_text(content)
    change_all(document, {"model.backbone": str(tmp_path / name), "training.samples": "histories"})
    assert any("and a t5 sees all of an input at once" in line for line in found(document, tmp_path)) is told


@pytest.mark.parametrize("content", ['{"d_model": 48}', "{}", "broken", '{"d_model": "wide"}'])
def test_a_downloaded_t5_brings_its_width(document, tmp_path, content):
    (tmp_path / "t5").mkdir()
    (tmp_path / "t5/config.json").write_text(content)
    change_all(document, {"model.backbone": str(tmp_path / "t5"), "prompts.heads": 5})
    (found_one,) = found(document, tmp_path) or [""]
    told = (
        f"the width of {tmp_path}/t5 (48) is no multiple of prompts.heads (5): use 1, 2, 3, 4, 6, 8, 12, 16,"
    )
    assert found_one.startswith(told) is ("48" in content)


def test_unknown_keys_of_both_files_are_told_with_file_and_line(document, tmp_path):
    del document["neighbours"]
    path = write_params_files(tmp_path, document)
    path.write_text("trainings: {epochs: 3}\n" + path.read_text().replace("  warmup:", "  warm_up:"))
    second = tmp_path / "baselines.yaml"
    second.write_text("neighbours: {count: 3}\n" + second.read_text().replace("budget:", "budgets:", 1))
    lines = [fault.strip() for fault in faults(path)]
    told = "\n".join(lines)
    assert lines[0].startswith("trainings: unknown section; is training meant?; known are seed, ")
    assert lines[0].endswith(", line 1 of params.yaml")
    for start, end in (
        (
            "neighbours: DVC looks for this section in params.yaml; move it there",
            ", line 1 of baselines.yaml",
        ),
        ("training.warm_up: unknown key (value 0.05); is training.warmup meant?", " of params.yaml"),
        ("baselines.budgets: unknown key (value 6); is baselines.budget meant?", " of baselines.yaml"),
    ):
        assert [line for line in lines if line.startswith(start) and line.endswith(end)], told
    for line in lines:
        number, file = re.findall(r"line (\d+) of (\S+)", line)[0]
        key = line.split(":")[0].split(".")[-1]
        if "missing" not in line:
            assert (tmp_path / file).read_text().splitlines()[int(number) - 1].strip().startswith(f"{key}:")
