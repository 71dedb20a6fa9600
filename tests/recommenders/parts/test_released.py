import numpy as np
import pytest
import torch

from pipeline.data.llara import read_llara
from pipeline.data.next_items import draw_choices
from pipeline.data.titles import spoken_as_released
from pipeline.evaluation.choice import said_within
from pipeline.recommenders.base import BaselineError
from pipeline.recommenders.parts.dros import DrosCaser, DrosGru, DrosSasrec
from pipeline.recommenders.parts.released import LENGTH, Released, read_released, released_rows
from pipeline.recommenders.ranking.lists import Ranker
from tests.real_data import real_data

ITEMS, WIDTH = 6, 4
MODELS = {
    "SASRec": lambda: DrosSasrec(ITEMS, WIDTH, LENGTH),
    "GRU4Rec": lambda: DrosGru(ITEMS, WIDTH, 3),
    "Caser": lambda: DrosCaser(ITEMS, WIDTH, LENGTH),
}


def write(path, name, **changes):
    torch.manual_seed(1)
    arrays = {key: value.numpy() for key, value in MODELS[name]().state_dict().items()}
    arrays |= {key.replace("__", "."): value for key, value in changes.items()}
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return arrays


@pytest.mark.parametrize("name", list(MODELS))
def test_a_released_file_is_told_by_its_arrays_and_reads_the_newest_items(tmp_path, name):
    arrays = write(tmp_path / "one.npz", name)
    found = read_released(tmp_path / "one.npz")
    assert found.name == name
    assert np.array_equal(found.vectors, arrays["item_embeddings.weight"][:ITEMS])
    long = np.arange(30) % ITEMS
    histories = [np.array([2, 5]), long, long[-LENGTH:]]
    scores = found.score(np.arange(3), histories)
    assert scores.shape == (3, ITEMS)
    assert scores[0] == pytest.approx(found.score(np.zeros(1), histories[:1])[0], rel=1e-5)
    assert np.array_equal(scores[1], scores[2])
    assert not np.allclose(scores[0], scores[1])


def test_after_nothing_no_item_is_better_than_another(tmp_path):
    write(tmp_path / "one.npz", "SASRec")
    score = read_released(tmp_path / "one.npz").score
    nothing = np.array([], dtype=np.int32)
    scores = score(np.arange(2), [nothing, np.array([1])])
    assert not scores[0].any()
    assert np.array_equal(scores[1], score(np.arange(1), [np.array([1])])[0])
    assert not score(np.arange(1), [nothing]).any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"item_embeddings__weight": None}, r"no array item_embeddings.weight .*it has \['feed_forward"),
        ({"ln_1__weight": np.array([1, 2, np.nan, 4])}, r"\['ln_1.weight'\] hold values that aren't numbers"),
        ({"ln_1__weight": np.ones(5)}, "not the arrays of SASRec: .*size mismatch for ln_1.weight"),
        ({"ln_1__weight": None}, "not the arrays of SASRec: .*Missing key"),
        ({"other": np.ones(5)}, "not the arrays of SASRec: .*Unexpected key"),
        ({"ln_1__weight": np.array([{}], dtype=object)}, "not an .npz of plain arrays"),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path, changes, message):
    write(tmp_path / "one.npz", "SASRec", **changes)
    with pytest.raises(BaselineError, match=f"(?s)one.npz: {message}"):
        read_released(tmp_path / "one.npz")


def test_an_absent_file_and_text_are_errors(tmp_path):
    with pytest.raises(BaselineError, match=r"none\.npz: no such file"):
        read_released(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(BaselineError, match=r"text.npz: not an \.npz of plain arrays"):
        read_released(tmp_path / "text.npz")


def test_ids_count_from_0_or_from_1_and_an_unknown_one_is_named():
    released = [Released("SASRec", None, np.zeros((rows, 2))) for rows in (10, 11)]
    assert released_rows(["0", "10", "2"], released[1]).tolist() == [0, 10, 2]
    assert released_rows(["1", "10", "2"], released[0]).tolist() == [0, 9, 1]
    for ids, name in ((["0", "11"], "11"), (["1", "B00X"], "B00X")):
        with pytest.raises(BaselineError, match=f"has 11 items.* item '{name}' of this dataset is none"):
            released_rows(ids, released[1])


@pytest.mark.parametrize(
    ("dataset", "file", "name", "draws", "mean", "deviation"),
    [
        ("movielens", "SASRec_movielens", "SASRec", 200, 0.381, 0.032),
        ("movielens", "GRU_movielens", "GRU4Rec", 200, 0.391, 0.034),
        ("movielens", "Caser_movielens", "Caser", 200, 0.390, 0.033),
        ("lastfm", "SASRec_lastfm", "SASRec", 200, 0.287, 0.022),
        ("steam", "SASRec_steam", "SASRec", 20, 0.418, 0.010),
    ],
)
def test_hit_ratios_of_the_released_recommenders(dataset, file, name, draws, mean, deviation):
    """As measured before, over redraws of 20 candidates: the means of two measurements differ by less than
    four standard errors, the deviations by a third."""
    given = read_llara(real_data(f"llara/{dataset}"))
    examples = given.examples["test"].after(1)
    released = read_released(real_data(f"llara/recommenders/{file}.npz"))
    assert (released.name, released.vectors.shape) == (name, (len(given.titles), 64))
    histories = [examples.histories[one] for one in range(len(examples))]
    sets = draw_choices(examples, len(given.titles), 20, draws, np.random.default_rng(0))
    ranker = Ranker(released.score, np.ones(len(given.titles)), np.random.default_rng(0))
    found = (ranker.chosen(examples.users, histories, sets) == examples.targets).mean(axis=1)
    assert found.mean() == pytest.approx(mean, abs=4 * deviation * (2 / draws) ** 0.5)
    assert found.std() == pytest.approx(deviation, rel=0.34)


@pytest.mark.parametrize(
    ("dataset", "mean", "ceiling"), [("movielens", 0.192, 0.983), ("lastfm", 0.060, 0.998)]
)
def test_popularity_and_what_the_authors_rule_lets_a_perfect_answer_reach(dataset, mean, ceiling):
    given = read_llara(real_data(f"llara/{dataset}"))
    examples = given.examples["test"]
    sets = draw_choices(examples, len(given.titles), 20, 200, np.random.default_rng(0))
    counts = np.bincount(given.examples["train"].targets, minlength=len(given.titles))
    ranker = Ranker(lambda users, _: np.tile(counts, (len(users), 1)), counts, np.random.default_rng(0))
    chosen = ranker.chosen(examples.users, list(examples.histories), sets)
    assert (chosen == examples.targets).mean() == pytest.approx(mean, abs=0.008)
    says = spoken_as_released if dataset == "movielens" else str
    titles = [says(title) for title in given.titles]
    valid = [
        said_within(titles[target], [titles[item] for item in candidates]) is not None
        for draw in sets[:50].tolist()
        for target, candidates in zip(examples.targets.tolist(), draw, strict=True)
    ]
    assert np.mean(valid) == pytest.approx(ceiling, abs=0.005)
