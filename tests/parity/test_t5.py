"""Our model against transformers' T5 on the same weights."""

import pytest
import torch
from transformers import T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput

from pipeline.model import attention
from pipeline.model.incremental import IncrementalDecoder
from tests.tiny import tiny_batch, tiny_model, tiny_t5


def test_without_prompts_and_whole_words_the_logits_are_t5s() -> None:
    model = tiny_model(task=False, collaborative="none")
    batch = tiny_batch()
    torch.nn.init.zeros_(model.whole_words.weight)
    wanted = model.t5(input_ids=batch.tokens, attention_mask=batch.mask, labels=batch.labels).logits
    torch.testing.assert_close(model(batch), wanted)


def test_with_prompts_the_logits_are_t5s_on_the_joined_embeddings() -> None:
    model, batch = tiny_model(), tiny_batch()
    prompts = [
        model.task_prompt.table[batch.task.row].expand(4, -1, -1),
        model.collaborative_prompt(*model.user_context(batch.users)),
    ]
    text = model.t5.shared(batch.tokens) + model.whole_words(batch.rows)
    mask = torch.cat([torch.ones(4, 6, dtype=torch.int64), batch.mask], 1)
    joined = torch.cat([*prompts, text], 1)
    wanted = model.t5(inputs_embeds=joined, attention_mask=mask, labels=batch.labels).logits
    torch.testing.assert_close(model(batch), wanted)


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


def test_attention_in_blocks_passes_gradcheck_with_dropout() -> None:
    def attend(query, key, value, bias):
        torch.manual_seed(0)
        return attention._BlockAttention.apply(query, key, value, bias, None, 0.3)

    tensors = [
        torch.randn(shape, dtype=torch.float64) for shape in ((3, 2, 4, 3), (3, 2, 5, 3), (3, 2, 5, 3))
    ]
    bias = torch.randn(1, 2, 4, 5, dtype=torch.float64)
    inputs = [tensor.requires_grad_() for tensor in (*tensors, bias)]
    # Scores are float32 inside, as everywhere in training: tolerances follow from that.
    torch.autograd.gradcheck(attend, inputs, eps=1e-2, atol=2e-3, rtol=1e-2, nondet_tol=1e-6)


def test_dropout_in_blocks_keeps_the_expected_output() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 400, 2, 6, 4)
    bias = torch.zeros(1, 2, 6, 6)
    sure = attention._BlockAttention.apply(query, key, value, bias, None, 0.0)
    mean = torch.stack(
        [attention._BlockAttention.apply(query, key, value, bias, None, 0.2) for _ in range(200)]
    ).mean(0)
    assert (mean - sure).abs().mean() < 0.05
    assert (attention._BlockAttention.apply(query, key, value, bias, None, 0.2) - sure).abs().mean() > 0.1


@pytest.mark.parametrize("changes", [{}, {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}])
def test_step_by_step_decoding_equals_the_whole_decoder(changes: dict) -> None:
    t5, batch = tiny_t5(**changes), tiny_batch()
    states = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    prefixes = torch.randint(0, 300, (4, 3, 6))
    decoder = IncrementalDecoder(t5, states, batch.mask)
    steps = torch.stack([decoder.step(prefixes[..., step]) for step in range(6)], dim=2)
    for beam in range(3):
        wanted = t5(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=batch.mask,
            decoder_input_ids=prefixes[:, beam],
        ).logits.log_softmax(-1)
        torch.testing.assert_close(steps[:, beam], wanted, atol=1e-5, rtol=1e-5)


def test_reordered_beams_go_on_from_their_parents() -> None:
    t5, batch = tiny_t5(), tiny_batch()
    states = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    first, second = torch.randint(0, 300, (4, 3)), torch.randint(0, 300, (4, 3))
    parents = torch.tensor([[2, 0, 0], [1, 1, 1], [0, 1, 2], [2, 1, 0]])
    decoder = IncrementalDecoder(t5, states, batch.mask)
    decoder.step(first)
    decoder.reorder(parents)
    again = IncrementalDecoder(t5, states, batch.mask)
    again.step(first.gather(1, parents))
    torch.testing.assert_close(decoder.step(second), again.step(second))
