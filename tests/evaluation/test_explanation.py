import numpy as np
import pyarrow as pa
import pytest

from pipeline.artifacts import make_table
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.explanation import copied_sentences, explanation_metrics, resampled_figures
from pipeline.tables import EXPLANATIONS, GENERATED

CONFIG = EvaluationConfig(
    baselines=("most_popular",),
    sequential_cutoffs=(5,),
    topn_cutoffs=(5,),
    resamples=100,
    confidence=0.95,
)


def explanations(rows):
    return make_table(
        EXPLANATIONS,
        {
            "user": [row[0] for row in rows],
            "item": [row[1] for row in rows],
            "row": [None] * len(rows),
            "rating": [None] * len(rows),
            "feature": ["case"] * len(rows),
            "opinion": [None] * len(rows),
            "sentiment": [1] * len(rows),
            "explanation": [row[2] for row in rows],
            "split": [row[3] for row in rows],
        },
    )


def generated(rows):
    return make_table(
        GENERATED,
        {
            "user": [row[0] for row in rows],
            "item": [row[1] for row in rows],
            "text": [row[2] for row in rows],
            "score": [0.0] * len(rows),
        },
    )


TRAIN = [(user, item, text, "train") for user, item, text in ((0, 1, "b"), (1, 1, "a"), (2, 1, "b"))]
TRAIN += [(3, 2, "z", "train"), (4, 2, "y", "train")]


def test_copies_are_the_items_most_frequent_sentence_ties_alphabetical():
    pairs = explanations([(5, 1, "", "test"), (5, 2, "", "test"), (5, 9, "", "test")])
    # Item 9 isn't in train: b is train's most frequent.
    assert copied_sentences(explanations(TRAIN), pairs) == ["b", "y", "b"]


def test_test_pairs_without_train_pairs_are_an_error():
    with pytest.raises(ValueError, match="no train pairs"):
        copied_sentences(explanations([]), explanations([(5, 1, "", "test")]))


def test_model_that_copies_differs_by_nought_from_the_floor():
    table = explanations([*TRAIN, (5, 1, "b c", "test"), (5, 2, "y", "test")])
    found = explanation_metrics(
        generated([(5, 1, "b"), (5, 2, "y")]), table, CONFIG, np.random.default_rng(0)
    )
    assert found["peapod"] == found["floor_copied_sentence"]
    for figure in found["difference_to_floor_copied_sentence"].values():
        assert figure == {"value": 0.0, "low": 0.0, "high": 0.0}
    # F1 of "b" against "b c" is 2/3, of "y" against "y" 1.
    assert found["peapod"]["ROUGE-1"]["value"] == pytest.approx(100 * 5 / 6, abs=1e-4)
    assert "low" not in found["peapod"]["USR"]


def test_only_test_pairs_count():
    table = explanations(TRAIN)
    assert explanation_metrics(generated([]), table, CONFIG, np.random.default_rng(0)) == {"pairs": 0}


def test_intervals_hold_the_value_and_narrow_with_more_pairs():
    texts, references = ["the case is good", "the lid is bad"], ["the case is great", "a lid"]

    def width(copies):
        count = 2 * copies
        found = resampled_figures(
            texts * copies, references * copies, ["case"] * count, 400, np.random.default_rng(0)
        )
        figure = found["ROUGE-1"]
        low, high = np.quantile(figure.replicates, [0.025, 0.975])
        assert low <= figure.value <= high
        return high - low

    assert width(100) < width(4) / 3


def with_features(features):
    """Two test pairs, the model right in one of them, with these reference features."""
    table = explanations([*TRAIN, (5, 1, "a fine case", "test"), (5, 2, "a case", "test")])
    column = pa.array([None] * len(TRAIN) + features, pa.string())
    table = table.set_column(table.schema.get_field_index("feature"), "feature", column)
    texts = generated([(5, 1, "nice case"), (5, 2, "nice")])
    return explanation_metrics(texts, table, CONFIG, np.random.default_rng(0))["peapod"]


def test_feature_figures_are_over_the_references_that_have_a_feature():
    assert with_features(["case", "case"])["FMR"]["value"] == 0.5
    assert with_features(["case", None])["FMR"]["value"] == 1.0
    assert with_features([None, "case"])["FMR"]["value"] == 0.0
    assert with_features([None, "lid"])["FCR"]["value"] == 0.0


def test_without_any_features_there_are_no_feature_figures():
    found = with_features([None, None])
    assert "FMR" not in found
    assert "FCR" not in found
    assert found["ROUGE-1"]["value"] > 0
