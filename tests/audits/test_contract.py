"""What every audit keeps, whatever it measures."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import pipeline.audits
from pipeline.audits.base import HISTORY, Audit
from pipeline.evaluation.config import AUDITS
from pipeline.evaluation.schema.audits import AuditMetrics
from tests.audits.build import CONFIG, LISTS, audited


def test_audits_are_the_modules_of_the_folder() -> None:
    modules = {path.stem for path in Path(pipeline.audits.__path__[0]).glob("*.py")}
    assert modules == {*AUDITS, "base", "__init__"}


@pytest.fixture(params=AUDITS)
def audit(request: pytest.FixtureRequest) -> Audit:
    found: Audit = import_module(f"pipeline.audits.{request.param}").AUDIT
    return found


def values(metrics: AuditMetrics, method: str) -> dict[str, float]:
    """Figures that no draw decides."""
    return {
        name: figure.value
        for name, figure in metrics.estimates[method].items()
        if not name.endswith("by chance")
    }


def run(audit: Audit, seed: int = 0, **changed: object) -> AuditMetrics:
    return audit(audited(**changed), CONFIG, np.random.default_rng(seed))


def test_every_method_has_the_same_figures_and_the_file_can_be_read(audit) -> None:
    found = run(audit)
    assert set(found.estimates) - {HISTORY} == {"peapod", "other"}
    assert found.estimates["peapod"].keys() == found.estimates["other"].keys()
    assert AuditMetrics.parse(found.plain(), "file") == found
    assert found.users == 4


def test_the_seed_decides_on_intervals_alone(audit) -> None:
    assert run(audit) == run(audit)
    assert values(run(audit), "peapod") == values(run(audit, seed=1), "peapod")


def test_a_method_is_judged_by_its_own_lists(audit) -> None:
    alone = run(audit, lists={"peapod": LISTS})
    assert values(alone, "peapod") == values(run(audit), "peapod")
    twice = run(audit, lists={"peapod": LISTS, "copy": LISTS.copy()})
    assert values(twice, "copy") == values(twice, "peapod")
    changed = LISTS.copy()
    changed[:, :2] = [5, 4]
    assert values(run(audit, lists={"peapod": changed}), "peapod") != values(alone, "peapod")


def test_places_behind_the_last_that_counts_do_not_count(audit) -> None:
    changed = LISTS.copy()
    changed[:, 2] = 5
    assert values(run(audit, lists={"peapod": changed}), "peapod") == values(run(audit), "peapod")


def test_the_order_of_users_does_not_matter(audit) -> None:
    whole = audited()
    turn = np.array([2, 0, 3, 1])
    place = np.argsort(turn)
    split = replace(whole.split, targets=whole.split.targets[turn], owners=place[whole.split.owners])
    found = run(audit, split=split, lists={"peapod": LISTS[turn]})
    assert values(found, "peapod") == pytest.approx(values(run(audit), "peapod"))


def test_intervals_hold_their_figure(audit) -> None:
    for figures in run(audit).estimates.values():
        for figure in figures.values():
            assert figure.low is None or figure.low <= figure.high
