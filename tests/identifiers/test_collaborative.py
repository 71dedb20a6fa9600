from dataclasses import replace

import numpy as np
import pytest

from pipeline.identifiers.collaborative import make
from tests.identifiers.build import PAIRS, histories, random, settings, sources

SETTINGS = settings("collaborative")


def test_items_without_train_come_last():
    found = histories([(0, 4), (0, 2), (0, 0), (0, 1), (0, 3)])
    items = make(sources(found), SETTINGS, random).item_numbers
    assert sorted(items[[4, 2, 0]].tolist()) == [1, 2, 3]
    assert sorted(items[[1, 3]].tolist()) == [4, 5]


def test_near_vectors_have_near_numbers():
    pairs = [(user, item) for user in range(3) for item in range(12)] + [(3, 0), (3, 12), (3, 13)]
    found = sources(histories(pairs))
    vectors = np.array([[1.0, 0.01 * item] if item % 2 else [0.01 * item, 1.0] for item in range(14)])
    numbers = make(replace(found, vectors={"embeddings": lambda: vectors}), SETTINGS, random).item_numbers
    odd = sorted(numbers[[1, 3, 5, 7, 9]].tolist())
    assert odd == list(range(odd[0], odd[0] + 5))


def test_a_vector_an_item_is_wanted():
    found = replace(sources(histories(PAIRS)), vectors={"embeddings": lambda: np.zeros((4, 2))})
    with pytest.raises(ValueError, match="4 item vectors found, 5 items wanted"):
        make(found, SETTINGS, random)
