import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.backbones import output_head
from pipeline.backbones.output_head import OutputHead
from pipeline.backbones.t5.backbone import T5Backbone
from tests.tiny import WIDTH, tiny_t5

VOCABULARY = 300


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end in the middle of rows and of the vocabulary."""
    for name, size in (("_ROWS", 5), ("_COLUMNS", 70), ("_WHOLE_ROWS", 4), ("_GROUP", 8)):
        monkeypatch.setattr(output_head, name, size)


def head_of(t5) -> OutputHead:
    backbone = T5Backbone(t5)
    return OutputHead(backbone.projection, backbone.scale)


def wanted(t5, hidden: torch.Tensor) -> torch.Tensor:
    scale = t5.config.d_model**-0.5 if t5.config.scale_decoder_outputs else 1.0
    return t5.lm_head(hidden * scale).detach().log_softmax(-1)


@pytest.mark.parametrize("tied", [True, False])
def test_some_tokens_have_the_log_probabilities_of_the_whole_projection(tied: bool) -> None:
    t5 = tiny_t5(0, VOCABULARY, tie_word_embeddings=tied)
    # Far apart, so that a sum of plain exponentials overflows.
    hidden = torch.randn(12, WIDTH) * 300
    tokens = torch.tensor([299, 0, 69, 70, 71])
    torch.testing.assert_close(head_of(t5).of_tokens(hidden, tokens), wanted(t5, hidden)[:, tokens])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 90), st.integers(1, VOCABULARY), st.integers(0, 1000))
def test_the_best_tokens_are_those_of_a_search_through_all(keep: int, among: int, seed: int) -> None:
    t5 = tiny_t5(0, VOCABULARY)
    hidden = torch.randn(9, WIDTH, generator=torch.Generator().manual_seed(seed)) * 5
    scores, tokens = head_of(t5).best(hidden, keep, among)
    every = wanted(t5, hidden)[:, :among]
    torch.testing.assert_close(scores, every.topk(min(keep, among)).values, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(scores, every.gather(1, tokens), atol=1e-5, rtol=1e-5)
    assert all(len(set(row)) == len(row) for row in tokens.tolist())


def test_autocast_makes_it_bf16() -> None:
    t5, hidden = tiny_t5(0, VOCABULARY), torch.randn(6, WIDTH)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        layer = head_of(t5)
        expected = t5.lm_head(hidden).detach().float().log_softmax(-1)
    found = layer.of_tokens(hidden / layer._scale, torch.arange(VOCABULARY))
    torch.testing.assert_close(found, expected, atol=2e-2, rtol=2e-2)
    assert found.dtype == torch.float32
