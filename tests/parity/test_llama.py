"""The causal backbone against transformers' Llama on the same weights."""

import numpy as np
import pytest
import torch

from pipeline.backbones.base import IGNORED, Embedded
from pipeline.backbones.begin import begin
from pipeline.backbones.causal import attention
from pipeline.backbones.causal.backbone import CausalBackbone
from pipeline.backbones.dropout import DropoutDraws
from pipeline.tasks.base import Example, Question
from pipeline.tasks.sequential import SEQUENTIAL
from tests.tiny import logits, tiny_batch, tiny_llama, tiny_maker, tiny_model


def joined(batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Tokens, mask and labels of the sequences input and answer, padded on the right."""
    rows = []
    for row in range(len(batch)):
        given = batch.tokens[row][batch.mask[row] > 0]
        answer = batch.labels[row][batch.labels[row] != IGNORED]
        labels = torch.cat([torch.full_like(given, IGNORED), answer])
        rows.append((torch.cat([given, answer]), labels))
    tokens = torch.nn.utils.rnn.pad_sequence([tokens for tokens, _ in rows], batch_first=True)
    labels = torch.nn.utils.rnn.pad_sequence(
        [labels for _, labels in rows], batch_first=True, padding_value=IGNORED
    )
    lengths = torch.tensor([len(tokens) for tokens, _ in rows])
    mask = (torch.arange(tokens.shape[1]) < lengths[:, None]).long()
    return tokens, mask, labels


def shifted(found: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Log-probabilities where the next token has a label."""
    return found[:, :-1][labels[:, 1:] != IGNORED].log_softmax(-1)


def test_without_prompts_and_whole_words_the_logits_are_llamas() -> None:
    model = tiny_model(name="llama", task=False, collaborative="none")
    torch.nn.init.zeros_(model.whole_words.weight)
    batch = tiny_batch()
    tokens, mask, labels = joined(batch)
    wanted = model.backbone.llm(input_ids=tokens, attention_mask=mask).logits
    torch.testing.assert_close(logits(model, batch), shifted(wanted, labels), atol=1e-5, rtol=1e-5)


def test_the_loss_and_its_gradients_equal_transformers() -> None:
    model, batch = tiny_model(name="llama", task=False, collaborative="none"), tiny_batch()
    torch.nn.init.zeros_(model.whole_words.weight)
    llm = model.backbone.llm
    tokens, mask, labels = joined(batch)
    out = llm(input_ids=tokens, attention_mask=mask, labels=labels)
    out.loss.backward()
    wanted = {name: weight.grad for name, weight in llm.named_parameters()}
    model.zero_grad()
    total, count = model.loss(batch)
    (total / count).backward()
    torch.testing.assert_close(total / count, out.loss)
    found = {name: weight.grad for name, weight in llm.named_parameters()}
    # transformers' table gives padding no gradient, and token 0 stands nowhere else.
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("side", ["left", "right"])
def test_labels_of_the_inputs_count_too_wherever_padding_stands(side: str) -> None:
    """Every position that has a label, as transformers' own loss on whole texts."""
    backbone = CausalBackbone(tiny_llama()).eval()
    batch = tiny_batch()
    tokens, mask, _ = joined(batch)
    everything = tokens.masked_fill(mask == 0, IGNORED)
    wanted = backbone.llm(input_ids=tokens, attention_mask=mask, labels=everything).loss
    inputs, own = batch.tokens, batch.mask
    if side == "left":
        shifts = (own == 0).sum(1)
        inputs = torch.stack([row.roll(int(n)) for row, n in zip(inputs, shifts, strict=True)])
        own = torch.stack([row.roll(int(n)) for row, n in zip(own, shifts, strict=True)])
    given = Embedded(backbone.embed(inputs), own, inputs.masked_fill(own == 0, IGNORED))
    total, count = backbone.loss(given, batch.labels)
    # The first token of a text has nothing before it.
    assert count == int(mask.sum()) - len(batch)
    torch.testing.assert_close(total / count, wanted)


def test_padding_on_the_left_decodes_as_padding_on_the_right() -> None:
    backbone = CausalBackbone(tiny_llama()).eval()
    batch = tiny_batch()
    shifts = (batch.mask == 0).sum(1)
    turned = [
        torch.stack([row.roll(int(n)) for row, n in zip(values, shifts, strict=True)])
        for values in (batch.tokens, batch.mask)
    ]
    tokens = torch.randint(2, 300, (4, 1))
    found = []
    for given, mask in ((batch.tokens, batch.mask), turned):
        with torch.no_grad():
            state = begin(backbone, Embedded(backbone.embed(given), mask))
            found.append((state.first(), state.step(tokens)))
    torch.testing.assert_close(found[0], found[1])


def drawn(seed: int = 0) -> DropoutDraws:
    draws = DropoutDraws()
    draws.seed(np.random.default_rng(seed))
    return draws


def test_attention_with_dropout_has_the_expected_output_of_the_one_without() -> None:
    torch.manual_seed(0)
    module = torch.nn.Module()
    module.is_causal = True
    module.num_key_value_groups = 2
    query = torch.randn(2, 4, 6, 4)
    key, value = torch.randn(2, 2, 2, 6, 4)
    sure = attention.drawn_attention(module, query, key, value, None)[0]
    options = {"is_causal": True, "enable_gqa": True}
    eager = torch.nn.functional.scaled_dot_product_attention(query, key, value, **options)
    torch.testing.assert_close(sure, eager.transpose(1, 2))
    outputs = []
    for seed in range(300):
        module.draws = drawn(seed)
        outputs.append(attention.drawn_attention(module, query, key, value, None, dropout=0.2)[0])
    assert (outputs[0] - sure).abs().mean() > 0.1
    assert (torch.stack(outputs).mean(0) - sure).abs().mean() < 0.05


def test_with_every_item_as_a_target_the_loss_is_transformers_on_the_whole_sequence() -> None:
    model = tiny_model(name="llama", task=False, collaborative="none")
    torch.nn.init.zeros_(model.whole_words.weight)
    maker, *_ = tiny_maker()
    histories = ([0, 4, 9, 2], [1, 7], [5])
    batch = maker.teach(
        [
            Example(Question(SEQUENTIAL, user, np.array(items)), 3, np.array(items))
            for user, items in enumerate(histories)
        ]
    )
    tokens, mask, labels = joined(batch)
    width = batch.tokens.shape[1]
    # Inputs come first, so that their labels stand where they stand in the batch.
    labels[:, :width] = torch.where(batch.input_labels == IGNORED, labels[:, :width], batch.input_labels)
    wanted = model.backbone.llm(input_ids=tokens, attention_mask=mask, labels=labels)
    total, count = model.loss(batch)
    assert count == batch.targets == int((labels != IGNORED).sum()) == 2 * (3 + 1) + 3 * 3
    torch.testing.assert_close(total / count, wanted.loss)


def test_prompts_and_whole_words_change_no_target() -> None:
    model = tiny_model(name="llama")
    maker, *_ = tiny_maker()
    example = Example(Question(SEQUENTIAL, 0, np.array([0, 4, 9, 2])), 3, np.array([0, 4, 9, 2]))
    batch = maker.teach([example])
    _, found = model.backbone.predictions(model.embed(batch), batch.labels)
    given = batch.input_labels[batch.input_labels != IGNORED]
    assert found.tolist() == [*given.tolist(), *batch.labels[0].tolist()]
