"""Free text to the nearest item, by hand."""

import numpy as np
import pytest
import torch

from pipeline.decoding.grounding import Grounding, mean_vectors
from pipeline.prompts.item_trie import MASKED
from pipeline.prompts.whole_words import WordTokens

EOS, PAD = 1, 0
TABLE = torch.tensor([[9.0, 9.0], [7.0, 7.0], [0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
# Names at (0, 0), (2, 0) and, of tokens 3 and 4, (1, 2).
ANSWERS = WordTokens.join([np.array(one) for one in ([2, EOS], [3, EOS], [3, 4, EOS])])


def test_ends_and_padding_count_for_nothing() -> None:
    found = mean_vectors(torch.tensor([[3, 4, EOS, PAD], [EOS, PAD, PAD, -1]]), TABLE, (EOS, PAD))
    assert found.tolist() == [[1.0, 2.0], [0.0, 0.0]]


def test_items_by_distance() -> None:
    grounding = Grounding(ANSWERS, TABLE, EOS, PAD)
    # Token 4 alone is at (0, 4): 4, sqrt 20 and sqrt 5 away.
    items, scores = grounding.nearest(torch.tensor([[4, EOS], [3, EOS]]), None, 3)
    assert items.tolist() == [[2, 0, 1], [1, 0, 2]]
    assert scores[0].tolist() == pytest.approx([-(5**0.5), -4.0, -(20**0.5)])
    # Both others are sqrt 5 and 2 away from (2, 0).
    assert scores[1].tolist() == pytest.approx([0.0, -2.0, -(5**0.5)])


def test_what_may_not_be_an_answer_comes_last() -> None:
    allowed = torch.tensor([[True, True, False]])
    items, scores = Grounding(ANSWERS, TABLE, EOS, PAD).nearest(torch.tensor([[4, EOS]]), allowed, 3)
    assert items[0].tolist() == [0, 1, 2]
    assert scores[0, 2] == MASKED
