"""Our model against transformers' T5 on the same weights."""

import numpy as np
import pytest
import torch
from transformers import T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from pipeline.backbones.base import IGNORED
from pipeline.backbones.dropout import DropoutDraws
from pipeline.backbones.t5 import backbone as t5_backbone
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.backbones.t5.cpu import attention
from pipeline.backbones.t5.cpu.layers import LayerNorm, _Normalized, prepare_training
from pipeline.backbones.t5.decoding_state import T5DecodingState
from tests.tiny import logits, tiny_batch, tiny_model, tiny_t5


def test_without_prompts_and_whole_words_the_logits_are_t5s() -> None:
    model = tiny_model(task=False, collaborative="none")
    batch = tiny_batch()
    torch.nn.init.zeros_(model.whole_words.weight)
    wanted = model.backbone.t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=batch.labels).logits
    torch.testing.assert_close(logits(model, batch), wanted[batch.labels != IGNORED].log_softmax(-1))


def test_with_prompts_the_logits_are_t5s_on_the_joined_embeddings() -> None:
    model, batch = tiny_model(), tiny_batch()
    prompts = [
        model.prompts["task"](batch),
        model.prompts["collaborative"](batch),
    ]
    text = model.backbone.t5.shared(batch.tokens) + model.whole_words(batch.rows)
    mask = torch.cat([torch.ones(4, 6, dtype=torch.int64), batch.mask], 1)
    joined = torch.cat([*prompts, text], 1)
    wanted = model.backbone.t5(inputs_embeds=joined, attention_mask=mask, labels=batch.labels).logits
    torch.testing.assert_close(logits(model, batch), wanted[batch.labels != IGNORED].log_softmax(-1))


def switched(t5: T5ForConditionalGeneration, name: str) -> T5ForConditionalGeneration:
    t5.set_attn_implementation(name)
    return t5


@pytest.mark.parametrize("block", [1, 700, 1 << 20])
def test_attention_in_blocks_has_the_outputs_and_gradients_of_the_plain_one(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "_BLOCK", block)
    batch = tiny_batch()
    results = []
    for name in ("eager", attention.NAME):
        t5 = switched(tiny_t5(), name)
        out = t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=batch.labels)
        out.loss.backward()
        results.append((out.logits, {key: weight.grad for key, weight in t5.named_parameters()}))
    torch.testing.assert_close(results[0], results[1])


def seeded(seed: int = 0) -> DropoutDraws:
    draws = DropoutDraws()
    draws.seed(np.random.default_rng(seed))
    return draws


def test_attention_in_blocks_passes_gradcheck_with_dropout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "_BLOCK", 80)

    def attend(query, key, value, bias):
        return attention._BlockAttention.apply(query, key, value, bias, None, 0.3, seeded())

    tensors = [
        torch.randn(shape, dtype=torch.float64) for shape in ((3, 2, 4, 3), (3, 2, 5, 3), (3, 2, 5, 3))
    ]
    bias = torch.randn(1, 2, 4, 5, dtype=torch.float64)
    inputs = [tensor.requires_grad_() for tensor in (*tensors, bias)]
    torch.autograd.gradcheck(attend, inputs)


def test_dropout_in_blocks_keeps_the_expected_output() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 400, 2, 6, 4)
    bias = torch.zeros(1, 2, 6, 6)

    def attend(seed: int) -> torch.Tensor:
        return attention._BlockAttention.apply(query, key, value, bias, None, 0.2, seeded(seed))

    sure = attention._BlockAttention.apply(query, key, value, bias, None, 0.0, None)
    mean = torch.stack([attend(seed) for seed in range(200)]).mean(0)
    assert (mean - sure).abs().mean() < 0.05
    assert (attend(0) - sure).abs().mean() > 0.1


@pytest.mark.parametrize("kind", ["relu", "gated-gelu"])
def test_layers_for_training_compute_what_t5s_compute(kind: str) -> None:
    batch, results = tiny_batch(), []
    for prepared in (False, True):
        t5 = tiny_t5(feed_forward_proj=kind)
        names = list(t5.state_dict())
        if prepared:
            prepare_training(t5, torch.device("cpu"))
            assert any(isinstance(module, LayerNorm) for module in t5.modules())
        assert list(t5.state_dict()) == names
        out = t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=batch.labels)
        out.loss.backward()
        results.append((out.logits, {key: weight.grad for key, weight in t5.named_parameters()}))
    torch.testing.assert_close(results[0], results[1])


def test_norm_passes_gradcheck() -> None:
    states = torch.randn(3, 2, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(5, dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(
        lambda states, weight: _Normalized.apply(states, weight, 1e-6, torch.float64), (states, weight)
    )


def test_the_loss_and_its_gradients_equal_transformers() -> None:
    model, batch = tiny_model(task=False, collaborative="none"), tiny_batch()
    torch.nn.init.zeros_(model.whole_words.weight)
    out = model.backbone.t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=batch.labels)
    out.loss.backward()
    wanted = {name: weight.grad for name, weight in model.backbone.t5.named_parameters()}
    model.zero_grad()
    total, count = model.loss(batch)
    (total / count).backward()
    torch.testing.assert_close(total / count, out.loss)
    torch.testing.assert_close(
        {name: weight.grad for name, weight in model.backbone.t5.named_parameters()}, wanted
    )


def test_samples_encoded_by_length_have_the_loss_of_the_whole_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    model, batch = tiny_model(), tiny_batch()
    batch.mask[1, 4:] = batch.mask[2, 3:] = 0
    wanted = model.loss(batch)[0].item()
    monkeypatch.setattr(t5_backbone, "_GROUP", 1)
    assert model.loss(batch)[0].item() == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("changes", [{}, {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}])
def test_step_by_step_decoding_equals_the_whole_decoder(changes: dict) -> None:
    t5, batch = tiny_t5(**changes), tiny_batch()
    states = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    prefixes = torch.randint(0, 300, (4, 3, 6))
    decoder = T5DecodingState(T5Backbone(t5), states, batch.mask)
    hidden = torch.stack([decoder.step(prefixes[..., step]) for step in range(6)], dim=2)
    steps = decoder.head.of_tokens(hidden.flatten(0, 2), torch.arange(300)).view(4, 3, 6, 300)
    for beam in range(3):
        wanted = t5(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=batch.mask,
            decoder_input_ids=prefixes[:, beam],
        ).logits.log_softmax(-1)
        torch.testing.assert_close(steps[:, beam], wanted, atol=1e-5, rtol=1e-5)


def test_beams_go_on_from_their_parents_without_the_samples_that_leave() -> None:
    t5, batch = tiny_t5(), tiny_batch()
    states = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    first, second = torch.randint(0, 300, (4, 3)), torch.randint(0, 300, (4, 3))
    staying, parents = torch.tensor([0, 2, 3]), torch.tensor([[2, 0], [1, 1], [0, 2]])
    decoder = T5DecodingState(T5Backbone(t5), states, batch.mask)
    decoder.step(first)
    decoder.reorder(staying, parents)
    again = T5DecodingState(T5Backbone(t5), states[staying], batch.mask[staying])
    again.step(first[staying].gather(1, parents))
    torch.testing.assert_close(decoder.step(second[staying, :2]), again.step(second[staying, :2]))
