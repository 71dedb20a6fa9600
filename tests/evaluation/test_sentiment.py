import numpy as np
import pytest

from pipeline.evaluation.sentiment import (
    agreement,
    agreement_counts,
    balanced_agreement,
    rating_signs,
    text_signs,
)
from pipeline.explanations.extraction import Extractor


def test_signs_of_texts():
    texts = [
        "The sound is great.",
        "The cable broke and the strap is flimsy.",
        "It is a guitar strap.",
        "The sound is great but the strap is flimsy.",
        "The sound is great and clear, but the strap is flimsy.",
        "The sound is great.",
        "",
    ]
    assert text_signs(texts, Extractor()).tolist() == [1, -1, 0, 0, 1, 1, 0]


def test_signs_of_ratings():
    assert rating_signs([5.0, 4.0, 3.0, 2.0, 1.0, None]).tolist() == [1, 1, 0, -1, -1, 0]


def test_agreement_by_hand():
    signs = np.array([1, -1, 0, 1, -1, 1])
    wanted = np.array([1, 1, 1, -1, -1, 0])
    counts = agreement_counts(signs, wanted)
    assert counts.sum(axis=0).tolist() == [1, 3, 1, 2]
    assert agreement(counts.sum(axis=0)) == pytest.approx(2 / 5)
    assert balanced_agreement(counts.sum(axis=0)) == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_many_sums_at_once_and_none():
    sums = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0]])
    assert agreement(sums).tolist() == pytest.approx([4 / 6, 0.0])
    assert balanced_agreement(sums).tolist() == pytest.approx([(1 / 2 + 3 / 4) / 2, 0.0])
