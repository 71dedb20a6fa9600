from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from experiments import presets
from experiments.__main__ import main, sweep_experiments
from experiments.collection import collect
from experiments.presets import changed_name, overrides
from experiments.sweeps import Sweep, read_seeds, sweep, sweep_names
from pipeline.params import ParamsError
from tests.params_files import repository_params, write_params_files
from tools.check_params import faults


def test_the_papers_questions_are_there() -> None:
    wanted = {"rq1", "rq2", "rq3", "rq4", "rq5", "neighbours", "prompt-length", "leakage"}
    assert wanted <= set(sweep_names())
    assert not set(sweep_names()) & set(presets.names())


@pytest.mark.parametrize("name", sweep_names())
def test_every_variant_is_a_sound_params_file_of_its_own(name: str, tmp_path: Path) -> None:
    variants = sweep(name).variants()
    assert variants[0].label == sweep(name).base
    assert len({variant.key for variant in variants}) == len(variants) > 1
    for variant in variants:
        document = repository_params()
        for key, value in variant.params.items():
            *parents, last = key.split(".")
            section = document
            for parent in parents:
                section = section[parent]
            assert last in section, key
            section[last] = value
        assert list(faults(write_params_files(tmp_path, document))) == [], variant.label


def test_variants_are_all_combinations_the_base_first() -> None:
    factors = {"a": {"A one": {"x": 1}, "A two": {"x": 2}}, "b": {"B (1)": {"y": 1}, "B (2)": {"y": 2}}}
    variants = Sweep(
        title="t", description="d", factors=factors, base="A two, B (1)", params={"z": 0, "y": 9}
    ).variants()
    assert [variant.key for variant in variants] == ["a-two-b-1", "a-one-b-1", "a-one-b-2", "a-two-b-2"]
    assert variants[0].params == {"x": 2, "y": 1, "z": 0}
    assert variants[0].experiment("rq3", "own", 7) == "rq3-own-a-two-b-1-seed-7"
    assert variants[0].experiment("rq3", None, 7) == "rq3-a-two-b-1-seed-7"


def test_heads_of_figure_5_run_from_a_preset_with_every_seed(tmp_path: Path) -> None:
    found = sweep_experiments(
        "rq5", "musical-instruments", overrides("musical-instruments", tmp_path), [42, 43], {}
    )
    assert len(found) == 12
    assert list(found)[:2] == [
        "rq5-musical-instruments-4-heads-seed-42",
        "rq5-musical-instruments-0-heads-mlp-seed-42",
    ]
    params = found["rq5-musical-instruments-16-heads-seed-43"]
    assert (params["prompts.heads"], params["seed"], params["model.d_model"]) == (16, 43, 96)
    assert params["dataset.raw"] == str(tmp_path)


@pytest.mark.usefixtures("sound_clone")
def test_a_sweep_runs_what_has_not_run_and_names_what_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: seen.append(arguments) or 1)
    ran = SimpleNamespace(name="pmf", params={}, here=True, code="abc")
    monkeypatch.setattr("experiments.__main__.find_run", lambda name: ran if "-pmf-" in name else None)
    with pytest.raises(SystemExit) as ended:
        main("rq2", seeds="1,2", set_param=["training.epochs=1"], queue=True)
    assert ended.value.code == 1
    names = [changed_name(f"rq2-bivae-seed-{seed}", {"training.epochs": 1}) for seed in (1, 2)]
    assert [arguments[3] for arguments in seen] == names
    assert seen[0][4] == "--queue"
    assert "++embeddings.method='bivae'" in seen[0]
    assert "++training.epochs=1" in seen[0]
    shown = capsys.readouterr()
    assert f"failed: {', '.join(names)}" in shown.err
    # A commit that isn't here is code that isn't today's.
    assert "rq2-pmf-" in shown.out
    assert "ran with code of abc, which isn't today's; --force runs it again" in shown.out


@pytest.mark.usefixtures("sound_clone")
def test_a_variant_that_ran_otherwise_is_no_variant_that_has_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its name holds neither the data nor what params.yaml says."""
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
    for params in ({"dataset": {"raw": "/other.json.gz"}}, {"training": {"batch_size": 12345}}):
        ran = SimpleNamespace(name="rq2-pmf-seed-42", params=params, here=True, code="abc")
        monkeypatch.setattr("experiments.__main__.find_run", lambda name, ran=ran: ran)
        with pytest.raises(SystemExit):
            main("rq2", raw=tmp_path)
        assert "experiment rq2-pmf-seed-42 ran with " in capsys.readouterr().err


@pytest.mark.usefixtures("sound_clone")
def test_some_variants_alone_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: seen.append(arguments) or 0)
    monkeypatch.setattr("experiments.__main__.find_run", lambda name: None)
    with pytest.raises(SystemExit):
        main("rq5", variant=["8 heads", "0 heads (MLP)"])
    assert [arguments[3] for arguments in seen] == ["rq5-0-heads-mlp-seed-42", "rq5-8-heads-seed-42"]
    with pytest.raises(SystemExit):
        main("rq5", variant=["9 heads"])
    assert (
        "--variant 9 heads: the variants of sweep rq5 are 4 heads; 0 heads (MLP); " in capsys.readouterr().err
    )


@pytest.mark.usefixtures("sound_clone")
def test_forced_variants_leave_nothing_that_could_stand_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: 0)
    monkeypatch.setattr("experiments.archive.RUNS", tmp_path)
    file = tmp_path / "rq2-pmf-seed-42.npz"
    file.write_text("kept")
    with pytest.raises(SystemExit):
        main("rq2", force=True)
    assert not file.exists()


def test_a_list_of_all_variants_may_be_changed_where_some_have_their_own() -> None:
    """RQ1 with a baseline that needs metadata; POD and P5 keep their own list."""
    changed = {"evaluation.baselines": ["most_popular", "fdsa"], "dataset.metadata": "meta.json.gz"}
    found = list(sweep_experiments("rq1", None, {}, [42], changed).values())
    assert [params["evaluation.baselines"] for params in found] == [
        ["most_popular", "fdsa"],
        ["most_popular"],
        ["most_popular"],
    ]
    assert {params["dataset.metadata"] for params in found} == {"meta.json.gz"}


@pytest.mark.parametrize("changed", [{"prompts.heads": 8}, {"++prompts.heads": 8}, {"prompts": {"heads": 8}}])
def test_what_tells_variants_apart_can_not_be_changed_for_all(changed: dict[str, Any]) -> None:
    """Else all variants of figure 5 would have 8 heads, whatever they are called."""
    wanted = (
        r"-S (\+\+)?prompts(.heads)?=.*8.*: sweep rq5 sets prompts.* itself, by its factor 'heads'.*leave it"
    )
    with pytest.raises(ParamsError, match=wanted):
        sweep_experiments("rq5", None, {}, [42], changed)
    with pytest.raises(ParamsError, match=wanted):
        collect("rq5", None, [42], changed)


def test_the_seed_is_no_change_of_all_variants() -> None:
    with pytest.raises(ParamsError, match=r"-S seed=7: a variant of sweep rq5 is named by its seed: --seeds"):
        sweep_experiments("rq5", None, {}, [42], {"seed": 7})


def test_what_a_sweep_says_of_all_variants_can_be_changed() -> None:
    changed = {"evaluation.baselines": ["most_popular", "ease"], "prompts.length": 5}
    for params in sweep_experiments("rq5", None, {}, [42], changed).values():
        assert params["evaluation.baselines"] == ["most_popular", "ease"]
        assert params["prompts.length"] == 5


def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no sweep 'rq9'; there are epochs, histories, identifiers, "):
        sweep("rq9")
    with pytest.raises(ParamsError, match="--seeds 1;2: whole numbers"):
        read_seeds("1;2")
    assert read_seeds("43,42,43") == [42, 43]
    monkeypatch.setattr("experiments.sweeps.HERE", tmp_path)
    (tmp_path / "own.yaml").write_text("{title: t, description: d, base: C, factors: {a: {A: {}, B: {}}}}")
    with pytest.raises(ParamsError, match=r"own.yaml: base 'C' is none of the variants: A; B"):
        sweep("own")
    (tmp_path / "own.yaml").write_text("{title: t, factors: {}, what: 1}")
    with pytest.raises(ParamsError, match=r"(?s)own.yaml: .*what"):
        sweep("own")
