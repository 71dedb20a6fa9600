import pytest

from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.material import make_material
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
