import dataclasses
import math

import pytest
import torch

from pipeline.explainers.config import ExplanationBaseline
from pipeline.explainers.transformer import PETER, peter_mask, places
from tests.explainers.contract import (
    CPU,
    ITEMS,
    SENTENCES,
    USERS,
    ExplanationContract,
    config,
    explain,
    explanations,
    records,
    split_of,
    vocabulary,
)


class TestPETER(ExplanationContract):
    name = ExplanationBaseline.PETER


class TestPETERPlus(ExplanationContract):
    name = ExplanationBaseline.PETER_PLUS


def model(with_feature: bool = False, **changes: int) -> PETER:
    torch.manual_seed(0)
    sizes = {"width": 16, "heads": 2, "feedforward": 32, "layers": 2, "dropout": 0.0} | changes
    weights = {"rating_weight": 0.1, "content_weight": 1.0}
    return PETER(USERS, ITEMS, len(vocabulary()), **sizes, **weights, with_feature=with_feature).eval()


def test_mask_by_hand():
    # Figure 3: rows look, columns are looked at; 1 is forbidden.
    assert peter_mask(4, CPU).int().tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]


def changed(one, two):
    """Which of ratings, content and the places' logits differ, for the first pair."""
    logits = ((one.logits - two.logits)[0].abs().amax(-1) > 1e-6).tolist()
    return (
        bool((one.ratings - two.ratings)[0].abs() > 1e-6),
        bool((one.content - two.content)[0].abs().max() > 1e-6),
        logits,
    )


@pytest.mark.parametrize("with_feature", [False, True])
def test_user_and_item_see_each_other_and_words_see_what_is_before_them(with_feature):
    explainer, pairs = model(with_feature), records()
    shown = pairs.shown()
    length = shown.shape[1]
    before = explainer(pairs, shown)
    # The rating stands at the user's place, the content at the item's: each hangs on both.
    other_item = dataclasses.replace(pairs, items=(pairs.items + 1) % ITEMS)
    assert changed(before, explainer(other_item, shown)) == (True, True, [True] * length)
    other_user = dataclasses.replace(pairs, users=pairs.users + 1)
    assert changed(before, explainer(other_user, shown)) == (True, True, [True] * length)
    # A word changes itself and what is behind it, and neither rating nor content.
    for place in (0, 3):
        other = shown.clone()
        other[:, place] += 1
        assert changed(before, explainer(pairs, other)) == (
            False,
            False,
            [spot >= place for spot in range(length)],
        )
    # A feature changes the words of PETER+ alone, as it stands behind user and item.
    other_feature = dataclasses.replace(pairs, features=pairs.features + 1)
    assert changed(before, explainer(other_feature, shown)) == (False, False, [with_feature] * length)


def test_only_peter_plus_follows_the_feature():
    """Where the feature decides the sentence, and user and item say nothing, the oracle alone is right."""
    rows = [(u, i, (u * 7 + i * 3 + u * i) % 4, split_of(u, i)) for u in range(USERS) for i in range(ITEMS)]
    table = explanations(rows)
    wanted = [SENTENCES[row[2]][1] for row in rows if row[3] == "test"]

    def right(name: ExplanationBaseline) -> float:
        columns, _ = explain(name, table, config())
        return sum(a == b for a, b in zip(columns["text"], wanted, strict=True)) / len(wanted)

    assert right(ExplanationBaseline.PETER_PLUS) == 1.0
    assert right(ExplanationBaseline.PETER) < 0.7


def test_a_feature_of_two_words_is_their_mean():
    explainer, pairs = model(True), records()
    two = dataclasses.replace(pairs, features=torch.tensor([[5, 6]] * 4))
    vector = explainer.words.weight[[5, 6]].mean(0)
    torch.testing.assert_close(explainer._feature(two.features), vector.expand(4, -1))
    padded = dataclasses.replace(pairs, features=torch.tensor([[5, 6, 0]] * 4))
    torch.testing.assert_close(explainer._feature(padded.features), explainer._feature(two.features))


def test_places_by_hand():
    found = places(3, 4)
    assert found.shape == (3, 4)
    assert found[0].tolist() == [0.0, 1.0, 0.0, 1.0]
    wanted = [math.sin(2), math.cos(2), math.sin(0.02), math.cos(0.02)]
    assert found[2].tolist() == pytest.approx(wanted)


def test_width_has_to_be_a_multiple_of_the_heads():
    with pytest.raises(ValueError, match="width 16 isn't a multiple of heads 3"):
        model(heads=3)
