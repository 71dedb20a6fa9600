import numpy as np
import pytest

from experiments.comparison import Entry, compare
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import ranking_figures
from pipeline.evaluation.sufficient_statistics import SufficientStatistics, ranking_sums, ratio


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_one_seed_gives_what_evaluate_gives() -> None:
    """The same users resampled the same way: figures, intervals and p-values are those of one run's file."""
    draws = np.random.default_rng(0)
    ranks = {name: draws.integers(0, 12, 80) for name in ("a", "b", "c")}
    config = EvaluationConfig(
        baselines=("most_popular",),
        explanation_baselines=(),
        sequential_cutoffs=(5,),
        topn_cutoffs=(5,),
        resamples=300,
        confidence=0.95,
    )
    wanted, differences = ranking_figures(ranks, (1, 5), config, rng(), model="a", compared=("b", "c"))
    entries = [
        Entry(name, [ranking_sums(found, (1, 5))], None if name == "a" else "a")
        for name, found in ranks.items()
    ]
    found = compare(entries, "NDCG@5", 300, 0.95, rng())
    for other in ("b", "c"):
        gap, alone = found.differences[other], differences[other]
        for name, figure in gap.items():
            for key in ("value", "low", "high"):
                assert getattr(figure, key) == getattr(alone[name], key)
            assert (figure.p is not None) == (name == "NDCG@5")
        # Of two comparisons alone the adjusted p is at most twice the raw one.
        raw, adjusted = gap["NDCG@5"].p, gap["NDCG@5"].p_adjusted
        assert raw == alone["NDCG@5"].p
        assert raw is not None
        assert adjusted is not None
        assert adjusted <= min(1.0, 2 * raw + 1e-6)
    assert (found.estimates, found.comparisons, found.users) == (wanted, 2, 80)


def test_seeds_are_averaged_and_each_is_kept() -> None:
    entry = Entry("a", [ranking_sums(np.array([1, 0]), (1,)), ranking_sums(np.array([1, 1]), (1,))], None)
    found = compare([entry], "HR@1", 50, 0.9, rng())
    assert found.estimates["a"]["HR@1"].value == 0.75
    assert found.estimates["a"]["HR@1"].by_seed == (0.5, 1.0)
    assert found.comparisons == 0


def test_users_are_paired_across_different_pairs() -> None:
    """User 1 has two pairs in one run and none in the other; user 2 has none in either and doesn't count."""
    one = SufficientStatistics(np.array([[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]), {"share": ratio(0, 1)})
    two = SufficientStatistics(np.array([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]), {"share": ratio(0, 1)})
    found = compare([Entry("one", [one], None), Entry("two", [two], "one")], "share", 50, 0.9, rng())
    assert found.estimates["one"]["share"].value == pytest.approx(1 / 3, abs=1e-6)
    assert found.estimates["two"]["share"].value == 0.5
    assert found.differences["two"]["share"].value == pytest.approx(1 / 3 - 0.5, abs=1e-6)
    assert found.users == 2


def test_a_figure_that_one_seed_lacks_is_left_out() -> None:
    both = SufficientStatistics(np.ones((2, 2)), {"a": ratio(0, 1), "b": ratio(0, 1)})
    found = compare([Entry("x", [both, both.only(("a",))], None)], "a", 10, 0.9, rng())
    assert set(found.estimates["x"]) == {"a"}
