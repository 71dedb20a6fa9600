import numpy as np
import pyarrow as pa
import pytest

from pipeline.artifacts import make_table
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.explanation import (
    References,
    copied_sentences,
    explanation_metrics,
    resampled_figures,
)
from pipeline.evaluation.schema.document import Estimate
from pipeline.evaluation.sentiment import rating_signs
from pipeline.explanations.extraction import Extractor
from pipeline.tables import EXPLANATIONS, GENERATED

CONFIG = EvaluationConfig(
    baselines=("most_popular",),
    explanation_baselines=("nrt",),
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


def test_model_that_copies_differs_by_zero_from_the_floor():
    table = explanations([*TRAIN, (5, 1, "b c", "test"), (5, 2, "y", "test")])
    found = explanation_metrics(
        {"peapod": generated([(5, 1, "b"), (5, 2, "y")])}, table, CONFIG, np.random.default_rng(0)
    )
    assert found.estimates["peapod"] == found.estimates["floor_copied_sentence"]
    for figure in found.differences["floor_copied_sentence"].values():
        assert figure == Estimate(value=0.0, low=0.0, high=0.0, p=1.0, p_adjusted=1.0)
    # F1 of "b" against "b c" is 2/3, of "y" against "y" 1.
    assert found.estimates["peapod"]["ROUGE-1"].value == pytest.approx(100 * 5 / 6, abs=1e-4)
    assert found.estimates["peapod"]["USR"].low is None


def test_only_test_pairs_count():
    table = explanations(TRAIN)
    found = explanation_metrics({"peapod": generated([])}, table, CONFIG, np.random.default_rng(0))
    assert found.plain() == {"pairs": 0}


def test_intervals_hold_the_value_and_narrow_with_more_pairs():
    texts, references = ["the case is good", "the lid is bad"], ["the case is great", "a lid"]

    def width(copies):
        count = 2 * copies
        held = References(references * copies, ["case"] * count, np.zeros(count))
        found = resampled_figures(texts * copies, held, Extractor(), 400, np.random.default_rng(0))
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
    return explanation_metrics({"peapod": texts}, table, CONFIG, np.random.default_rng(0)).estimates["peapod"]


def test_feature_figures_are_over_the_references_that_have_a_feature():
    assert with_features(["case", "case"])["FMR"].value == 0.5
    assert with_features(["case", None])["FMR"].value == 1.0
    assert with_features([None, "case"])["FMR"].value == 0.0
    assert with_features([None, "lid"])["FCR"].value == 0.0


def test_without_any_features_there_are_no_feature_figures():
    found = with_features([None, None])
    assert "FMR" not in found
    assert "FCR" not in found
    assert found["ROUGE-1"].value > 0


def figures_of(texts, ratings, features=None, resamples=500):
    """The resampled figures of these texts, all references alike."""
    features = features or ["case"] * len(texts)
    held = References(["a case"] * len(texts), features, rating_signs(ratings))
    return resampled_figures(texts, held, Extractor(), resamples, np.random.default_rng(0))


def test_sentiment_agreement_is_over_good_and_bad_ratings():
    praise, blame = "The case is great.", "The case is flimsy."
    # Agreeing: first, second, fourth; the 3 counts for neither side; the last says nothing.
    texts = [praise, blame, praise, praise, praise, "It is a case."]
    found = figures_of(texts, [5.0, 1.0, 3.0, 4.0, 2.0, 5.0])
    assert found["SA"].value == pytest.approx(3 / 5)
    # 2 of 3 good ones, 1 of 2 bad ones.
    assert found["SA-balanced"].value == pytest.approx((2 / 3 + 1 / 2) / 2)
    low, high = np.quantile(found["SA"].replicates, [0.025, 0.975])
    assert 0.0 <= low < 3 / 5 < high <= 1.0


def test_praise_for_all_agrees_with_the_good_ratings_and_balances_at_a_half():
    found = figures_of(["The case is great."] * 4, [5.0, 5.0, 4.0, 1.0])
    assert found["SA"].value == 0.75
    assert found["SA-balanced"].value == 0.5


def test_without_ratings_there_is_no_sentiment_agreement():
    assert not {"SA", "SA-balanced"} & set(figures_of(["The case is great."] * 2, [None, 3.0]))
    assert "SA-balanced" not in figures_of(["The case is great."] * 2, [None, 5.0])


def test_the_interval_of_diversity_is_that_of_pairs_of_texts():
    """Its width is known: with one feature in a share s of N texts DIV is about s squared, whose standard
    deviation is about 2 s sqrt(s (1 - s) / N)."""
    count, share = 2000, 0.3
    texts = ["a case"] * int(share * count) + ["a lid"] * int((1 - share) * count)
    diversity = figures_of(texts, [None] * count)["DIV"]
    assert diversity.value == pytest.approx(share**2, abs=1e-3)
    spread = 2 * share * np.sqrt(share * (1 - share) / count)
    assert diversity.replicates.std() == pytest.approx(spread, rel=0.1)


def test_diversity_is_never_below_zero():
    """Few texts that share little: first order alone would lead a resample below what there can be."""
    texts = ["a case"] * 2 + ["a lid"] * 8
    diversity = figures_of(texts, [None] * 10)["DIV"]
    assert diversity.value == pytest.approx(2 / 90)
    assert diversity.replicates.min() == 0.0


def test_differences_of_all_methods_are_adjusted_together():
    table = explanations([*TRAIN, (5, 1, "b c", "test"), (5, 2, "y", "test")])
    texts = {"peapod": [(5, 1, "b c"), (5, 2, "y")], "nrt": [(5, 1, "q"), (5, 2, "q")]}
    found = explanation_metrics(
        {method: generated(rows) for method, rows in texts.items()}, table, CONFIG, np.random.default_rng(0)
    )
    gaps = found.differences["nrt"], found.differences["floor_copied_sentence"]
    assert found.comparisons == len(gaps[0]) + len(gaps[1])
    assert gaps[0]["ROUGE-1"].value == 100.0
    assert gaps[0]["ROUGE-1"].p == pytest.approx(2 / 101, abs=1e-6)
    assert gaps[0]["ROUGE-1"].p_adjusted > gaps[0]["ROUGE-1"].p


def rated(pairs, texts):
    """Figures of `texts` for test pairs of (reference, rating)."""
    table = explanations([*TRAIN, *((5, item, text, "test") for item, (text, _) in enumerate(pairs))])
    ratings = pa.array([None] * len(TRAIN) + [rating for _, rating in pairs], pa.float32())
    table = table.set_column(table.schema.get_field_index("rating"), "rating", ratings)
    written = generated([(5, item, text) for item, text in enumerate(texts)])
    return explanation_metrics({"peapod": written}, table, CONFIG, np.random.default_rng(0))


def test_references_in_other_languages_are_counted_and_their_tone_isnt_judged():
    russian, praise = "Отличный звук, всем советую!", "The case is great."
    found = rated([(russian, 5.0), (praise, 5.0), (praise, 1.0)], [russian, praise, praise])
    assert found.other_language == 1
    assert found.estimates["peapod"]["SA"].value == 0.5  # With the Russian pair it was 1 / 3.
    assert found.estimates["peapod"]["ROUGE-L"].value == 100.0


def test_of_references_in_other_languages_alone_there_is_no_sentiment_agreement():
    chinese = "声音很好，价格便宜"
    found = rated([(chinese, 5.0), (chinese, 1.0)], [chinese, chinese])
    assert found.other_language == 2
    assert not {"SA", "SA-balanced"} & set(found.estimates["peapod"])
    figures = {
        name: found.estimates["peapod"][name].value for name in ("BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L")
    }
    assert figures == dict.fromkeys(figures, 100.0)


def test_the_ascii_figures_stand_beside_and_are_not_tested():
    found = rated([("звук хороший", None), ("a b", None)], ["звук хороший", "a b"])
    assert found.estimates["peapod"]["ROUGE-1"].value == 100.0
    assert found.estimates["peapod"]["rouge_ascii_1"] == Estimate(value=50.0)
    assert "rouge_ascii_1" not in found.differences["floor_copied_sentence"]
