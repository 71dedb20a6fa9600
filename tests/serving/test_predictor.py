"""A predictor answers as stage `generate` does, in raw ids, and for histories that the data doesn't have."""

import doctest
import gc
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

import pipeline.serving.predictor
from pipeline.decoding.config import DecodingConfig
from pipeline.randomness import generator
from pipeline.serving import Predictor
from pipeline.serving.requests import Explain, Neighbours, Rank, Recommend, RequestError
from pipeline.tasks.topn import TOPN
from stages.predictor import read_predictor
from stages.prompt_inputs import read_inputs
from tests.end_to_end.runs import TRAINED, run
from tests.serving.workspaces import close, items_of, named, users_of


def predictions(workspace: Path, task: str) -> dict[int, list[tuple[int, float]]]:
    """Item and score of each user's list."""
    lists: dict[int, list[tuple[int, float]]] = {}
    for row in pq.read_table(workspace / f"predictions/peapod/{task}.parquet").to_pylist():
        lists.setdefault(row["user"], []).append((row["item"], row["score"]))
    return lists


def test_lists_are_those_of_generate(workspace: Path, predictor: Predictor) -> None:
    users, items, known = users_of(workspace), items_of(workspace), read_inputs(Path("data")).known
    wanted = predictions(workspace, "sequential")
    assert len(wanted) == len(users)
    for user, listed in wanted.items():
        found = predictor.recommend(users[user], top=len(listed), history=named(items, known[user]))
        assert [one.item for one in found] == [items[item] for item, _ in listed]
        assert [one.score for one in found] == pytest.approx([score for _, score in listed], abs=1e-4)
        assert [one.rank for one in found] == list(range(1, len(listed) + 1))


def test_ranked_candidates_are_those_of_generate(workspace: Path, predictor: Predictor) -> None:
    users, items, inputs = users_of(workspace), items_of(workspace), read_inputs(Path("data"))
    pools = TOPN.test(inputs, 20, generator(42, "candidates order"))["topn"]
    wanted = predictions(workspace, "topn")
    for pool in pools:
        found = predictor.rank(users[pool.user], named(items, pool.items))
        assert sorted(one.item for one in found) == sorted(named(items, pool.items))
        first = [(one.item, one.score) for one in found[: len(wanted[pool.user])]]
        assert [item for item, _ in first] == [items[item] for item, _ in wanted[pool.user]]


def test_explanations_are_those_of_generate(workspace: Path, predictor: Predictor) -> None:
    users, items = users_of(workspace), items_of(workspace)
    written = pq.read_table(workspace / "predictions/peapod/explanation.parquet").to_pylist()
    assert len(written) > 20
    for row in written:
        assert predictor.explain(users[row["user"]], items[row["item"]]) == row["text"]


def test_the_history_is_the_whole_one_unless_given(workspace: Path, predictor: Predictor) -> None:
    user, items, whole = users_of(workspace)[7], items_of(workspace), read_inputs(Path("data")).whole[7]
    found = predictor.recommend(user, top=40)
    assert found == predictor.recommend(user, top=40, history=named(items, whole))
    # The test item is left out with the others, and nothing else is.
    rest = len(items) - len(set(whole.tolist()))
    every = predictor.recommend(user, top=len(items))
    assert {one.item for one in every} == set(items) - set(named(items, whole))
    assert len(every) == rest


def test_another_history_is_what_counts(workspace: Path, predictor: Predictor) -> None:
    user, items = users_of(workspace)[3], items_of(workspace)
    found = predictor.recommend(user, top=len(items), history=items[:2])
    assert {one.item for one in found} == set(items[2:])
    assert [one.score for one in found] != [one.score for one in predictor.recommend(user, top=len(items))]


def test_what_a_user_has_stays_in_where_the_parameters_say_so(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = yaml.safe_load((workspace / "params.yaml").read_text())
    document["decoding"] |= {"exclude_seen": False, "constrained": False}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(document))
    for name in ("data", "models"):
        (tmp_path / name).symlink_to(workspace / name)
    predictor = read_predictor(tmp_path)
    items = items_of(workspace)
    found = predictor.recommend(users_of(workspace)[0], top=len(items))
    # Each item once, though decoding.constrained is false.
    assert sorted(one.item for one in found) == items


def test_an_own_history_may_be_long_repeat_items_and_hold_everything(
    workspace: Path, predictor: Predictor
) -> None:
    user, items = users_of(workspace)[0], items_of(workspace)
    # prompts.history is 20: the newest count.
    assert [one.item for one in predictor.recommend(user, top=9, history=items[:-3])] != []
    assert {one.item for one in predictor.recommend(user, top=9, history=items[:-3])} == set(items[-3:])
    assert len(predictor.recommend(user, top=5, history=[items[0]] * 30)) == 5
    assert predictor.recommend(user, history=items) == []


def test_unknown_users_are_refused_with_advice_that_works(workspace: Path, predictor: Predictor) -> None:
    users, items = users_of(workspace), items_of(workspace)
    near = f"beside {users[0]!r} and {users[1]!r}"
    with pytest.raises(
        RequestError, match=rf"user '{users[0]}x' isn't among the {len(users)} .*{near}.*history"
    ):
        predictor.recommend(f"{users[0]}x")
    assert predictor.recommend(f"{users[0]}x", history=items[:1])
    for user in ("", "A", "zzz", users[0].lower()):
        with pytest.raises(RequestError, match="isn't among the"):
            predictor.explain(user, items[0])


def test_faults_of_a_request_are_named(workspace: Path, predictor: Predictor) -> None:
    user, items = users_of(workspace)[0], items_of(workspace)
    with pytest.raises(
        RequestError, match=rf"history: 2 of 3 items aren't .* first is 'no'.*like '{items[0]}'"
    ):
        predictor.recommend(user, history=[items[0], "no", "nor"])
    with pytest.raises(RequestError, match="history: empty; at least one"):
        predictor.recommend(user, history=[])
    with pytest.raises(RequestError, match="top is 0; 1 or more"):
        predictor.recommend(user, top=0)
    with pytest.raises(RequestError, match="candidates: empty"):
        predictor.rank(user, [])
    with pytest.raises(RequestError, match=f"candidates: item '{items[1]}' more than once"):
        predictor.rank(user, [items[0], items[1], items[1]])
    with pytest.raises(RequestError, match="item: 1 of 1 items aren't in the data, the first is 'B0'"):
        predictor.explain(user, "B0")


def test_more_candidates_than_a_prompt_holds_are_refused(workspace: Path, predictor: Predictor) -> None:
    prompts = predictor._bundle.prompts.model_copy(update={"whole_words": 8})
    predictor._bundle = replace(predictor._bundle, prompts=prompts)
    with pytest.raises(RequestError, match=r"7 candidates; a prompt holds at most 6 \(prompts.whole_words\)"):
        predictor.rank(users_of(workspace)[0], items_of(workspace)[:7])


def test_without_explanations_there_are_none(workspace: Path, predictor: Predictor) -> None:
    predictor._bundle = replace(predictor._bundle, explains=False)
    with pytest.raises(RequestError, match="no explanations to learn from"):
        predictor.explain(users_of(workspace)[0], items_of(workspace)[0])


def answers(predictor: Predictor, users: list[str], items: list[str]) -> list[object]:
    return [
        predictor.recommend(users[3]),
        predictor.recommend("new", history=items[:4]),
        predictor.rank(users[5], items[10:20]),
        predictor.explain(users[0], items[0]),
        predictor.explain("new", items[7], history=items[:4]),
    ]


def test_the_folder_alone_gives_the_same_answers_elsewhere(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shutil.copytree(trained, tmp_path / "whole")
    monkeypatch.chdir(whole)
    users, items = users_of(whole), items_of(whole)
    decoding = DecodingConfig(**yaml.safe_load((whole / "params.yaml").read_text())["decoding"])
    wanted = answers(read_predictor(), users, items)
    elsewhere = shutil.copytree(whole / "models/peapod", tmp_path / "elsewhere")
    shutil.rmtree(whole)
    monkeypatch.chdir(tmp_path)
    assert answers(Predictor.load(elsewhere, decoding), users, items) == wanted


@pytest.mark.parametrize("collaborative", ["mlp", "none"])
def test_ablations_serve_everybody_too(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, collaborative: str
) -> None:
    (tmp_path / "data").symlink_to(workspace / "data")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/tokenizer").symlink_to(workspace / "models/tokenizer")
    changes = TRAINED | {"prompts.collaborative": collaborative, "training.epochs": 1}
    run(monkeypatch, tmp_path, changes, first="train", last="train")
    predictor, items = read_predictor(), items_of(workspace)
    assert len(predictor.recommend(users_of(workspace)[0])) == 10
    assert len(predictor.recommend("new", history=items[:3])) == 10


def test_pseudonyms_are_made_of_raw_ids(
    workspace: Path, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = users_of(workspace)
    wanted = predictor.recommend(users[4])
    predictor.names._named = lambda raw: raw.removeprefix("raw ")
    assert predictor.recommend(f"raw {users[4]}") == wanted
    with pytest.raises(RequestError) as refused:
        predictor.recommend("raw nobody")
    assert users[0] not in str(refused.value)


@pytest.mark.usefixtures("workspace")
def test_the_example_in_the_documentation_runs() -> None:
    found = doctest.testmod(pipeline.serving.predictor)
    assert found.attempted >= 8
    assert found.failed == 0


def test_many_at_once_get_what_each_gets_alone(workspace: Path, predictor: Predictor) -> None:
    users, items = users_of(workspace), items_of(workspace)
    requests = [
        Recommend(users[0]),
        Recommend("new", history=items[:4]),
        Explain(users[3], items[5]),
        # The same user with histories of their own: what each holds is left out of its answer alone.
        Recommend(users[0], top=30, history=items[:2]),
        Recommend(users[0], top=30, history=items[2:9]),
        Rank(users[1], items[10:15]),
        Rank("other", items[10:17], history=items[20:23]),
        Rank(users[1], items[3:8]),
        Recommend("other", top=3, history=items[20:23]),
        Neighbours(users[4]),
        Neighbours("new", history=items[:4]),
        Explain("other", items[7], history=items[20:23]),
        Recommend(users[7], top=3),
    ]
    for found, request in zip(predictor.answer(requests), requests, strict=True):
        close(found, predictor.answer([request])[0])


def test_neighbours_are_those_of_the_attention(workspace: Path, predictor: Predictor) -> None:
    """Stage `generate` writes the same weights, by row number."""
    users = users_of(workspace)
    written = pq.read_table(workspace / "predictions/peapod/attention.parquet").to_pylist()
    assert len(written) > 20
    for row in written:
        found = predictor.neighbours(users[row["user"]])
        weights = {users[one]: weight for one, weight in zip(row["neighbours"], row["weights"], strict=True)}
        assert {one.user: one.weight for one in found} == pytest.approx(weights, abs=1e-6)
        assert [one.weight for one in found] == sorted([one.weight for one in found], reverse=True)
        assert sum(one.weight for one in found) == pytest.approx(1, abs=1e-5)


def test_titles_come_with_their_items(workspace: Path, predictor: Predictor) -> None:
    user, items = users_of(workspace)[0], items_of(workspace)
    titles = [f"The {name}" if name != items[4] else None for name in items]
    people = replace(predictor.people, item_titles=titles)
    predictor._answering._people = people
    for one in predictor.rank(user, items[2:7]):
        assert one.title == (None if one.item == items[4] else f"The {one.item}")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (Recommend("nobody"), "user"),
        (Recommend("nobody", history=["no"]), "history"),
        (Recommend("SYN-U-0001", top=0), "top"),
        (Rank("SYN-U-0001", []), "candidates"),
        (Rank("SYN-U-0001", ["SYN-I-0001", "SYN-I-0001"]), "candidates"),
        (Explain("SYN-U-0001", "no"), "item"),
        (Neighbours("SYN-U-0001", history=[]), "history"),
    ],
)
def test_faults_name_their_field(workspace: Path, predictor: Predictor, request_, field: str) -> None:
    with pytest.raises(RequestError) as refused:
        predictor.answer([Recommend("SYN-U-0001"), request_])
    assert refused.value.field == field


def test_answers_leave_nothing_behind(workspace: Path, predictor: Predictor) -> None:
    """Of Python's own objects; what libraries hold is for the soak of the service."""
    users, items = users_of(workspace), items_of(workspace)

    def everything(turn: int) -> None:
        history = [items[(turn + step) % len(items)] for step in range(4)]
        predictor.answer(
            [
                Recommend(users[turn % len(users)]),
                Recommend(f"new {turn}", history=history),
                Rank(f"new {turn}", history, history=history),
                Explain(users[-turn % len(users)], history[0]),
                Neighbours(f"new {turn}", history=history),
            ]
        )

    for turn in range(5):
        everything(turn)
    everything(5)
    gc.collect()
    before = len(gc.get_objects())
    for turn in range(6, 36):
        everything(turn)
    gc.collect()
    grown = len(gc.get_objects()) - before
    # Objects rather than bytes. What measures coverage keeps 12 per turn for itself; without it none is left.
    # Where the answers of each turn are kept there are 34 more.
    assert grown < 30 * (20 if sys.gettrace() else 1)
