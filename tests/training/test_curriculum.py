import numpy as np
import pytest
import torch

from pipeline.prompts.presentation import Presentation, presentation_of_tests
from pipeline.tasks.base import Example, Examples, Question
from pipeline.tasks.choice import CHOICE
from pipeline.training.curriculum import (
    Curricular,
    hybrid_share,
    presentation,
    recital,
)
from pipeline.training.loop import train, validate
from pipeline.training.material import Material
from pipeline.training.mixture import Mixture
from pipeline.training.resume import SavedStates
from tests.choices import TITLES, assemble_llara, choice_examples, choice_maker, choice_tokenizer
from tests.tiny import tiny_backbone
from tests.training.test_loop import RUNTIME, config
from tests.training.test_resume import Cut, KilledError

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


def test_a_recital_has_all_candidates_but_the_answer_in_another_order():
    pool = np.arange(20, dtype=np.int32)[::-1]
    whole = Example(Question(CHOICE, 3, np.array([30, 31], dtype=np.int32), pool), 2)
    found = recital(whole, np.random.default_rng(0))
    assert found.answer == 2
    assert found.item_targets is found.question.items
    assert len(found.question.pool) == 8
    assert sorted([*found.question.items.tolist(), 2]) == sorted(found.question.pool.tolist())
    assert found.question.items.tolist() != [item for item in found.question.pool.tolist() if item != 2]


def test_a_run_recites_for_its_share_and_asks_questions_then():
    maker = MAKERS[Presentation.HYBRID]
    mixture = Mixture({CHOICE: Listed(choice_examples(40))}, maker, 8, 7)
    reciting = Curricular(mixture, maker, "direct", epochs=4, reciting=0.5)
    whole = steps("direct", epochs=4)
    assert all(reciting[step].input_labels is not None for step in range(10))
    for step in (10, 19):
        assert reciting[step].input_labels is None
        assert torch.equal(reciting[step].tokens, whole[step].tokens)
    # What is recited stands in the prompt already, word for word, and so does the answer.
    batch = reciting[0]
    tokenizer = choice_tokenizer()
    for tokens, said, answer in zip(batch.tokens, batch.input_labels, batch.labels, strict=True):
        listed, _, again = tokenizer.decode(tokens[tokens != 0].tolist()).partition(":")
        titles = set(map(str.strip, listed.replace("[PH]", "").split(",")))
        recited = [one.strip() for one in again.replace("[PH]", "").replace("</s>", "").split(",")]
        assert {*recited, tokenizer.decode(answer[answer >= 0].tolist())} == titles
        # All but the first title and what follows it.
        (targets,) = (said >= 0).nonzero(as_tuple=True)
        assert torch.equal(tokens[targets], said[targets])
        text = tokenizer.decode(said[said >= 0].tolist())
        assert all(one in text for one in recited[1:])
        assert recited[0] not in text


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


@pytest.mark.parametrize("death", [3, 11, 17])
def test_killed_in_the_middle_of_a_curriculum_training_ends_with_the_same_weights(tmp_path, death):
    settings = config(epochs=4, learning_rate=0.01, optimizer="adamw", save_every=2)
    vectors = torch.randn(len(TITLES), 5, generator=torch.Generator().manual_seed(3))

    def run(states, killed_at=-1):
        torch.manual_seed(0)
        model = assemble_llara(tiny_backbone("llama", 0.1, len(choice_tokenizer())), vectors)
        mixture = Mixture({CHOICE: Listed(choice_examples(40))}, MAKERS[Presentation.HYBRID], 8, 7)
        whole = Curricular(mixture, MAKERS[Presentation.HYBRID], "paper", 4, reciting=0.5)
        validation = {CHOICE: [MAKERS[Presentation.HYBRID].teach(choice_examples(20, seed=9))]}
        material = Material(Cut(whole, killed_at), validation)
        return model, train(model, material, settings, RUNTIME, 0, 7, states)

    wanted, curves = run(None)
    with pytest.raises(KilledError):
        run(SavedStates(tmp_path, 2), killed_at=death)
    found, again = run(SavedStates(tmp_path, 2))
    assert again == curves
    assert all(torch.equal(found.state_dict()[name], one) for name, one in wanted.state_dict().items())
