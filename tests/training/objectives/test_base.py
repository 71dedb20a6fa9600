"""Where targets stand in the tree, and what is left of a prompt without its names."""

import torch

from pipeline.backbones.base import IGNORED
from pipeline.tasks.explanation import EXPLANATION
from pipeline.training.objectives.base import (
    OFF_TREE,
    Lesson,
    Objective,
    steps_of,
    walk,
    without_names,
)
from tests.tiny import tiny_batch, tiny_model
from tests.training.objectives.answers import catalogue, labels


def test_edges_and_items_of_answers() -> None:
    trie = catalogue().trie
    edges, items = walk(trie, labels(3, 0))
    assert items.tolist() == [3, 0]
    for row, item in enumerate((3, 0)):
        length = int(trie.steps[item].sum())
        assert edges[row, :length].tolist() == trie.paths[item, :length].tolist()
    assert edges[1, 3] == OFF_TREE


def test_padding_and_foreign_tokens_stand_off_the_tree() -> None:
    wanted = torch.tensor([[2, 4, 1, 0], [2, 7, 1, 0], [9, 9, 9, 9]])
    edges, items = walk(catalogue().trie, wanted)
    assert (edges == OFF_TREE).tolist() == [[False] * 3 + [True], [False] + [True] * 3, [True] * 4]
    assert items.tolist() == [0, OFF_TREE, OFF_TREE]


def test_steps_stand_in_the_order_of_predictions() -> None:
    wanted = labels(1, 3)
    found = steps_of(catalogue().trie, wanted)
    assert found.samples.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert found.places.tolist() == [0, 1, 2, 0, 1, 2, 3]
    assert found.items.tolist() == [1, 1, 1, 3, 3, 3, 3]
    assert len(found.edges) == int((wanted != IGNORED).sum())


def test_a_prompt_without_names_keeps_its_other_tokens_in_order() -> None:
    batch = tiny_batch()
    left = without_names(batch)
    for row in range(len(batch)):
        kept = [
            int(token)
            for token, name, real in zip(batch.tokens[row], batch.rows[row], batch.mask[row], strict=True)
            if real and not name
        ]
        assert left.tokens[row, : len(kept)].tolist() == kept
        assert left.mask[row].tolist() == [1] * len(kept) + [0] * (len(batch.mask[row]) - len(kept))
    assert not left.rows.any()


def test_texts_are_learned_by_the_model_s_own_loss() -> None:
    model = tiny_model()
    never = Objective(lambda *_: torch.tensor(torch.nan))
    batch = tiny_batch(task=EXPLANATION)
    taught = Lesson(model, never, catalogue().trie).loss(batch)
    assert taught == model.loss(batch)
    assert torch.isnan(Lesson(model, never, catalogue().trie).loss(tiny_batch())[0])
