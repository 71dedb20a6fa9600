import pyarrow as pa
import pyarrow.compute as pc
import pytest
import torch

from pipeline.explainers.config import ExplanationBaseline
from pipeline.explainers.nrt import NRT
from tests.explainers.contract import (
    ITEMS,
    PLANTED,
    USERS,
    ExplanationContract,
    config,
    explain,
    records,
    vocabulary,
)


class TestNRT(ExplanationContract):
    name = ExplanationBaseline.NRT


def model(**changes: float) -> NRT:
    torch.manual_seed(0)
    sizes = {"factors": 4, "hidden": 8, "layers": 3, "dropout": 0.0}
    weights = {"rating_weight": 1.0, "content_weight": 1.0, "l2_weight": 0.0}
    return NRT(USERS, ITEMS, len(vocabulary()), **(sizes | weights | changes))


def test_loss_by_its_parts():
    pairs = records()
    plain = model(rating_weight=0.0, content_weight=0.0).loss(pairs)
    both = model().loss(pairs)
    predicted = model()(pairs, pairs.shown())
    squared = (predicted.ratings - pairs.ratings).square().mean()
    logs = predicted.content.log_softmax(-1)
    words = [(row, word) for row, text in enumerate(pairs.words.tolist()) for word in text if word > 2]
    content = -torch.stack([logs[row, word] for row, word in words]).mean()
    torch.testing.assert_close(both, plain + squared + content)
    norm = sum(float(part.detach().square().sum()) for part in model().parameters())
    heavier = model(l2_weight=0.01).loss(pairs)
    assert float((heavier - both).detach()) == pytest.approx(0.01 * norm, rel=1e-3)


def test_unrated_pairs_dont_count_in_the_ratings_part():
    pairs = records()
    known = pairs.ratings.clone()
    pairs.ratings[1:] = float("nan")
    ratings = model()(pairs, pairs.shown()).ratings
    part = model(content_weight=0.0).loss(pairs) - model(content_weight=0.0, rating_weight=0.0).loss(pairs)
    torch.testing.assert_close(part, (ratings[0] - known[0]).square())


def test_under_a_heavy_norm_pairs_share_their_sentence():
    """The trap of the protocol: nobody is told from another, for the norm takes all weights to 0."""

    def different(l2_weight: float) -> int:
        settings = config(epochs=15)
        nrt = settings.nrt.model_copy(update={"l2_weight": (l2_weight,)})
        changed = settings.model_copy(update={"nrt": nrt})
        columns, _ = explain(ExplanationBaseline.NRT, PLANTED, changed)
        return len(set(columns["text"]))

    assert different(0.0) == ITEMS
    assert different(1.0) < ITEMS


def test_planted_pattern_is_balanced():
    # Else a constant sentence could be better than it looks.
    test: pa.Table = PLANTED.filter(pc.field("split") == "test")
    assert test["item"].value_counts().field("counts").to_pylist() == [4] * ITEMS
