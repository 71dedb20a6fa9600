import json

from benchmarks.preprocess import ours, plain, review_lines
from pipeline.data.amazon import choose_layout, read_amazon
from pipeline.data.records import Faults


def test_made_up_reviews_are_sound_and_as_long_as_asked(tmp_path):
    lines = list(review_lines(200, 40))
    (tmp_path / "raw.json").write_bytes(b"".join(lines))
    faults = Faults(tmp_path / "raw.json", stop=True)
    records = list(read_amazon(faults.source, choose_layout(faults.source, "auto"), faults))
    assert len({(record.user_id, record.item_id) for record in records}) == len(lines) == 200
    words = [len(json.loads(line)["reviewText"].split()) for line in lines]
    assert 35 < sum(words) / 200 < 60  # One of eleven "words" is two.


def test_both_sides_are_measured(tmp_path):
    raw = tmp_path / "raw.json"
    raw.write_bytes(b"".join(review_lines(1200, 5)))
    for side in (ours, plain):
        figures = side(raw)
        assert figures["seconds"] > 0
        assert figures["peak"] >= figures["before"] > 0
