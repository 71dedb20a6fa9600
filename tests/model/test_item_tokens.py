"""Tokens of items that start at item vectors."""

import numpy as np
import pytest
import torch

from pipeline.model.item_tokens import start_at_vectors
from pipeline.prompts.whole_words import WordTokens

FIRST = 10
"""Tokens below are of texts."""
EOS = 1


def answers(*tokens: list[int]) -> WordTokens:
    """The tokens of each item, an end behind them."""
    return WordTokens.join([np.array([*some, EOS]) for some in tokens])


def table(width: int, rows: int = 16) -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(rows, width)


def cosines(rows: torch.Tensor) -> torch.Tensor:
    rows = torch.nn.functional.normalize(rows, dim=1)
    return rows @ rows.T


@pytest.mark.parametrize("width", [4, 7])
def test_angles_between_items_are_those_of_their_vectors(width: int) -> None:
    fresh = table(width)
    found = fresh.clone()
    vectors = torch.randn(5, 4)
    start_at_vectors(found, answers(*([FIRST + item] for item in range(5))), FIRST, vectors)
    mine = found[FIRST : FIRST + 5]
    torch.testing.assert_close(cosines(mine), cosines(vectors - vectors.mean(0)), atol=1e-5, rtol=0)
    torch.testing.assert_close(mine.norm(dim=1), fresh[FIRST:].norm(dim=1).mean().expand(5))
    assert torch.equal(found[:FIRST], fresh[:FIRST])
    assert torch.equal(found[FIRST + 5 :], fresh[FIRST + 5 :])


def test_of_wider_vectors_what_varies_most_stays() -> None:
    vectors = torch.zeros(4, 6)
    vectors[:, 2] = torch.tensor([3.0, -3.0, 3.0, -3.0])
    vectors[:, 4] = torch.tensor([2.0, 2.0, -2.0, -2.0])
    vectors[:, 5] = 1e-3 * torch.randn(4)
    found = table(2)
    start_at_vectors(found, answers([10], [11], [12], [13]), FIRST, vectors)
    torch.testing.assert_close(cosines(found[10:14]), cosines(vectors), atol=1e-3, rtol=0)


def test_a_token_of_several_items_starts_at_their_mean() -> None:
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    found = table(2)
    start_at_vectors(found, answers([10], [10], [11], [12]), FIRST, vectors)
    # The sum of items 0 and 1 lies at 135 degrees to 2 and to 3.
    side = -(0.5**0.5)
    wanted = torch.tensor([[1.0, side, side], [side, 1.0, 0.0], [side, 0.0, 1.0]])
    torch.testing.assert_close(cosines(found[10:13]), wanted, atol=1e-6, rtol=1e-5)


def test_items_without_a_vector_keep_their_fresh_tokens() -> None:
    fresh = table(3)
    found = fresh.clone()
    vectors = torch.randn(3, 3)
    vectors[1] = 0
    start_at_vectors(found, answers([10], [11], [12]), FIRST, vectors)
    assert torch.equal(found[11], fresh[11])
    assert not torch.isclose(found[[10, 12]], fresh[[10, 12]]).any()


@pytest.mark.parametrize("vectors", [torch.zeros(1, 3), torch.ones(1, 3)])
def test_where_nothing_can_start_anywhere_it_says_what_to_set(vectors: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"set it to fresh, or identifiers\.method to atomic, residual"):
        start_at_vectors(table(3), answers([5]), FIRST, vectors)
