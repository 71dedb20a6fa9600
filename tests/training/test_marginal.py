import logging
import math

import numpy as np
import pytest

from pipeline.tasks.base import Example, Question, Samples, Task
from pipeline.tasks.dataset import Pairs
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN, topn_question
from pipeline.training.marginal import (
    LOOKED_AFTER,
    MarginalWatch,
    help_with,
    marginal_losses,
    watched_losses,
)
from pipeline.training.samples import training_examples, validation_batches
from tests.tiny import tiny_maker
from tests.training.test_loop import config
from tests.training.test_samples import ITEMS, inputs


def test_losses_by_hand() -> None:
    """Every user has the items 0, 1 and 2 in train; each is counted once more than seen."""
    maker, answers, _ = tiny_maker(ITEMS)
    users = len(inputs().train)
    seen, total = users + 1, 3 * users + ITEMS
    questions = {
        SEQUENTIAL: [
            Example(Question(SEQUENTIAL, 0, np.array([0])), 1),
            Example(Question(SEQUENTIAL, 1, np.array([0])), 9),
        ],
        TOPN: [Example(topn_question(0, 0, np.array([9, 10]), np.random.default_rng(0)), 0)],
    }
    found = marginal_losses(inputs(), questions, validation_batches(questions, maker, 2), maker, 300)
    lengths = {item: len(answers[item]) for item in (0, 1, 9)}
    wanted = (math.log(total / seen) + math.log(total)) / (lengths[1] + lengths[9])
    assert found[SEQUENTIAL] == pytest.approx(wanted, rel=1e-12)
    assert found[TOPN] == pytest.approx(math.log((seen + 2) / seen) / lengths[0], rel=1e-12)


def test_items_of_inputs_cost_as_answers_do_a_token_less_each() -> None:
    """A mention is two tokens, item_ and the number; an answer three, a word's begin, number and end."""
    maker, *_ = tiny_maker(ITEMS)
    users = len(inputs().train)
    seen, total = users + 1, 3 * users + ITEMS
    example = Example(Question(SEQUENTIAL, 0, np.array([0, 9, 1])), 2, np.array([0, 9, 1]))
    batches = {SEQUENTIAL: [maker.teach([example])]}
    found = marginal_losses(inputs(), {SEQUENTIAL: [example]}, batches, maker, 300)
    wanted = (math.log(total) + 2 * math.log(total / seen)) / (2 + 2 + 3)
    assert found[SEQUENTIAL] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("samples", "tasks"), [("prefixes", set()), ("histories", {SEQUENTIAL})])
def test_training_that_has_other_targets_than_validation_is_held_to_theirs(
    samples: Samples, tasks: set[Task]
) -> None:
    maker, *_ = tiny_maker(ITEMS)
    examples = training_examples(inputs(), 20, samples, PEAPOD)
    found = watched_losses(inputs(), examples, maker, 300, np.random.default_rng(0))
    assert set(found) == tasks
    users = len(inputs().train)
    cost = math.log((3 * users + ITEMS) / (users + 1))
    # Answers are item 1, or item 2 with item 1 as a target, too, which has a token less.
    assert all(cost / 3 < loss < 2 * cost / (2 + 3) for loss in found.values())


def warnings(watch: MarginalWatch, losses: list[float], caplog: pytest.LogCaptureFixture) -> list[str]:
    with caplog.at_level(logging.WARNING, "pipeline"):
        for step, loss in enumerate(losses, start=1):
            watch.see(step, SEQUENTIAL, loss)
    return caplog.messages


def test_a_loss_that_stays_at_the_marginal_is_told_of_with_what_helps(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = warnings(MarginalWatch({SEQUENTIAL: 2.4}, 100, "patience"), [2.42] * 2 * LOOKED_AFTER, caplog)
    # At the first look the warm-up is hardly over.
    assert len(told) == 1
    assert told[0].startswith(f"step {2 * LOOKED_AFTER}: nothing learned of the prompts yet")
    assert "sequential 2.420 (wanted below 2.400)" in told[0]
    assert told[0].endswith("(training.epochs, training.shares); patience")


def test_help_never_advises_what_is_set() -> None:
    plain = help_with(config(optimizer="adamw", learning_rate=0.005))
    assert "training.optimizer: scaled_adamw" in plain
    assert plain.endswith("a lower training.learning_rate than 0.005, or a longer training.warmup than 0.1")
    assert "training.optimizer" not in help_with(config(optimizer="scaled_adamw"))


@pytest.mark.parametrize("loss", [2.39, 0.0])
def test_a_loss_below_it_is_not(loss: float, caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(MarginalWatch({SEQUENTIAL: 2.4}, 0, ""), [loss] * 3 * LOOKED_AFTER, caplog) == []


def test_early_losses_are_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    losses = [9.0] * LOOKED_AFTER + [1.0] * LOOKED_AFTER
    assert warnings(MarginalWatch({SEQUENTIAL: 2.4}, 100, ""), losses, caplog) == []


def test_tasks_without_a_marginal_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert warnings(MarginalWatch({}, 0, ""), [9.0] * 2 * LOOKED_AFTER, caplog) == []


def test_explanations_are_held_to_their_tokens_frequencies() -> None:
    maker, *_ = tiny_maker(ITEMS, texts=("a cheap cable", "cheap"))
    data = inputs()
    data.pairs["train"] = Pairs(np.array([0]), np.array([0]), np.array([0]))
    examples = {EXPLANATION: [Example(Question(EXPLANATION, 1, np.array([3])), 1)]}
    found = marginal_losses(data, examples, validation_batches(examples, maker, 2), maker, 300)
    train = maker.answer_tokens(EXPLANATION, 0).tolist()
    asked = maker.answer_tokens(EXPLANATION, 1).tolist()
    costs = [math.log((len(train) + 300) / (train.count(token) + 1)) for token in asked]
    assert found[EXPLANATION] == pytest.approx(sum(costs) / len(costs), rel=1e-12)
