"""Neighbours of real reviewers share items far more often than chance has it."""

import gzip
import json
from collections import defaultdict

import numpy as np
import pytest

from pipeline.embeddings.factorization import factorize
from pipeline.embeddings.feedback import Feedback, ones_feedback
from pipeline.embeddings.quality import describe
from tests.embeddings.settings import embeddings_config
from tests.real_data import real_data


@pytest.fixture(scope="module")
def feedback() -> Feedback:
    """Train pairs: every history but its last two items."""
    histories: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with gzip.open(real_data("raw/reviews_Musical_Instruments_5.json.gz"), "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            histories[record["reviewerID"]].append((record["unixReviewTime"], record["asin"]))
    items = {item: k for k, item in enumerate(sorted({i for own in histories.values() for _, i in own}))}
    ordered = (sorted(histories[user], key=lambda pair: pair[0]) for user in sorted(histories))
    pairs = [(user, items[item]) for user, own in enumerate(ordered) for _, item in own[:-2]]
    return ones_feedback(*np.array(pairs).T)


@pytest.mark.slow
def test_neighbours_share_items(feedback):
    assert len(feedback) == 10261 - 2 * 1429
    config = embeddings_config(dimensions=64, epochs=100, learning_rate=0.001)
    figures = describe(feedback, factorize(feedback, 1429, 900, config, seed=7), config)
    # Measured: 0.469 against 0.065 (BiVAE at learning rate 0.01: 0.746).
    assert figures["shared_item_chance"] == pytest.approx(0.064573, abs=5e-4)
    assert figures["shared_item_share"] > 0.42
