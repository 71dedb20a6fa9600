"""Our beam search against transformers' `generate` with the same settings."""

import numpy as np
import pytest
import torch

from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.backbones.t5.decoding_state import T5DecodingState
from pipeline.decoding.beam_search import Found, beam_search
from pipeline.decoding.constraints import ItemConstraint, LengthConstraint
from pipeline.decoding.item_trie import ItemTrie
from pipeline.prompts.batches import Batch
from pipeline.prompts.whole_words import WordTokens
from tests.tiny import tiny_batch, tiny_t5

EOS, PAD, VOCABULARY = 1, 0, 40
SEEDS = range(12)


def items(seed: int, count: int) -> list[list[int]]:
    """Different short sequences, some of them the beginning of others."""
    rng = np.random.default_rng(seed)
    found = {tuple(rng.integers(2, 12, rng.integers(1, 4)).tolist()) for _ in range(4 * count)}
    return [[*sequence, EOS] for sequence in sorted(found)[:count]]


def confident(seed: int):
    """A T5 whose distributions are far from uniform, so that beams end early and scores spread."""
    t5 = tiny_t5(seed, VOCABULARY)
    with torch.no_grad():
        t5.shared.weight.mul_(3.0)
    return t5


def ours(t5, batch: Batch, constraint, beams: int, penalty: float) -> Found:
    states = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    decoder = T5DecodingState(T5Backbone(t5), states, batch.mask)
    return beam_search(decoder, constraint, len(batch), beams, EOS, PAD, penalty, torch.device("cpu"))


def theirs(t5, batch: Batch, beams: int, penalty: float, **options: object):
    out = t5.generate(
        input_ids=batch.tokens,
        attention_mask=batch.mask,
        num_beams=beams,
        num_return_sequences=beams,
        length_penalty=penalty,
        early_stopping=False,
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    return out.sequences[:, 1:].view(len(batch), beams, -1), out.sequences_scores.view(len(batch), beams)


def assert_same(found: Found, tokens: torch.Tensor, scores: torch.Tensor) -> None:
    for row in range(len(tokens)):
        # transformers fills places that hold nothing with scores around -1e9.
        real = scores[row] > -1e6
        assert found.real[row].sum() == real.sum()
        torch.testing.assert_close(
            found.scores[row][found.real[row]], scores[row][real], atol=1e-5, rtol=1e-5
        )
        for beam in range(int(real.sum())):
            assert trimmed(found.tokens[row, beam]) == trimmed(tokens[row, beam])


def trimmed(tokens: torch.Tensor) -> list[int]:
    ids = tokens.tolist()
    return ids[: ids.index(EOS) + 1] if EOS in ids else ids


def allowed_after(sequences: list[list[int]]):
    def allowed(_: int, prefix: torch.Tensor) -> list[int]:
        written = prefix.tolist()[1:]
        following = {
            s[len(written)] for s in sequences if s[: len(written)] == written and len(s) > len(written)
        }
        return sorted(following) or [PAD]

    return allowed


@pytest.mark.parametrize("penalty", [0.0, 1.0])
@pytest.mark.parametrize("beams", [2, 4, 10])
@pytest.mark.parametrize("seed", SEEDS)
def test_constrained_to_items(seed: int, beams: int, penalty: float) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(t5, batch, ItemConstraint(trie), beams, penalty)
    tokens, scores = theirs(
        t5, batch, beams, penalty, prefix_allowed_tokens_fn=allowed_after(sequences), max_new_tokens=4
    )
    assert_same(found, tokens, scores)
    for row in range(len(batch)):
        named = [sequences[trie.item[state]] for state in found.states[row][found.real[row]]]
        assert named == [trimmed(t) for t in found.tokens[row][found.real[row]]]


@pytest.mark.parametrize("seed", SEEDS)
def test_constrained_to_each_samples_candidates(seed: int) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    rng = np.random.default_rng(seed)
    pools = torch.from_numpy(np.stack([rng.choice(len(sequences), 8, replace=False) for _ in range(4)]))
    found = ours(t5, batch, ItemConstraint(trie, trie.allowed(pools)), 5, 1.0)
    rules = [allowed_after([sequences[item] for item in pool]) for pool in pools]
    tokens, scores = theirs(
        t5,
        batch,
        5,
        1.0,
        prefix_allowed_tokens_fn=lambda row, prefix: rules[row](row, prefix),
        max_new_tokens=4,
    )
    assert_same(found, tokens, scores)


@pytest.mark.parametrize(
    ("shortest", "longest", "penalty"), [(0, 6, 1.0), (3, 8, 1.0), (5, 5, 0.0), (2, 7, 2.0)]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_free_text(seed: int, shortest: int, longest: int, penalty: float) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    found = ours(t5, batch, LengthConstraint(VOCABULARY, EOS, shortest, longest), 4, penalty)
    limits = {"max_new_tokens": longest} | ({"min_new_tokens": shortest} if shortest else {})
    tokens, scores = theirs(t5, batch, 4, penalty, **limits)
    assert_same(found, tokens, scores)


def test_fewer_items_than_beams_gives_all_of_them_once() -> None:
    t5, batch = confident(0), tiny_batch(0, vocabulary=VOCABULARY)
    sequences = items(0, 3)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(t5, batch, ItemConstraint(trie), 10, 0.0)
    for row in range(len(batch)):
        assert sorted(trie.item[found.states[row][found.real[row]]].tolist()) == [0, 1, 2]


def teacher_forced(t5, batch: Batch, sequence: list[int]) -> torch.Tensor:
    """The log-likelihood of one sequence for every sample, by transformers' own forward pass."""
    labels = torch.tensor([sequence] * len(batch))
    with torch.no_grad():
        logits = t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=labels).logits
    return logits.log_softmax(-1).gather(2, labels[..., None]).sum((1, 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_beams_as_candidates_give_each_its_log_likelihood(seed: int) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    rng = np.random.default_rng(seed)
    pools = torch.from_numpy(np.stack([rng.choice(len(sequences), 9, replace=False) for _ in range(4)]))
    found = ours(t5, batch, ItemConstraint(trie, trie.allowed(pools)), 9, 0.0)
    assert found.real.all()
    wanted = torch.stack([teacher_forced(t5, batch, sequence) for sequence in sequences], dim=1).gather(
        1, pools
    )
    wanted, order = wanted.sort(dim=1, descending=True)
    assert trie.item[found.states].tolist() == pools.gather(1, order).tolist()
    torch.testing.assert_close(found.scores, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("beams", [3, 12])
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_that_begin_with_one_another(seed: int, beams: int) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    # 5, 5 6, 5 6 7 and so on: each beam may end or go on at every step, so that many end early.
    sequences = [[*range(start, start + length), EOS] for start in (5, 6, 7) for length in (1, 2, 3)]
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(t5, batch, ItemConstraint(trie), beams, 1.0)
    tokens, scores = theirs(
        t5, batch, beams, 1.0, prefix_allowed_tokens_fn=allowed_after(sequences), max_new_tokens=4
    )
    assert_same(found, tokens, scores)


@pytest.mark.parametrize("seed", SEEDS)
def test_samples_that_are_done_leave_the_others_as_they_were(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    t5, batch = confident(seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = [[5, EOS], [6, EOS], [7, EOS], [8, 9, 10, EOS], [8, 9, 11, EOS], [9, 9, EOS]]
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    # The second sample's candidates are the short ones.
    pools = [[3, 4, 5], [0, 1, 2], [3, 4, 5], [3, 4, 5]]
    rows: list[int] = []
    reorder = T5DecodingState.reorder
    monkeypatch.setattr(
        T5DecodingState, "reorder", lambda *args: (rows.append(len(args[1])), reorder(*args))[1]
    )
    found = ours(t5, batch, ItemConstraint(trie, trie.allowed(torch.tensor(pools))), 2, 0.0)
    assert min(rows) < 4
    rules = [allowed_after([sequences[item] for item in pool]) for pool in pools]
    tokens, scores = theirs(
        t5,
        batch,
        2,
        0.0,
        prefix_allowed_tokens_fn=lambda row, prefix: rules[row](row, prefix),
        max_new_tokens=4,
    )
    assert_same(found, tokens, scores)
