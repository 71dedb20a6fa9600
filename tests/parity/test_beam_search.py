"""Our beam search against transformers' `generate` with the same settings."""

import numpy as np
import pytest
import torch

from pipeline.backbones.base import Backbone, Embedded
from pipeline.backbones.begin import begin
from pipeline.backbones.causal.backbone import CausalBackbone
from pipeline.decoding.beam_search import Found, beam_search
from pipeline.decoding.constraints import ItemConstraint, LengthConstraint
from pipeline.prompts.batches import Batch
from pipeline.prompts.item_trie import ItemTrie
from pipeline.prompts.whole_words import WordTokens
from tests.tiny import BACKBONES, tiny_backbone, tiny_batch

EOS, PAD, VOCABULARY = 1, 0, 40
SEEDS = range(12)


def items(seed: int, count: int) -> list[list[int]]:
    """Different short sequences, some of them the beginning of others."""
    rng = np.random.default_rng(seed)
    found = {tuple(rng.integers(2, 12, rng.integers(1, 4)).tolist()) for _ in range(4 * count)}
    return [[*sequence, EOS] for sequence in sorted(found)[:count]]


@pytest.fixture(params=BACKBONES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def confident(name: str, seed: int) -> Backbone:
    """A model whose distributions are far from uniform, so that beams end early and scores spread."""
    if name == "llama":
        return tiny_backbone(name, seed, VOCABULARY, initializer_range=0.4)
    backbone = tiny_backbone(name, seed, VOCABULARY)
    with torch.no_grad():
        backbone.embedding.mul_(3.0)
    return backbone


def ours(backbone: Backbone, batch: Batch, constraint, beams: int, penalty: float) -> Found:
    with torch.no_grad():
        decoder = begin(backbone, Embedded(backbone.embed(batch.tokens), batch.mask))
    return beam_search(decoder, constraint, len(batch), beams, EOS, PAD, penalty, torch.device("cpu"))


def padded_left(batch: Batch) -> dict[str, torch.Tensor]:
    """What `generate` of a causal model wants: padding in front."""
    shifts = (batch.mask == 0).sum(1)
    turned = [
        [row.roll(int(shift)) for row, shift in zip(values, shifts, strict=True)]
        for values in (batch.tokens, batch.mask)
    ]
    return {"input_ids": torch.stack(turned[0]), "attention_mask": torch.stack(turned[1])}


def theirs(backbone: Backbone, batch: Batch, beams: int, penalty: float, **options: object):
    """Sequences and scores; a causal model's prefixes are those behind the input, and begin with its end."""
    causal = isinstance(backbone, CausalBackbone)
    model = backbone.llm if causal else backbone.t5
    inputs = padded_left(batch) if causal else {"input_ids": batch.tokens, "attention_mask": batch.mask}
    first = batch.tokens.shape[1] if causal else 1
    rule = options.pop("prefix_allowed_tokens_fn", None)
    if rule is not None:
        options["prefix_allowed_tokens_fn"] = lambda row, prefix: rule(row, prefix[first - 1 :])
    out = model.generate(
        **inputs,
        num_beams=beams,
        num_return_sequences=beams,
        length_penalty=penalty,
        early_stopping=False,
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    return out.sequences[:, first:].view(len(batch), beams, -1), out.sequences_scores.view(len(batch), beams)


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
def test_constrained_to_items(name: str, seed: int, beams: int, penalty: float) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(backbone, batch, ItemConstraint(trie), beams, penalty)
    tokens, scores = theirs(
        backbone, batch, beams, penalty, prefix_allowed_tokens_fn=allowed_after(sequences), max_new_tokens=4
    )
    assert_same(found, tokens, scores)
    for row in range(len(batch)):
        named = [sequences[trie.item[state]] for state in found.states[row][found.real[row]]]
        assert named == [trimmed(t) for t in found.tokens[row][found.real[row]]]


@pytest.mark.parametrize("seed", SEEDS)
def test_constrained_to_each_samples_candidates(name: str, seed: int) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    rng = np.random.default_rng(seed)
    pools = torch.from_numpy(np.stack([rng.choice(len(sequences), 8, replace=False) for _ in range(4)]))
    found = ours(backbone, batch, ItemConstraint(trie, trie.allowed(pools)), 5, 1.0)
    rules = [allowed_after([sequences[item] for item in pool]) for pool in pools]
    tokens, scores = theirs(
        backbone,
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
def test_free_text(name: str, seed: int, shortest: int, longest: int, penalty: float) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    found = ours(backbone, batch, LengthConstraint(VOCABULARY, EOS, shortest, longest), 4, penalty)
    limits = {"max_new_tokens": longest} | ({"min_new_tokens": shortest} if shortest else {})
    tokens, scores = theirs(backbone, batch, 4, penalty, **limits)
    assert_same(found, tokens, scores)


def test_fewer_items_than_beams_gives_all_of_them_once(name: str) -> None:
    backbone, batch = confident(name, 0), tiny_batch(0, vocabulary=VOCABULARY)
    sequences = items(0, 3)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(backbone, batch, ItemConstraint(trie), 10, 0.0)
    for row in range(len(batch)):
        assert sorted(trie.item[found.states[row][found.real[row]]].tolist()) == [0, 1, 2]


def teacher_forced(backbone: Backbone, batch: Batch, sequence: list[int]) -> torch.Tensor:
    """The log-likelihood of one sequence for every sample, by transformers' own forward pass."""
    labels = torch.tensor([sequence] * len(batch))
    with torch.no_grad():
        if isinstance(backbone, CausalBackbone):
            inputs = padded_left(batch)
            tokens = torch.cat([inputs["input_ids"], labels], dim=1)
            mask = torch.cat([inputs["attention_mask"], torch.ones_like(labels)], dim=1)
            places = (mask.cumsum(1) - 1).clamp(min=0)
            logits = backbone.llm(input_ids=tokens, attention_mask=mask, position_ids=places).logits
            logits = logits[:, -len(sequence) - 1 : -1]
        else:
            logits = backbone.t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=labels).logits
    return logits.log_softmax(-1).gather(2, labels[..., None]).sum((1, 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_beams_as_candidates_give_each_its_log_likelihood(name: str, seed: int) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = items(seed, 25)
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    rng = np.random.default_rng(seed)
    pools = torch.from_numpy(np.stack([rng.choice(len(sequences), 9, replace=False) for _ in range(4)]))
    found = ours(backbone, batch, ItemConstraint(trie, trie.allowed(pools)), 9, 0.0)
    assert found.real.all()
    wanted = torch.stack([teacher_forced(backbone, batch, sequence) for sequence in sequences], dim=1).gather(
        1, pools
    )
    wanted, order = wanted.sort(dim=1, descending=True)
    assert trie.item[found.states].tolist() == pools.gather(1, order).tolist()
    torch.testing.assert_close(found.scores, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("beams", [3, 12])
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_that_begin_with_one_another(name: str, seed: int, beams: int) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    # 5, 5 6, 5 6 7 and so on: each beam may end or go on at every step, so that many end early.
    sequences = [[*range(start, start + length), EOS] for start in (5, 6, 7) for length in (1, 2, 3)]
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    found = ours(backbone, batch, ItemConstraint(trie), beams, 1.0)
    tokens, scores = theirs(
        backbone, batch, beams, 1.0, prefix_allowed_tokens_fn=allowed_after(sequences), max_new_tokens=4
    )
    assert_same(found, tokens, scores)


@pytest.mark.parametrize("seed", SEEDS)
def test_samples_that_are_done_leave_the_others_as_they_were(
    name: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    backbone, batch = confident(name, seed), tiny_batch(seed, vocabulary=VOCABULARY)
    sequences = [[5, EOS], [6, EOS], [7, EOS], [8, 9, 10, EOS], [8, 9, 11, EOS], [9, 9, EOS]]
    trie = ItemTrie.build(WordTokens.join([np.array(sequence) for sequence in sequences]))
    # The second sample's candidates are the short ones.
    pools = [[3, 4, 5], [0, 1, 2], [3, 4, 5], [3, 4, 5]]
    rows: list[int] = []
    kind = type(begin(backbone, Embedded(backbone.embed(batch.tokens), batch.mask)))
    reorder = kind.reorder
    monkeypatch.setattr(kind, "reorder", lambda *args: (rows.append(len(args[1])), reorder(*args))[1])
    found = ours(backbone, batch, ItemConstraint(trie, trie.allowed(torch.tensor(pools))), 2, 0.0)
    assert min(rows, default=4) < 4
    rules = [allowed_after([sequences[item] for item in pool]) for pool in pools]
    tokens, scores = theirs(
        backbone,
        batch,
        2,
        0.0,
        prefix_allowed_tokens_fn=lambda row, prefix: rules[row](row, prefix),
        max_new_tokens=4,
    )
    assert_same(found, tokens, scores)
