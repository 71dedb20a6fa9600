"""An exported program scores items as the predictor does, for other users, lengths and items than it was
traced with, on both backbones.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import tools.export
from pipeline.serving import Predictor
from pipeline.tasks.base import Question
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from stages.predictor import read_predictor
from tests.end_to_end.runs import TRAINED, run
from tools.export import NAMES, differences, main


@pytest.fixture(params=["t5", "llama"])
def bundle(
    request: pytest.FixtureRequest, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    if request.param == "llama":
        (tmp_path / "data").symlink_to(workspace / "data")
        (tmp_path / "models").mkdir()
        (tmp_path / "models/tokenizer").symlink_to(workspace / "models/tokenizer")
        changes = TRAINED | {"model.backbone": "llama", "training.epochs": 1}
        run(monkeypatch, tmp_path, changes, first="train", last="train")
        return tmp_path / "models/peapod"
    return workspace / "models/peapod"


@pytest.mark.slow
def test_scores_are_those_of_the_predictor_for_users_lengths_and_items_it_was_not_traced_with(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.pt2"
    main(bundle, out)
    assert "8 users within" in capsys.readouterr().out
    extra = {NAMES: ""}
    program = torch.export.load(out, extra_files=extra).module()
    names = json.loads(extra[NAMES])
    predictor = Predictor.load(bundle)
    assert names["items"] == predictor.people.item_ids
    # Of several lengths in one batch, and the first alone.
    histories = [np.arange(3), np.arange(20, 32), np.array([7])]
    users = [1, 17, 58]
    batch = predictor.maker.ask(
        [Question(SEQUENTIAL, user, items) for user, items in zip(users, histories, strict=True)]
    )
    assert len(set(batch.mask.sum(1).tolist())) == 3
    every = torch.arange(len(names["items"])).expand(3, -1)
    found = program(batch.users, batch.tokens, batch.rows, batch.mask, every)
    for user, history, scores in zip(users, histories, found, strict=True):
        listed = predictor.recommend(
            names["users"][user], top=len(names["items"]), history=[names["items"][one] for one in history]
        )
        assert len(listed) == len(names["items"]) - len(history)
        mine = [float(scores[names["items"].index(one.item)]) for one in listed]
        assert mine == pytest.approx([one.score for one in listed], abs=1e-4)
    alone = program(
        batch.users[2:], batch.tokens[2:, :4], batch.rows[2:, :4], batch.mask[2:, :4], every[:1, :1]
    )
    wanted = program(batch.users[2:], batch.tokens[2:], batch.rows[2:], batch.mask[2:], every[:1])
    assert int(batch.mask[2].sum()) > 4
    assert alone.shape == (1, 1)
    assert abs(float(alone[0, 0]) - float(wanted[0, 0])) > 1e-4  # It reads what it is given.


@pytest.mark.slow
@pytest.mark.usefixtures("workspace")
def test_candidates_of_topn_are_scored_too(tmp_path: Path) -> None:
    out = tmp_path / "topn.pt2"
    main(Path("models/peapod"), out, task="topn")
    program = torch.export.load(out).module()
    predictor = read_predictor()
    shown = np.array([9, 4, 30, 2], dtype=np.int32)
    batch = predictor.maker.ask([Question(TOPN, 5, shown)])
    found = program(batch.users, batch.tokens, batch.rows, batch.mask, torch.tensor(shown)[None].long())[0]
    names = [predictor.people.item_ids[item] for item in shown]
    listed = {one.item: one.score for one in predictor.rank(predictor.people.user_ids[5], names)}
    assert found.tolist() == pytest.approx([listed[name] for name in names], abs=1e-4)


@pytest.mark.usefixtures("workspace")
def test_a_program_that_scores_otherwise_is_not_passed_off_as_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(users: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(others[-1], dtype=torch.float32)

    assert min(differences(wrong, read_predictor(), "sequential")) > 1
    assert min(differences(wrong, read_predictor(), "topn")) > 1
    monkeypatch.setattr(tools.export, "export", lambda bundle, task: torch.nn.Identity())
    monkeypatch.setattr(torch.export, "save", lambda *args, **extra: None)
    monkeypatch.setattr(torch.export, "load", lambda path: type("", (), {"module": lambda self: wrong})())
    with pytest.raises(SystemExit):
        main(Path("models/peapod"), tmp_path / "wrong.pt2")
    assert "nats from the predictor's, at most 0.001 wanted" in capsys.readouterr().err


@pytest.mark.usefixtures("workspace")
def test_what_cannot_be_exported_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = []
    for out, task in (("scores.onnx", "sequential"), ("scores.pt2", "explanation"), ("scores.pt2", "no")):
        with pytest.raises(SystemExit):
            main(Path("models/peapod"), tmp_path / out, task)
        faults.append(capsys.readouterr().err)
    assert "a name that ends with .pt2 wanted" in faults[0]
    for fault in faults[1:]:
        assert "of this model's tasks those that score items are: sequential, topn" in fault
    assert not list(tmp_path.iterdir())
