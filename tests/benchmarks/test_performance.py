import json
from pathlib import Path

import pytest

from benchmarks.performance import main, results_of, sections_of

SIDE = {"users_per_second": 200.0, "peak_memory_mib": 900.0, "share_of_matrix_peak": 0.5}
GENERATION = {
    "command": "python -m benchmarks.generation --json",
    "benchmark": "generation",
    "machine": "two cores",
    "shape": "d128",
    "precision": "fp32",
    "plain_precision": "fp32",
    "matrix_peak_gflops": 195.0,
    "tasks": {
        "sequential": {
            "input_tokens_mean": 36.0,
            "ours": SIDE,
            "transformers": SIDE | {"users_per_second": 20.0},
            "ratio": 9.0,
            "same_answers": 1.0,
        }
    },
}
TRAINING = {
    "benchmark": "training",
    "shape": "t5-small",
    "precision": "bf16",
    "tasks": {},
    "cycle": {
        "input_tokens_mean": 190.0,
        "ours": {"samples_per_second": 140.0, "peak_memory_mib": 900.0, "share_of_matrix_peak": 0.4},
    },
}
NEIGHBOURS = {"exact": [{"users": 10, "seconds": 1.5}], "approximate": []}
PREPROCESS = {"reviews": 7, "volumes": [{"megabytes": 3.5}]}
ACCURACY = {"file": "a.json", "f1": 0.5}
EXTRACTION = {"file": "a.json", "reviews_per_second_and_core": 1500.0, "machine": "two cores"}


def test_the_page_has_the_figures_the_goal_and_the_command_and_keeps_its_prose(tmp_path: Path) -> None:
    result, page = tmp_path / "generation.json", tmp_path / "page.md"
    result.write_text(json.dumps(GENERATION))
    page.write_text("before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n")
    main([result], page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "Generation, shape d128: ours in fp32, transformers in fp32" in text
    assert "| sequential | 36.0 | 200.0 | 20.0 | 9.000 | 10.0 | 0.500 | 900.0 | 900.0 | 1.000 |" in text
    assert "| `python -m benchmarks.generation --json` | two cores | 195.0 |" in text
    assert "benchmarks.performance --markdown PATH/TO/page.md PATH/TO/generation.json`" in text


def test_every_benchmark_has_a_table() -> None:
    sections = dict(sections_of([TRAINING, NEIGHBOURS, PREPROCESS, PREPROCESS, EXTRACTION, ACCURACY]))
    (cycle,) = sections["Training, shape t5-small: ours in bf16, transformers in fp32"]
    assert cycle["our_samples_per_second"] == 140.0
    assert cycle["goal"] is None
    assert cycle["ratio"] is None
    assert sections["Neighbours"] == NEIGHBOURS["exact"]
    assert sections["Preprocess"] == [{"reviews": 7, "megabytes": 3.5}] * 2
    assert sections["Extraction"] == [{"file": "a.json", "reviews_per_second_and_core": 1500.0}]
    commands = [row["command"] for row in sections["Where the figures come from"]]
    assert commands == [None] * 4 + ["`python -m benchmarks.extraction --reviews a.json --json`"]


def test_what_is_no_result_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    for text, fault in (("{", "not the output"), ("[1]", "no JSON object"), ("", "no JSON object")):
        file.write_text(text)
        with pytest.raises(ValueError, match=f"other.json: {fault}"):
            results_of([file])
    with pytest.raises(ValueError, match="a result with colour: of no benchmark"):
        sections_of([{"colour": 1}])


def test_a_missing_file_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([tmp_path / "none.json"], tmp_path / "page.md")
    assert "none.json: not the output of a benchmark" in capsys.readouterr().err
