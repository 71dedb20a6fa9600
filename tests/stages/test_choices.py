import numpy as np
import pytest

from pipeline.artifacts import read_table, write_table
from pipeline.data.next_items import read_choices
from pipeline.tables import CHOICES, INTERACTIONS
from stages.choices import main
from tests.evaluation.workspace import HISTORIES, ITEMS, write_workspace
from tests.params_files import write_params_files


def prepare(root, **choices):
    write_workspace(root)
    write_params_files(root, {"seed": 1, "choices": {"candidates": 3, **choices}})
    return root


def stored(root):
    return read_choices(read_table(root / "data/choices/choices.parquet", CHOICES))


def test_of_leave_one_out_every_user_has_a_validation_and_a_test_example(tmp_path):
    main(prepare(tmp_path, redraws=4, history=3))
    found = stored(tmp_path)
    assert list(found) == ["validation", "test"]
    for split, (examples, sets) in found.items():
        end = {"validation": -2, "test": -1}[split]
        assert examples.users.tolist() == list(range(len(HISTORIES)))
        assert sets.shape == (4, len(HISTORIES), 3)
        for user, history in enumerate(HISTORIES):
            assert examples.targets[user] == history[end]
            assert examples.histories[user].tolist() == history[:end][-3:]
            for drawn in sets[:, user].tolist():
                assert examples.targets[user] in drawn
                assert not {*examples.histories[user].tolist()} & {*drawn}


def test_of_a_split_by_users_the_last_row_of_a_held_out_user_is_asked_for(tmp_path):
    prepare(tmp_path, redraws=1)
    rows = {
        "train": [(0, item, place) for place, item in enumerate([1, 2, 3])],
        # Not in the order of position; the second user has too few before.
        "validation": [(1, 5, 3), (1, 6, 0), (1, 7, 1), (1, 4, 2), (2, 1, 0), (2, 2, 1)],
        "test": [(3, item, place) for place, item in enumerate([0, 1, 2, 3, 4])],
    }
    for name, rows_of in rows.items():
        columns = dict(zip(("user", "item", "position"), zip(*rows_of, strict=True), strict=True))
        empty = {key: [None] * len(rows_of) for key in ("rating", "timestamp", "row")}
        write_table(tmp_path / f"data/preprocessed/{name}.parquet", INTERACTIONS, columns | empty)
    assert main(tmp_path) == {"validation_too_short": 1, "test_too_short": 0}
    found = stored(tmp_path)
    told = {
        split: [(examples.users[0], examples.histories[0].tolist(), examples.targets[0])]
        for split, (examples, _) in found.items()
    }
    assert told == {"validation": [(1, [6, 7, 4], 5)], "test": [(3, [0, 1, 2, 3], 4)]}
    assert [len(examples) for examples, _ in found.values()] == [1, 1]


def test_more_redraws_begin_with_the_fewer(tmp_path):
    main(prepare(tmp_path, redraws=2))
    few = stored(tmp_path)
    main(prepare(tmp_path, redraws=3))
    many = stored(tmp_path)
    for split in few:
        np.testing.assert_array_equal(many[split][1][:2], few[split][1])


def test_without_redraws_the_table_is_empty_and_nothing_is_read(tmp_path):
    write_params_files(tmp_path, {"seed": 1, "choices": {}})
    main(tmp_path)
    assert len(read_table(tmp_path / "data/choices/choices.parquet", CHOICES)) == 0


def test_too_many_candidates_are_one_message_and_no_file(tmp_path, capsys):
    prepare(tmp_path, redraws=1, candidates=ITEMS)
    with pytest.raises(SystemExit):
        main(tmp_path)
    assert f"{ITEMS} candidates wanted of {ITEMS} items, of which up to" in capsys.readouterr().err
    assert stored(tmp_path) == {}


def test_a_history_shorter_than_the_shortest_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(prepare(tmp_path, redraws=1, history=2))
    assert "shortest is 3, history 2: no example would stay; lower shortest to 2" in capsys.readouterr().err
