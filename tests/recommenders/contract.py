"""What every recommendation baseline promises; each one's test class inherits it."""

from typing import Any

import numpy as np
import pytest
import torch

from pipeline.embeddings.neighbours import nearest_users
from pipeline.recommenders.base import Fitted, TrainingData, Vectors
from pipeline.recommenders.config import WITHOUT_VECTORS, BaselinesConfig
from pipeline.recommenders.ranking.baseline import BaselineResult, Splits, run_baseline
from stages.fits import fit_of
from tests.recommenders.planted import ITEMS, UNKNOWN, USERS, histories, planted_splits

TOP = 4
"""As many items as a user's camp has left, so that HR@4 is 1 without any sense of order; HR@1 isn't."""


def recommended(name: str, settings: dict[str, Any], splits: Splits) -> BaselineResult:
    section = BaselinesConfig.model_fields[name].annotation
    assert section is not None
    return run_baseline(name, fit_of(name), section.model_validate(settings), 1, splits, TOP, seed=1)


def centred(scores: np.ndarray) -> np.ndarray:
    """Scores [N, I] without what is the same for a user's or for an item's: the means of rows and columns."""
    rows = scores - scores.mean(axis=1, keepdims=True)
    return rows - rows.mean(axis=0)


class RecommenderContract:
    """Inherit with the `name` of a baseline and settings that train in a moment.

    `dislikes`: it learns from ratings, so that it needs some low ones; `learns` is False for most popular;
    `ordered`: it learns what follows what. `linear` is False where a score isn't the product of user and item
    plus constants of either. `alike` is the least share of a user's nearest users that are of their camp.
    """

    name: str
    settings: dict[str, Any]
    dislikes = False
    learns = True
    ordered = False
    linear = True
    alike = 0.8

    @pytest.fixture(scope="class")
    def splits(self) -> Splits:
        return planted_splits(self.dislikes)

    @pytest.fixture(scope="class")
    def found(self, splits: Splits) -> BaselineResult:
        return recommended(self.name, self.settings, splits)

    def lists(self, found: BaselineResult, task: str) -> list[tuple[list[int], list[int]]]:
        """Each user's history and list."""
        rows = found.lists[task]["item"].reshape(USERS, TOP).tolist()
        return list(zip(histories(self.dislikes), rows, strict=True))

    def hit_rate(self, found: BaselineResult, task: str, top: int = TOP) -> float:
        return float(np.mean([walk[-1] in items[:top] for walk, items in self.lists(found, task)]))

    def test_lists_are_whole_and_ranks_contiguous(self, found):
        for columns in found.lists.values():
            assert columns["user"].tolist() == np.repeat(np.arange(USERS), TOP).tolist()
            assert columns["rank"].tolist() == list(range(1, TOP + 1)) * USERS
            assert np.isfinite(columns["score"]).all()

    def test_no_item_twice_and_best_first(self, found):
        for task, columns in found.lists.items():
            assert (np.diff(columns["score"].reshape(USERS, TOP), axis=1) <= 0).all()
            assert all(len(set(items)) == TOP for _, items in self.lists(found, task))

    def test_sequential_leaves_out_train_and_validation(self, found):
        for walk, items in self.lists(found, "sequential"):
            assert set(items) <= set(range(ITEMS)) - set(walk[:-1])

    def test_topn_keeps_to_the_candidates(self, found):
        for walk, items in self.lists(found, "topn"):
            assert set(items) <= set(range(ITEMS - 1)) - set(walk[:-1])

    def test_what_train_never_shows_comes_last(self, found):
        assert UNKNOWN not in found.lists["sequential"]["item"]

    def test_the_same_seed_gives_the_same_lists_and_leaves_other_generators_alone(self, found, splits):
        np.random.seed(99)
        torch.manual_seed(99)
        before = torch.get_rng_state(), np.random.get_state()[1]
        again = recommended(self.name, self.settings, splits)
        assert torch.equal(before[0], torch.get_rng_state())
        np.testing.assert_array_equal(before[1], np.random.get_state()[1])
        for task, columns in found.lists.items():
            for key, values in columns.items():
                np.testing.assert_array_equal(values, again.lists[task][key])
        assert found.record == again.record

    def test_it_learns_the_pattern_better_than_most_popular(self, found, splits):
        if not self.learns:
            pytest.skip("most popular itself")
        popular = recommended("most_popular", {}, splits)
        for task in ("sequential", "topn"):
            assert self.hit_rate(found, task) >= self.hit_rate(popular, task) + 0.3

    def test_it_learns_what_follows_what(self, found):
        if not self.ordered:
            pytest.skip("it doesn't look at the order")
        for task in ("sequential", "topn"):
            assert self.hit_rate(found, task, top=1) >= 0.7

    @pytest.fixture(scope="class")
    def fitted(self, data: TrainingData) -> Fitted:
        return fit_of(self.name)(data, self.settings, 1)

    @pytest.fixture(scope="class")
    def data(self, splits: Splits) -> TrainingData:
        given = {"attributes": splits.attributes, "texts": splits.texts}
        return TrainingData.from_table(splits.train, USERS, ITEMS, **given)

    @pytest.fixture(scope="class")
    def vectors(self, fitted: Fitted) -> Vectors:
        assert (fitted.vectors is None) == (self.name in WITHOUT_VECTORS)
        if fitted.vectors is None:
            pytest.skip("it has no vectors")
        return fitted.vectors(ITEMS)

    def test_a_score_is_a_user_s_vector_times_an_item_s(self, fitted, data, vectors):
        assert vectors.users.shape == (USERS, vectors.items.shape[1])
        assert (len(vectors.items), vectors.users.dtype, vectors.items.dtype) == (
            ITEMS,
            np.float32,
            np.float32,
        )
        if self.linear:
            scores = fitted.score(np.arange(USERS), data.histories)
            products = vectors.users @ vectors.items.T
            np.testing.assert_allclose(centred(products), centred(scores), atol=1e-4)

    def test_users_of_a_camp_have_vectors_near_each_other(self, vectors):
        nearest = nearest_users(vectors.users, 5, block=USERS).users
        assert np.isfinite(vectors.users).all()
        assert np.mean(nearest % 2 == np.arange(USERS)[:, None] % 2) >= self.alike

    def test_its_record_tells_settings_and_validation(self, found):
        assert found.record["name"] == self.name
        assert found.record["validation"]["settings"] == self.settings
        assert 0 <= found.record["validation"]["NDCG@10"] <= 1
