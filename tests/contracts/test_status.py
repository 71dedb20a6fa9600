"""What an edit invalidates, as `dvc status` names it: the stages whose outputs may change, and no other."""

import shutil
from pathlib import Path

import pytest
from dvc.repo import Repo

from tests.params_files import repository_params, write_params_files
from tools.closure import OURS, ROOT

EDITS = {
    "pipeline/report/card.md": {"report"},
    "pipeline/report/page.html.j2": {"report"},
    "pipeline/report/published/published_results.csv": {"report"},
    "pipeline/decoding/beam_search.py": {"train", "generate"},
    "pipeline/decoding/predict.py": {"generate"},
    "pipeline/decoding/shards.py": {"generate"},
    "pipeline/model/influence.py": {"generate"},
    "pipeline/backbones/t5/cpu/packed_encoding.py": {"train", "generate"},
    "pipeline/evaluation/bleu.py": {"train", "evaluate"},
    "pipeline/evaluation/diversity.py": {"evaluate"},
    "pipeline/recommenders/bpr.py": {"baseline@bpr", "embeddings", "teacher"},
    "pipeline/explainers/nrt.py": {"explanation_baseline@nrt"},
    "pipeline/explanations/splitting.py": {"explanations"},
    "pipeline/explanations/extraction.py": {"explanations", "evaluate"},
    "pipeline/data/amazon.py": {"preprocess"},
    "pipeline/embeddings/recall.py": {"neighbours"},
    "pipeline/training/loop.py": {"train"},
    "pipeline/prompts/templates.yaml": {"tokenizer", "train"},
    # The report shows all parameters, whose classes know the tasks.
    "pipeline/tasks/topn.py": {"tokenizer", "train", "generate", "report"},
    "pipeline/__init__.py": set(),
    "pipeline/runtime/provenance.py": set(),
    "pipeline/runtime/errors.py": set(),
    "pipeline/runtime/logs.py": set(),
}
"""Files, and the stages that a change of each invalidates."""

COMPUTED = {"train", "generate", "explanation_baseline@nrt", "explanation_baseline@att2seq"}

PARAMETERS = {
    "runtime.engine": ("ray", set()),
    "runtime.ray_address": ("auto", set()),
    "runtime.threads": (2, COMPUTED),
}
"""Parameters, another value of each, and the stages that it invalidates."""


@pytest.fixture(scope="module")
def status(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The stages that `dvc status` names for each of EDITS and PARAMETERS.

    In a finished run, with outputs of one letter.
    """
    folder = tmp_path_factory.mktemp("repository")
    for name in OURS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "dvc.yaml", folder)
    params = repository_params()
    params["evaluation"] |= {"baselines": ["ease", "bpr"], "explanation_baselines": ["nrt", "att2seq"]}
    write_params_files(folder, params)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        repo = Repo.init(no_scm=True)
        for stage in repo.index.stages:
            for path in [Path(end.fs_path) for end in (*stage.outs, *stage.deps)]:
                write(path)
        repo.commit(force=True)
        assert repo.status() == {}
        for name in EDITS:
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write("\n")
        for name, (value, _) in PARAMETERS.items():
            section, key = name.split(".")
            params.setdefault(section, {})[key] = value
        write_params_files(folder, params)
        found = repo.status()
        repo.close()
    named: dict[str, set[str]] = {name: set() for name in (*EDITS, *PARAMETERS)}
    for stage, causes in found.items():
        for cause in causes:
            changed = dict(cause["changed deps"])
            # The report shows the file as a whole, whatever changes in it.
            keys = changed.pop("params.yaml", {})
            for name in (*(keys if isinstance(keys, dict) else ()), *changed):
                named[name].add(stage)
    return named


def write(path: Path) -> None:
    """Write a file of one letter, or a folder with one, where there is nothing."""
    file = path if path.suffix else path / "x"
    if not path.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_invalidates_what_may_change_and_no_more(status, name):
    assert status[name] == EDITS[name]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_invalidates_what_may_change_and_no_more(status, name):
    assert status[name] == PARAMETERS[name][1]
