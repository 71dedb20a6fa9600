import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.item_trie import MASKED, ItemTrie
from pipeline.prompts.whole_words import WordTokens

EOS = 1


def build(sequences: list[list[int]]) -> ItemTrie:
    return ItemTrie.build(
        WordTokens.join([np.array([*sequence, EOS], dtype=np.int32) for sequence in sequences])
    )


def spelled(trie: ItemTrie, allowed: torch.Tensor | None = None) -> dict[int, list[int]]:
    """Every item that a walk from the root reaches, with its tokens."""
    found, open_ends = {}, [(0, [])]
    while open_ends:
        node, tokens = open_ends.pop()
        if trie.item[node] >= 0:
            found[int(trie.item[node])] = tokens
        for edge in range(int(trie.first[node]), int(trie.first[node] + trie.count[node])):
            if allowed is None or allowed[edge]:
                open_ends.append((int(trie.target[edge]), [*tokens, int(trie.token[edge])]))
    return found


sequences = st.lists(
    st.lists(st.integers(2, 6), min_size=1, max_size=4), min_size=1, max_size=20, unique_by=tuple
)


@given(sequences, st.data())
def test_the_tree_spells_exactly_the_items_and_narrowed_exactly_the_candidates(
    items: list[list[int]], data: st.DataObject
) -> None:
    trie = build(items)
    assert spelled(trie) == {index: [*item, EOS] for index, item in enumerate(items)}
    picked = data.draw(st.sets(st.integers(0, len(items) - 1), min_size=1))
    allowed = trie.allowed(torch.tensor([sorted(picked)]))[0]
    assert spelled(trie, allowed) == {index: [*items[index], EOS] for index in picked}


@given(sequences, st.data())
def test_without_some_items_the_tree_spells_exactly_the_others(
    items: list[list[int]], data: st.DataObject
) -> None:
    trie = build(items)
    left_out = data.draw(st.sets(st.integers(0, len(items) - 1)))
    padded = torch.tensor([[*sorted(left_out), -1, -1]])
    others = {index: [*item, EOS] for index, item in enumerate(items) if index not in left_out}
    assert spelled(trie, trie.without(padded)[0]) == others


def test_a_prefix_of_another_item_ends_where_it_ends() -> None:
    trie = build([[5, 6], [5], [5, 6, 7]])
    edges, real = trie.edges(torch.tensor([[0, 1]]))
    assert trie.token[edges[0, 0]][real[0, 0]].tolist() == [5]
    assert trie.token[edges[0, 1]][real[0, 1]].tolist() == [EOS, 6]


def test_shares_of_edges_by_hand() -> None:
    # Items 0 and 1 begin alike; a node's edges are in the order of their tokens.
    trie = build([[5, 2], [5, 3], [7]])
    found = trie.conditional(
        np.log(
            [[0.5, 0.3, 0.2], [0.1, 0.0, 0.3]],
            where=[[True] * 3, [True, False, True]],
            out=np.full((2, 3), MASKED),
        )
    )
    assert trie.token.tolist() == [5, 7, 2, 3, EOS, EOS, EOS]
    wanted = [[0.8, 0.2, 0.625, 0.375, 1, 1, 1], [0.25, 0.75, 1, 0, 1, 1, 0]]
    assert trie.token[torch.tensor([4, 5, 6])].tolist() == [EOS] * 3
    order = [0, 1, 2, 3, *(int(trie.paths[item, -1]) for item in (0, 2, 1))]
    torch.testing.assert_close(found[:, order].exp(), torch.tensor(wanted))


@given(sequences, st.data())
def test_shares_of_edges_sum_to_1_at_each_node_and_multiply_to_each_item(
    items: list[list[int]], data: st.DataObject
) -> None:
    trie = build(items)
    possible = data.draw(st.sets(st.integers(0, len(items) - 1), min_size=1))
    seed = data.draw(st.integers(0, 99))
    # So far apart that they'd be nothing beside one another in plain probabilities.
    scores = np.random.default_rng(seed).normal(-2000, 400, (1, len(items)))
    scores[:, [item for item in range(len(items)) if item not in possible]] = MASKED
    (found,) = trie.conditional(scores)
    reached = torch.zeros(len(trie.count), dtype=torch.bool)
    for item in possible:
        path = list(dict.fromkeys(trie.paths[item].tolist()))
        reached[[0, *trie.target[path[:-1]].tolist()]] = True
        total = scores[0].max() + np.log(np.exp(scores[0] - scores[0].max()).sum())
        np.testing.assert_allclose(found[path].sum(), scores[0, item] - total, rtol=1e-5, atol=1e-4)
    for node in reached.nonzero().flatten().tolist():
        edges = slice(int(trie.first[node]), int(trie.first[node] + trie.count[node]))
        torch.testing.assert_close(found[edges].exp().sum(), torch.tensor(1.0))
    spelled_by_others = trie.allowed(torch.tensor([sorted(possible)]))[0]
    assert (found > MASKED).equal(spelled_by_others)


def test_two_items_with_one_number_are_an_error() -> None:
    with pytest.raises(ValueError, match="two items have the same tokens"):
        build([[5], [6], [5]])
