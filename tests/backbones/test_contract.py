"""What every backbone has to do, and a toy one that is an entry of a table."""

import copy

import numpy as np
import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from pipeline.backbones import build
from pipeline.backbones.base import IGNORED, Backbone, Embedded
from pipeline.backbones.begin import begin
from pipeline.backbones.build import MAKERS, build_backbone, restore_backbone
from pipeline.backbones.causal.build import Architecture
from pipeline.backbones.config import SIZED
from pipeline.runtime.device import Runtime
from pipeline.training.gradients import Gradients
from tests.backbones.t5.test_build import config
from tests.tiny import tiny_batch, tiny_model

VOCABULARY, PAD, EOS = 60, 0, 1
TOY = "qwen2"
CPU = torch.device("cpu")


@pytest.fixture(params=[*SIZED, TOY])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each backbone that can be built from sizes, and one that is made by this entry alone."""
    toy = Architecture(Qwen2Config, Qwen2ForCausalLM)
    made = build.Maker(toy.fresh, toy.pretrained, toy.restored)
    monkeypatch.setattr(build, "MAKERS", {**MAKERS, TOY: made})
    monkeypatch.setattr(build, "SIZED", (*SIZED, TOY))
    return request.param


def made(name: str, seed: int = 0, **changes: object) -> Backbone:
    torch.manual_seed(seed)
    backbone = build_backbone(config(backbone=name, **changes), VOCABULARY, PAD, EOS)
    if name != "t5":
        # Fresh queries and keys are so small that a token's place hardly matters.
        with torch.no_grad():
            for key, weight in backbone.named_parameters():
                if "_proj" in key:
                    weight.mul_(10)
    return backbone


def inputs(backbone: Backbone, seed: int = 0) -> tuple[Embedded, torch.Tensor]:
    batch = tiny_batch(seed, vocabulary=VOCABULARY)
    return Embedded(backbone.embed(batch.tokens), batch.mask), batch.labels


def test_every_backbone_of_sizes_has_a_maker() -> None:
    assert set(SIZED) == set(MAKERS)


def test_sizes_are_as_configured_and_described(name: str) -> None:
    backbone = made(name, d_model=24, d_ff=40, layers=3, d_kv=6)
    assert backbone.width == 24
    assert backbone.embedding.shape == backbone.projection.shape == (VOCABULARY, 24)
    description = backbone.description()
    assert description["name"] == name
    assert description["sizes"] == {
        "layers": 3,
        "width": 24,
        "feed_forward": 40,
        "heads": 4,
        "head_width": 6,
        "vocabulary": VOCABULARY,
    }


def test_fresh_embeddings_have_the_configured_scale(name: str) -> None:
    for scale in (1.0, 0.1):
        torch.manual_seed(0)
        backbone = build_backbone(config(backbone=name, embedding_scale=scale), 2000, PAD, EOS)
        assert float(backbone.embedding.detach()[2:].std()) == pytest.approx(scale, rel=0.02)


def test_a_restored_one_with_the_same_weights_has_the_same_loss(name: str) -> None:
    backbone = made(name).eval()
    again = restore_backbone(backbone.description()).eval()
    again.load_state_dict(backbone.state_dict())
    assert torch.equal(again.loss(*inputs(again))[0], backbone.loss(*inputs(backbone))[0])
    assert again.description() == backbone.description()


def test_padding_changes_nothing(name: str) -> None:
    """Not more of it, not what stands in it, not the longer answers of other samples."""
    backbone = made(name).eval()
    embedded, labels = inputs(backbone)
    whole = [
        backbone.loss(Embedded(*(part[[row]] for part in embedded[:2])), labels[[row]])[0] for row in range(4)
    ]
    vectors = torch.nn.functional.pad(embedded.vectors, (0, 0, 0, 3), value=9.0)
    vectors[:, :9][embedded.mask == 0] = 7.0
    mask = torch.nn.functional.pad(embedded.mask, (0, 3))
    longer = torch.nn.functional.pad(labels, (0, 2), value=IGNORED)
    total, count = backbone.loss(Embedded(vectors, mask), longer)
    torch.testing.assert_close(total, torch.stack(whole).sum())
    assert count == int((labels != IGNORED).sum())


def test_a_prediction_has_seen_the_labels_before_it_and_no_others(name: str) -> None:
    backbone = made(name).eval()
    embedded, labels = inputs(backbone)
    labels = labels.masked_fill(labels == IGNORED, 5)
    before, _ = backbone.predictions(embedded, labels)
    changed = labels.clone()
    changed[:, 2] = (changed[:, 2] + 1) % VOCABULARY
    after, _ = backbone.predictions(embedded, changed)
    same = torch.isclose(before, after, atol=1e-6).all(1).view(4, 5)
    assert same[:, :3].all()
    assert not same[:, 3:].any()


def test_it_says_whether_it_predicts_inputs(name: str) -> None:
    backbone = made(name).eval()
    embedded, labels = inputs(backbone)
    given = torch.full_like(embedded.mask, IGNORED)
    given[:, 2] = 7
    labelled = embedded._replace(labels=given)
    if not backbone.predicts_inputs:
        with pytest.raises(ValueError, match="inputs with labels"):
            backbone.loss(labelled, labels)
        return
    more, count = backbone.loss(labelled, labels)
    less, fewer = backbone.loss(embedded, labels)
    assert count == fewer + 4
    assert more > less


def test_gradients_reach_every_weight(name: str) -> None:
    backbone = made(name).train()
    embedded, labels = inputs(backbone)
    backbone.loss(embedded, labels)[0].backward()
    missing = [key for key, weight in backbone.named_parameters() if weight.grad is None]
    assert missing == []


def test_decoding_step_by_step_is_the_whole_prediction(name: str) -> None:
    backbone = made(name).eval()
    embedded, _ = inputs(backbone)
    tokens = torch.randint(2, VOCABULARY, (4, 3, 6))
    with torch.no_grad():
        state = begin(backbone, embedded)
        first = state.first()
        state.reorder(torch.arange(4), torch.zeros(4, 3, dtype=torch.int64))
        hidden = torch.stack([first.expand(-1, 3, -1), *(state.step(tokens[..., t]) for t in range(5))], 2)
        found = state.head.of_tokens(hidden.flatten(0, 2), torch.arange(VOCABULARY)).view(4, 3, 6, -1)
        for beam in range(3):
            states, _ = backbone.predictions(embedded, tokens[:, beam])
            wanted = (states @ backbone.projection.T).log_softmax(-1).view(4, 6, -1)
            torch.testing.assert_close(found[:, beam], wanted, atol=1e-5, rtol=1e-5)


def test_beams_go_on_from_their_parents_without_the_samples_that_leave(name: str) -> None:
    backbone = made(name).eval()
    embedded, _ = inputs(backbone)
    written = torch.randint(2, VOCABULARY, (4, 3, 3))
    staying = torch.tensor([0, 2, 3])
    parents = torch.tensor([[2, 0], [1, 1], [0, 2]])
    last = torch.randint(2, VOCABULARY, (3, 2))
    with torch.no_grad():
        state = begin(backbone, embedded)
        state.first()
        state.reorder(torch.arange(4), torch.zeros(4, 3, dtype=torch.int64))
        for step in range(3):
            state.step(written[..., step])
        state.reorder(staying, parents)
        found = state.step(last)
        for beam in range(2):
            own = written[staying, parents[:, beam]]
            answer = torch.cat([own, last[:, [beam]], last[:, [beam]]], dim=1)
            part = Embedded(embedded.vectors[staying], embedded.mask[staying])
            states, _ = backbone.predictions(part, answer)
            scores = state.head.of_tokens(found[:, beam], torch.arange(VOCABULARY))
            wanted = (states @ backbone.projection.T).log_softmax(-1).view(3, 5, -1)[:, 4]
            torch.testing.assert_close(scores, wanted, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("changes", [{"attention_dropout": 0.0}, {"dropout": 0.0}, {}])
def test_dropout_draws_from_the_steps_generator_in_any_thread(name: str, changes: dict) -> None:
    """Twice the same with threads that share torch's generator, and another loss by another generator."""
    torch.manual_seed(0)
    model = tiny_model(vocabulary=VOCABULARY)
    model.backbone = made(name, **({"dropout": 0.3, "attention_dropout": 0.3} | changes))
    model.prepare_training(CPU)
    model.train()
    names = list(made(name).state_dict())
    assert list(model.backbone.state_dict()) == names
    batch = tiny_batch(vocabulary=VOCABULARY)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    gradients = Gradients(model, list(model.parameters()), Runtime(CPU, None))
    try:
        losses = [gradients.compute(batch, np.random.default_rng(seed)) for seed in (0, 0, 0, 0, 1)]
    finally:
        gradients.close()
        torch.set_num_threads(threads)
    assert len(set(losses[:4])) == 1
    assert losses[4] != losses[0]


@pytest.mark.parametrize("autocast", [None, torch.bfloat16])
def test_layers_for_training_have_the_loss_of_the_others(name: str, autocast: torch.dtype | None) -> None:
    backbone = made(name, dropout=0.0, attention_dropout=0.0)
    prepared = copy.deepcopy(backbone)
    prepared.prepare_training(CPU)
    losses = []
    for one in (backbone.eval(), prepared.train()):
        with Runtime(CPU, autocast).autocasting():
            total, count = one.loss(*inputs(one))
        losses.append(float(total.detach()) / count)
    assert losses[0] == pytest.approx(losses[1], rel=1e-6 if autocast is None else 1e-2)


def test_in_bf16_decoding_is_near_to_fp32(name: str) -> None:
    backbone = made(name).eval()
    embedded, _ = inputs(backbone)
    tokens = torch.randint(2, VOCABULARY, (4, 1))
    found = []
    for autocast in (None, torch.bfloat16):
        with torch.no_grad(), Runtime(CPU, autocast).autocasting():
            state = begin(backbone, embedded)
            state.first()
            hidden = state.step(tokens)
            found.append(state.head.of_tokens(hidden.flatten(0, 1), torch.arange(VOCABULARY)))
    assert found[1].dtype == torch.float32
    assert 0 < (found[1] - found[0]).abs().mean() < 0.05
