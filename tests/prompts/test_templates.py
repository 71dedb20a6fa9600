from pathlib import Path

import pytest
import yaml

from pipeline.prompts.templates import read_templates
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.sequential import SEQUENTIAL

GOOD = {
    "explanation": ["{user} {item}"],
    "sequential": ["{user} {history}"],
    "topn": ["{user} {candidates}"],
}


def write(path: Path, **changes: object) -> Path:
    path.write_text(
        yaml.safe_dump({key: value for key, value in (GOOD | changes).items() if value is not None})
    )
    return path


def test_the_bundled_wordings_start_with_the_bare_form() -> None:
    templates = read_templates(Path("pipeline/prompts/templates.yaml"), PEAPOD)
    assert set(templates) == set(PEAPOD)
    assert all(len(wordings) > 1 for wordings in templates.values())
    assert templates[SEQUENTIAL][0].words == ("{user}", "{history}")


def test_the_bare_wordings_are_the_first_of_each_task() -> None:
    templates = read_templates(Path("pipeline/prompts/templates.yaml"), PEAPOD)
    bare = read_templates(Path("pipeline/prompts/bare.yaml"), PEAPOD)
    assert bare == {task: wordings[:1] for task, wordings in templates.items()}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topn": None}, "topn: a list of at least one wording is wanted, found None"),
        ({"topn": []}, "topn: a list of at least one wording is wanted"),
        ({"topn": ["{user} likes what ?"]}, r"placeholders \['\{user\}'\]"),
        ({"topn": ["{user} {candidates}, please"]}, "alone between spaces"),
        ({"topn": ["{user} {user} {candidates}"]}, "each once"),
        ({"topn": ["{user} {candidates} {item}"]}, "each once"),
        ({"topn": [5]}, "a wording is text, found 5"),
        ({"rating": ["{user}"]}, "unknown task 'rating'"),
    ],
)
def test_bad_wordings_are_named(tmp_path: Path, changes: dict, message: str) -> None:
    path = write(tmp_path / "templates.yaml", **changes)
    with pytest.raises(ValueError, match=message) as caught:
        read_templates(path, PEAPOD)
    assert str(path) in str(caught.value)


def test_wordings_of_tasks_that_are_not_wanted_may_be_there_or_not(tmp_path: Path) -> None:
    path = write(tmp_path / "templates.yaml", topn=None, explanation=["no placeholder"])
    assert list(read_templates(path, (SEQUENTIAL,))) == [SEQUENTIAL]
