from pipeline.explainers.config import ExplanationBaseline
from tests.explainers.contract import PLANTED, config, explain


def searched(**changes):
    settings = config(epochs=2, budget=3)
    att2seq = settings.att2seq.model_copy(update=changes)
    return explain(ExplanationBaseline.ATT2SEQ, PLANTED, settings.model_copy(update={"att2seq": att2seq}))


def test_the_configuration_of_least_validation_loss_writes():
    columns, record = searched(learning_rate=(1e-6, 0.02, 1e-5))
    assert [trial["settings"]["learning_rate"] for trial in record["tried"]] == [1e-6, 0.02, 1e-5]
    assert record["validation"] == min(record["tried"], key=lambda trial: trial["loss"])
    assert record["validation"]["settings"]["learning_rate"] == 0.02
    assert columns["text"] == searched(learning_rate=(0.02,))[0]["text"]


def test_no_more_configurations_than_the_budget():
    _, record = searched(learning_rate=(0.01, 0.02), hidden=(8, 16, 24))
    assert len(record["tried"]) == 3
