import numpy as np
import pytest
import torch

from pipeline.prompts.presentation import Presentation, presentation_of_tests
from pipeline.tasks.base import Examples
from pipeline.tasks.choice import CHOICE
from pipeline.training.curriculum import (
    Curricular,
    hybrid_share,
    presentation,
)
from pipeline.training.loop import train, validate
from pipeline.training.material import Material
from pipeline.training.mixture import Mixture
from tests.choices import TITLES, assemble_llara, choice_examples, choice_maker, choice_tokenizer
from tests.tiny import tiny_backbone
from tests.training.test_loop import RUNTIME, config

MAKERS = {shown: choice_maker(shown) for shown in Presentation}


class Listed(Examples):
    """Examples that don't draw anything."""

    def __init__(self, examples):
        self._examples = examples

    def __len__(self):
        return len(self._examples)

    def draw(self, index, rng):
        return self._examples[index]


def steps(curriculum, epochs, count=40, size=8):
    maker = MAKERS[Presentation.HYBRID]
    mixture = Mixture({CHOICE: Listed(choice_examples(count))}, maker, size, 7)
    return Curricular(mixture, maker, curriculum, epochs)


@pytest.mark.parametrize(
    ("curriculum", "shares"),
    [
        ("paper", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        ("direct", [1] * 10),
        ("id_only", [1] * 10),
        ("text_only", [0] * 10),
        ("two_stage", [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]),
        # Five epochs of two steps: the counter starts anew in each.
        ("as_released", [0, 0.1] * 5),
        ("reversed", [1, 0.9] * 5),
    ],
)
def test_shares_of_hybrid_prompts_by_hand(curriculum, shares):
    assert [hybrid_share(curriculum, step, 10, 5) for step in range(10)] == shares


def test_presentations_are_drawn_by_that_share():
    rng = np.random.default_rng(0)
    drawn = [presentation("paper", 30, 100, 5, rng) for _ in range(2000)]
    assert set(drawn) == {Presentation.TEXT, Presentation.HYBRID}
    assert drawn.count(Presentation.HYBRID) == pytest.approx(600, abs=70)
    assert {presentation("id_only", 0, 10, 5, rng) for _ in range(20)} == {Presentation.BEHAVIOUR}


def test_what_tests_are_asked_with():
    asked = {name: presentation_of_tests(name) for name in ("paper", "as_released", "reversed", "text_only")}
    assert list(asked.values()) == ["hybrid", "hybrid", "text", "text"]
    assert presentation_of_tests("id_only") == "behaviour"


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    one = steps("paper", epochs=4)
    again = steps("paper", epochs=4)
    assert one.steps_per_epoch == 5
    wanted = [one[step] for step in range(20)]
    for step in (19, 3, 11):
        found = again[step]
        assert torch.equal(found.tokens, wanted[step].tokens)
        assert (found.slots is None) == (wanted[step].slots is None)
    hybrid = [batch.slots is not None for batch in wanted]
    assert sum(hybrid[10:]) > 3 > sum(hybrid[:10])


def test_too_few_examples_for_a_batch_are_an_error():
    with pytest.raises(ValueError, match=r"training\.batch_size 8 is larger than every task"):
        steps("paper", 1, count=3)


def test_the_trainer_learns_by_a_curriculum_and_text_alone_leaves_the_projector():
    torch.manual_seed(0)
    vectors = torch.randn(len(TITLES), 5)
    backbone = tiny_backbone("llama", 0, len(choice_tokenizer()))
    validation = {CHOICE: [MAKERS[Presentation.HYBRID].teach(choice_examples(20, seed=9))]}
    settings = config(epochs=4, learning_rate=0.01, optimizer="adamw", weight_decay=0.0)
    for curriculum, moves in (("paper", True), ("text_only", False)):
        model = assemble_llara(backbone, vectors)
        before = {name: weight.clone() for name, weight in model.fillers.named_parameters()}
        (first,) = (validate(model, batches, RUNTIME) for batches in validation.values())
        train(model, Material(steps(curriculum, 4), validation), settings, RUNTIME, 0, 7)
        (last,) = (validate(model, batches, RUNTIME) for batches in validation.values())
        moved = [not torch.equal(weight, before[name]) for name, weight in model.fillers.named_parameters()]
        assert moved == [moves] * 4
        assert last < first
