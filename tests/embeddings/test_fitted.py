"""A recommender's vectors as embeddings: whose they are, their width, and what can't be made."""

import numpy as np
import pytest
import torch

from pipeline.embeddings.factorization import FactorizationError
from pipeline.embeddings.fitted import one_configuration, recommender_vectors, released_vectors
from pipeline.recommenders.base import Fit, Fitted, TrainingData, Vectors
from pipeline.recommenders.config import EaseSettings, FactorsSettings
from pipeline.recommenders.parts.dros import DrosSasrec
from pipeline.recommenders.parts.released import LENGTH
from stages.fits import fit_of

DATA = TrainingData(
    [np.array([0, 1, 2]), np.array([1, 2]), np.array([], dtype=int), np.array([0, 2])], None, 5
)
"""User 2 has no train item, and items 3 and 4 no user."""


def given(value: float) -> Fit:
    """A fit whose vectors are all `value`, four wide."""
    vectors = Vectors(np.full((4, 4), value, dtype=np.float32), np.full((5, 4), value, dtype=np.float32))

    def fit(data, settings, seed):
        return Fitted(lambda users, histories: np.zeros((len(users), 5)), lambda width: vectors)

    return fit


def test_nothing_is_known_of_what_train_never_shows():
    found = recommender_vectors("bpr", given(1.0), DATA, {}, 4, 0)
    assert found.users[:, 0].tolist() == [1, 1, 0, 1]
    assert found.items[:, 0].tolist() == [1, 1, 1, 0, 0]
    assert (found.users.dtype, found.items.dtype) == (np.float32, np.float32)


def test_dimensions_are_the_factors_of_a_recommender_that_has_them():
    grid = {"factors": 99, "epochs": [3, 5, 9], "learning_rate": 0.1, "regularization": [0.0, 0.1]}
    found = one_configuration(FactorsSettings.model_validate(grid), 4)
    assert found == {"factors": 4, "epochs": 5, "learning_rate": 0.1, "regularization": 0.1}
    assert one_configuration(EaseSettings(regularization=(1.0,)), 4) == {"regularization": 1.0}


def test_products_of_ease_s_vectors_are_its_scores_for_those_that_train_shows():
    settings = {"regularization": 1.0}
    found = recommender_vectors("ease", fit_of("ease"), DATA, settings, 5, 0)
    scores = fit_of("ease")(DATA, settings, 0).score(np.arange(4), DATA.histories)
    np.testing.assert_allclose((found.users @ found.items.T)[:, :3], scores[:, :3], atol=1e-6)


def test_a_fit_that_diverges_is_named():
    settings = {"learning_rate": 0.1}
    with pytest.raises(
        FactorizationError, match=r"bpr: 3 of 4 user vectors hold NaN.*lower its learning_rate"
    ):
        recommender_vectors("bpr", given(float("nan")), DATA, settings, 4, 0)


def test_a_width_that_the_recommender_can_t_have_is_named():
    settings = {"factors": 5, "epochs": 1, "learning_rate": 0.1, "batch_size": 2, "history": 3}
    attention = {"dropout": 0.0, "heads": 2, "layers": 1}
    message = r"embeddings\.method sasrec, embeddings\.dimensions 5: factors 5 isn't a multiple of heads 2"
    with pytest.raises(FactorizationError, match=message):
        recommender_vectors("sasrec", fit_of("sasrec"), DATA, settings | attention, 5, 0)


def test_a_recommender_without_vectors_is_told():
    with pytest.raises(FactorizationError, match="most_popular: it has no user vectors"):
        recommender_vectors("most_popular", fit_of("most_popular"), DATA, {}, 4, 0)


def test_released_vectors_are_those_of_the_items_numbers_and_users_are_means(tmp_path):
    path = tmp_path / "SASRec.npz"
    torch.manual_seed(0)
    arrays = {name: value.numpy() for name, value in DrosSasrec(5, 8, LENGTH).state_dict().items()}
    np.savez(path, **arrays)
    table = arrays["item_embeddings.weight"]
    found = released_vectors(path, ["4", "3", "0", "2", "1"], DATA.histories)
    np.testing.assert_array_equal(found.items, table[[4, 3, 0, 2, 1]])
    np.testing.assert_allclose(found.users[1], (table[3] + table[0]) / 2, rtol=1e-6)
    assert not found.users[2].any()
    # MovieLens's ids count from 1.
    found = released_vectors(path, ["5", "4", "1", "3", "2"], DATA.histories)
    np.testing.assert_array_equal(found.items, table[[4, 3, 0, 2, 1]])
    with pytest.raises(FactorizationError, match=r"has 5 items, numbered from 0; item '5' of this dataset"):
        released_vectors(path, ["0", "5", "1", "2", "3"], DATA.histories)
