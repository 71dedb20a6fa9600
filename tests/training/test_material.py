import numpy as np
import pytest

from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.material import make_material
from pipeline.training.teacher import Taught
from tests.tiny import prompts_config, tiny_backbone, tiny_maker
from tests.training.test_loop import config
from tests.training.test_samples import ITEMS, inputs


@pytest.mark.parametrize("share", [0, 2])
def test_a_task_that_isnt_trained_on_doesnt_choose_the_best_epoch(share: int) -> None:
    maker, *_ = tiny_maker(ITEMS)
    shares = {"explanation": 1, "sequential": 1, "topn": share}
    found = make_material(
        inputs(), maker, tiny_backbone(), prompts_config(), 300, config(shares=shares), seed=0
    )
    wanted = {SEQUENTIAL, *([TOPN] if share else [])}
    assert set(found.validation) == set(found.marginal) == wanted
    assert {found.steps[step].task for step in range(9)} == wanted


def test_histories_are_for_backbones_that_predict_their_inputs() -> None:
    maker, *_ = tiny_maker(ITEMS)
    settings = config(samples="histories")
    found = make_material(inputs(), maker, tiny_backbone("llama"), prompts_config(), 300, settings, seed=0)
    assert {task for task in found.marginal if task in found.watched} == {SEQUENTIAL}
    batches = [found.steps[step] for step in range(found.steps.steps_per_epoch)]
    assert {batch.task for batch in batches if batch.input_labels is not None} == {SEQUENTIAL}
    assert all(batch.input_labels is None for some in found.validation.values() for batch in some)
    with pytest.raises(ValueError, match=r"set training.samples to prefixes, or take a causal model"):
        make_material(inputs(), maker, tiny_backbone("t5"), prompts_config(), 300, settings, seed=0)


def test_a_teachers_answers_are_learned_and_their_frequency_in_train_is_watched() -> None:
    maker, *_ = tiny_maker(ITEMS)
    shares = {"explanation": 0, "sequential": 1, "topn": 0}
    settings = config(shares=shares, samples="prefixes")
    dataset = inputs()
    prefixes = len(dataset.train.places(first=1)[0])
    taught = Taught(np.full((prefixes, 2), 29, dtype=np.int32), share=1.0)
    found = make_material(dataset, maker, tiny_backbone(), prompts_config(), 300, settings, 0, taught)
    answer = maker.answer_tokens(SEQUENTIAL, 29).tolist()
    for step in range(found.steps.steps_per_epoch):
        assert {tuple(row) for row in found.steps[step].labels.tolist()} == {tuple(answer)}
    # Item 29 never stands in train; every item counts once more than seen.
    cost = np.log((len(dataset.train.items) + ITEMS) / 1)
    assert found.watched == {SEQUENTIAL: pytest.approx(cost / len(answer))}
