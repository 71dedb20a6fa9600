import pytest
from typer import Typer
from typer.testing import CliRunner

from pipeline.artifacts import read_table
from pipeline.tables import RECOMMENDATIONS
from stages.baseline import Baseline, main
from tests.evaluation.workspace import HISTORIES, ITEMS, write_workspace


@pytest.fixture
def lists(tmp_path):
    write_workspace(tmp_path)
    main(Baseline.MOST_POPULAR, top=3, root=tmp_path)

    def read(task):
        table = read_table(tmp_path / f"predictions/most_popular/{task}.parquet", RECOMMENDATIONS)
        rows = [(row["user"], row["rank"], row["item"]) for row in table.to_pylist()]
        assert rows == sorted(rows)
        return {user: [item for owner, _, item in rows if owner == user] for user in range(len(HISTORIES))}

    return read


def counts():
    train = [item for history in HISTORIES for item in history[:3]]
    return [train.count(item) for item in range(ITEMS)]


def test_sequential_is_by_train_counts_without_the_history(lists):
    popularity = counts()
    for user, items in lists("sequential").items():
        open_items = [item for item in range(ITEMS) if item not in HISTORIES[user][:4]]
        best = sorted((popularity[item] for item in open_items), reverse=True)[:3]
        assert [popularity[item] for item in items] == best
        assert set(items) <= set(open_items)


def test_topn_keeps_to_the_candidates(lists):
    for user, items in lists("topn").items():
        pool = {item for item in range(ITEMS) if item not in HISTORIES[user]} | {HISTORIES[user][-1]}
        assert set(items) <= pool
        assert len(items) == 3


def test_command_line(tmp_path):
    write_workspace(tmp_path)
    app = Typer()
    app.command()(main)
    assert CliRunner().invoke(app, ["most_popular", "--root", str(tmp_path)]).exit_code == 0
    assert CliRunner().invoke(app, ["most_popular", "--top", "0"]).exit_code == 2
    assert CliRunner().invoke(app, ["unheard_of", "--root", str(tmp_path)]).exit_code == 2
