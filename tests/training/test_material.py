import pytest

from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.material import make_material
from tests.tiny import tiny_maker
from tests.training.test_loop import config
from tests.training.test_samples import ITEMS, inputs


@pytest.mark.parametrize("share", [0, 2])
def test_a_task_that_isnt_trained_on_doesnt_choose_the_best_epoch(share: int) -> None:
    maker, *_ = tiny_maker(ITEMS)
    shares = {"explanation": 1, "sequential": 1, "topn": share}
    found = make_material(inputs(), maker, 20, 300, config(shares=shares), seed=0)
    wanted = {SEQUENTIAL, *([TOPN] if share else [])}
    assert set(found.validation) == set(found.marginal) == wanted
    assert {found.steps[step].task for step in range(9)} == wanted
