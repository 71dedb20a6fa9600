import numpy as np
import torch

from pipeline.decoding.constraints import Advice, AllBut, Beams, ItemConstraint, LengthConstraint
from pipeline.prompts.item_trie import ROOT, ItemTrie
from pipeline.prompts.whole_words import WordTokens

EOS = 1
# The items 0, 1 and 2.
TRIE = ItemTrie.build(WordTokens.join([np.array(tokens) for tokens in ([5, EOS], [5, 6, EOS], [7, EOS])]))


def beams(states: list[list[int]], length: int = 0) -> Beams:
    rows = torch.tensor(states)
    return Beams(torch.arange(len(rows)), rows, rows >= 0, length)


def spelled(constraint: ItemConstraint, state: int) -> dict[int, int]:
    """The tokens that may follow a beam of the first sample, and where each leads."""
    found = constraint.allowed(beams([[state]]))
    return dict(zip(found.tokens[found.allowed].tolist(), found.states[found.allowed].tolist(), strict=True))


def test_items_are_spelled_and_nothing_else() -> None:
    constraint = ItemConstraint(TRIE)
    first = spelled(constraint, ROOT)
    assert set(first) == {5, 7}
    assert set(spelled(constraint, first[5])) == {6, EOS}
    assert set(spelled(constraint, first[7])) == {EOS}
    assert TRIE.item[spelled(constraint, first[7])[EOS]] == 2
    assert constraint.longest == 3


def test_each_sample_may_be_narrowed_to_items_of_its_own() -> None:
    constraint = ItemConstraint(TRIE, TRIE.allowed(torch.tensor([[0], [2]])))
    found = constraint.allowed(beams([[ROOT], [ROOT]]))
    assert [found.tokens[row][found.allowed[row]].tolist() for row in (0, 1)] == [[5], [7]]


def test_no_token_follows_a_place_without_a_beam() -> None:
    found = ItemConstraint(TRIE).allowed(
        Beams(torch.arange(1), torch.tensor([[0, 0]]), torch.tensor([[True, False]]), 0)
    )
    assert found.allowed.any(-1).tolist() == [[True, False]]


def test_advice_is_that_of_the_beams_sample_and_edge() -> None:
    edges = len(TRIE.token)
    advice = Advice(0.25, torch.arange(2.0 * edges).view(2, edges))
    # Of two samples the second alone still searches.
    second = Beams(torch.tensor([1]), torch.tensor([[ROOT]]), torch.tensor([[True]]), 0)
    found = ItemConstraint(TRIE, advice=advice).allowed(second)
    assert found.weight == 0.25
    assert found.tokens.tolist() == [[[5, 7]]]
    assert found.added is not None
    assert found.added.tolist() == [[[edges, edges + 1]]]


def test_weights_of_edges_multiply_with_the_assistants() -> None:
    weights = torch.linspace(0.1, 0.6, len(TRIE.token))
    found = ItemConstraint(TRIE, weights=weights).allowed(beams([[ROOT]]))
    assert found.weight.tolist() == [[weights[:2].tolist()]]
    advice = Advice(0.25, torch.zeros(1, len(TRIE.token)))
    found = ItemConstraint(TRIE, advice=advice, weights=weights).allowed(beams([[ROOT]]))
    assert found.weight.tolist() == [[(0.25 * weights[:2]).tolist()]]


def test_the_end_is_barred_until_a_text_is_long_enough() -> None:
    constraint = LengthConstraint(300, EOS, shortest=2, longest=9)
    barred = [constraint.allowed(beams([[0]], length)).barred for length in range(4)]
    assert barred == [EOS, EOS, None, None]
    assert constraint.allowed(beams([[0]])) == AllBut(300, EOS)
