from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.decoding.explain import explain
from pipeline.decoding.validation import TOP, ValidationAnswers, search_settings
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.inputs import Inputs
from pipeline.runtime.device import Runtime
from pipeline.runtime.distributed import Processes
from pipeline.tasks.base import AnswerKind, Example, Question, Task
from pipeline.tasks.dataset import Pairs
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from stages.validation import METRICS
from tests.processes import together
from tests.tiny import SENTENCES, scratch_tokenizer, tiny_maker, tiny_model
from tests.training.test_samples import ITEMS, inputs

LONGEST = 8


def data() -> Inputs:
    """The inputs of the sample tests, and two explanations to validate on."""
    found = inputs()
    found.pairs["validation"] = Pairs(np.array([0, 3]), np.array([4, 5]), np.array([1, 2]))
    found.texts.extend(SENTENCES)
    return found


def questions(found: Inputs) -> dict[Task, Sequence[Example]]:
    rng = np.random.default_rng(0)
    return {task: task.validation(found, 20, rng) for task in (EXPLANATION, SEQUENTIAL, TOPN)}


def model() -> PeaPOD:
    return tiny_model(whole_words=512, vocabulary=len(scratch_tokenizer()), dropout=0.5)


def answers(
    peapod: PeaPOD, asked: dict[Task, Sequence[Example]], processes: Processes | None = None, metrics=METRICS
) -> ValidationAnswers:
    maker, items, _ = tiny_maker(ITEMS)
    runtime = Runtime(torch.device("cpu"), None, processes or Processes())
    return ValidationAnswers(
        peapod, maker, scratch_tokenizer(), items, data(), asked, LONGEST, metrics, runtime
    )


def gain(peapod: PeaPOD, example: Example, among: Sequence[int]) -> float:
    """1 / log2(rank + 1) of the answer when every item of `among` is scored by itself, 0 behind TOP."""
    maker, *_ = tiny_maker(ITEMS)
    scores = []
    for item in among:
        with torch.no_grad():
            loss, _ = peapod.loss(maker.teach([Example(example.question, int(item))]))
        scores.append(-float(loss))
    rank = 1 + sum(score > scores[list(among).index(example.answer)] for score in scores)
    return 1 / np.log2(rank + 1) if rank <= TOP else 0.0


def test_items_are_ranked_as_if_each_were_scored_by_itself() -> None:
    peapod = model().eval()
    asked = questions(data())
    found = answers(peapod, asked)()
    wanted = []
    for one in asked[SEQUENTIAL]:
        seen = data().train[one.question.user]
        wanted.append(gain(peapod, one, [item for item in range(ITEMS) if item not in seen]))
    assert 0 < np.mean(wanted) < 1
    assert found[SEQUENTIAL].metric == found[TOPN].metric == "NDCG@10"
    assert found[SEQUENTIAL].value == pytest.approx(np.mean(wanted), abs=1e-9)
    pools = [gain(peapod, one, one.question.pool) for one in asked[TOPN]]
    assert found[TOPN].value == pytest.approx(np.mean(pools), abs=1e-9)


def test_texts_are_greedy_and_held_against_the_users_own() -> None:
    peapod = model()
    seen = []

    def shared_words(texts: list[str], wanted: list[str]) -> np.ndarray:
        seen.append((texts, wanted))
        return np.array([1.0, 3.0])

    asked = {EXPLANATION: questions(data())[EXPLANATION]}
    found = answers(peapod, asked, metrics={AnswerKind.TEXT: ("shared", shared_words)})()
    assert found == {EXPLANATION: ("shared", 2.0)}
    ((texts, wanted),) = seen
    assert wanted == [SENTENCES[1], SENTENCES[2]]
    runtime = Runtime(torch.device("cpu"), None)
    maker, *_ = tiny_maker(ITEMS)
    pairs = [Question(EXPLANATION, 0, np.array([4])), Question(EXPLANATION, 3, np.array([5]))]
    greedy = explain(peapod, maker, scratch_tokenizer(), pairs, search_settings(LONGEST), runtime)
    assert texts == [text for text, _ in greedy]
    assert search_settings(LONGEST).explanation_beams == 1


@pytest.mark.parametrize("task", [EXPLANATION, SEQUENTIAL, TOPN])
def test_a_model_in_training_is_asked_without_dropout_and_nothing_is_drawn(task: Task) -> None:
    peapod = model()
    measure = answers(peapod, {task: questions(data())[task]})
    state = torch.get_rng_state()
    first = measure()
    peapod.train()
    assert measure() == first
    assert torch.equal(torch.get_rng_state(), state)


def test_tasks_without_questions_are_left_out() -> None:
    asked = questions(data()) | {EXPLANATION: []}
    assert set(answers(model(), asked)()) == {SEQUENTIAL, TOPN}


def measured_by(processes: Processes) -> list[float]:
    """One task has a question for one process alone."""
    asked = questions(data())
    asked[EXPLANATION] = asked[EXPLANATION][:1]
    return [one.value for one in answers(model(), asked, processes)().values()]


@pytest.mark.slow
def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    one, two = together(measured_by, tmp_path)
    assert one == two
    assert one == pytest.approx(measured_by(Processes()), rel=1e-12)
