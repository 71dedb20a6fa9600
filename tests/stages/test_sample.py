import gzip

import pytest

from stages.sample import main

PARAMS = "seed: 42\nsample: {users: 20, items: 20, reviews: 120}\nother: 1\n"


def test_the_stage_writes_the_sample(tmp_path):
    (tmp_path / "params.yaml").write_text(PARAMS)
    written = []
    for _ in range(2):
        main(tmp_path)
        written.append((tmp_path / "data/raw/sample.json.gz").read_bytes())
    assert written[0] == written[1]
    assert len(gzip.decompress(written[0]).splitlines()) == 120


def test_sizes_that_cannot_be_end_with_one_message(tmp_path, capsys):
    (tmp_path / "params.yaml").write_text(PARAMS.replace("120", "99"))
    with pytest.raises(SystemExit) as caught:
        main(tmp_path)
    assert caught.value.code == 1
    assert "reviews is 99" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
