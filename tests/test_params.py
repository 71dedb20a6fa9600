from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, ValidationError

from pipeline.params import ParamsError, Section, load_params, load_yaml, read_params


class Fit(Section):
    method: Literal["pmf", "bivae"]
    learning_rate: float = Field(gt=0)
    sizes: tuple[int, ...]


class Params(Section):
    seed: int
    fit: Fit


SOUND = "seed: 1\nfit: {method: pmf, learning_rate: 0.1, sizes: [1, 2]}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sections_are_typed_and_other_sections_left_alone(tmp_path):
    params = read_params(Params, written(tmp_path, SOUND + "other: {anything: goes}\n"))
    assert params == Params(seed=1, fit=Fit(method="pmf", learning_rate=0.1, sizes=(1, 2)))


def test_sections_are_frozen(tmp_path):
    params = read_params(Params, written(tmp_path, SOUND))
    with pytest.raises(ValidationError, match="frozen"):
        params.seed = 2


def test_every_fault_is_told_at_once(tmp_path):
    text = "fit: {method: svd, learning_rate: -1, sizes: [1, x], extra: 3}\n"
    with pytest.raises(ParamsError) as caught:
        read_params(Params, written(tmp_path, text))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("params.yaml: 5 fault(s)")
    assert sorted(line.split(":")[0].strip() for line in lines[1:]) == [
        "fit.extra",
        "fit.learning_rate",
        "fit.method",
        "fit.sizes.1",
        "seed",
    ]
    message = str(caught.value)
    assert "  seed: missing" in message
    assert "  fit.extra: unknown key (value 3)" in message
    assert "'pmf' or 'bivae' (found 'svd')" in message
    assert "greater than 0 (found -1)" in message


@pytest.mark.parametrize(
    ("text", "value"), [("1e-4", 1e-4), ("1.0e-4", 1e-4), ("5e-05", 5e-5), ("1E3", 1000.0), ("0.25", 0.25)]
)
def test_scientific_notation_is_a_number_as_dvc_writes_it(tmp_path, text, value):
    assert read_params(Params, written(tmp_path, SOUND.replace("0.1", text))).fit.learning_rate == value


@pytest.mark.parametrize("text", ["fast", "'1e-4'", "1e-4x", "e-4"])
def test_text_is_no_number(tmp_path, text):
    with pytest.raises(ParamsError, match=r"learning_rate: .*found '"):
        read_params(Params, written(tmp_path, SOUND.replace("0.1", text)))


@pytest.mark.parametrize("value", ["'1'", "1.5", "true", "null"])
def test_types_are_strict(tmp_path, value):
    with pytest.raises(ParamsError, match="1 fault"):
        read_params(Params, written(tmp_path, SOUND.replace("seed: 1", f"seed: {value}")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1\n", "expected a mapping of sections, found list"),
        ("", "expected a mapping of sections, found NoneType"),
        ("a: [1\n", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_mapping(tmp_path, text, message):
    with pytest.raises(ParamsError, match=message):
        load_yaml(written(tmp_path, text))


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "params.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(ParamsError, match="not readable as YAML"):
        load_yaml(tmp_path / "params.yaml")


def test_absent_file(tmp_path):
    with pytest.raises(ParamsError, match=r"absent\.yaml: no such file"):
        read_params(Params, tmp_path / "absent.yaml")


def test_tags_that_would_make_objects_are_refused(tmp_path):
    with pytest.raises(ParamsError, match="not readable as YAML"):
        load_yaml(written(tmp_path, "a: !!python/object/apply:os.getcwd []\n"))


class Both(Section):
    seed: int
    fit: Fit
    baselines: dict[str, Fit]


SECOND = "# Methods.\nbaselines:\n  ease: {method: pmf, learning_rate: 0.1, sizes: [1]}\n"


def test_the_file_beside_holds_further_sections(tmp_path):
    path = written(tmp_path, SOUND)
    (tmp_path / "baselines.yaml").write_text(SECOND)
    found = read_params(Both, path)
    assert (found.seed, found.baselines["ease"].sizes) == (1, (1,))


def test_every_fault_is_told_with_its_line_and_file(tmp_path):
    path = written(tmp_path, SOUND.replace("fit:", "\nfit:").replace("method", "methot"))
    (tmp_path / "baselines.yaml").write_text(SECOND.replace("sizes: [1]", "\n    sizes: [1,\n     x]"))
    with pytest.raises(ParamsError) as caught:
        read_params(Both, path)
    assert sorted(str(caught.value).splitlines()[1:]) == [
        "  baselines.ease.sizes.1: Input should be a valid integer (found 'x'), line 5 of baselines.yaml",
        "  fit.method: missing, line 3 of params.yaml",
        "  fit.methot: unknown key (value 'pmf'); is fit.method meant?, line 3 of params.yaml",
    ]


def test_a_section_in_both_files_is_refused(tmp_path):
    (tmp_path / "baselines.yaml").write_text("seed: 2\n")
    with pytest.raises(ParamsError, match=r"baselines\.yaml: seed stands in params\.yaml too; delete one"):
        load_params(written(tmp_path, SOUND))


def test_another_file_has_none_beside_it(tmp_path):
    (tmp_path / "baselines.yaml").write_text("seed: 2\n")
    other = written(tmp_path, SOUND).rename(tmp_path / "list.yaml")
    assert read_params(Params, other).seed == 1
