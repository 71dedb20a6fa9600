import pytest

from pipeline.params import ParamsError, Section, read_params
from pipeline.recommenders.config import BaselinesConfig, WindowSettings

SETTINGS = {
    "factors": 8,
    "epochs": [1, 2],
    "learning_rate": 0.1,
    "batch_size": 4,
    "negatives": 1,
    "history": 5,
    "dropout": 0.0,
    "weight_decay": 0.0,
}


class Params(Section):
    caser: WindowSettings


def written(folder, changes):
    lines = [f"  {key}: {value}" for key, value in (SETTINGS | changes).items()]
    (folder / "params.yaml").write_text("\n".join(["caser:", *lines]) + "\n")
    return folder / "params.yaml"


def test_a_value_is_a_list_of_one(tmp_path):
    found = read_params(Params, written(tmp_path, {})).caser
    assert (found.factors, found.epochs) == ((8,), (1, 2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"factors": 0}, r"caser.factors.0: .*greater than or equal to 1 \(found 0\)"),
        ({"epochs": "[]"}, r"caser.epochs: .*at least 1 item"),
        ({"dropout": "[0.1, 1.0]"}, r"caser.dropout.1: .*less than 1 \(found 1.0\)"),
        ({"learning_rate": "fast"}, r"caser.learning_rate.0: .*valid number \(found 'fast'\)"),
        ({"width": 3}, "caser.width: unknown key"),
    ],
)
def test_faults_name_key_and_value(tmp_path, changes, message):
    with pytest.raises(ParamsError, match=message):
        read_params(Params, written(tmp_path, changes))


def test_no_baseline_is_called_budget():
    assert BaselinesConfig.model_fields["budget"].annotation is int
