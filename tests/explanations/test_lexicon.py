from pipeline.explanations.lexicon import FeatureCounts, PairCounts, suffixes
from pipeline.tables import LEXICON


def test_suffixes_longest_first():
    assert suffixes("tone control knob") == ["tone control knob", "control knob", "knob"]


def test_rare_feature_falls_back_to_its_longest_frequent_end():
    counts = FeatureCounts()
    for feature in ["sound quality", "sound quality", "build quality", "blorp sound quality", "strap"]:
        counts.add(feature)
    assert counts["quality"] == 4
    assert counts.resolve("blorp sound quality", 3) == "sound quality"
    assert counts.resolve("build quality", 2) == "quality"
    assert counts.resolve("strap", 2) is None
    assert counts.resolve("strap", 1) == "strap"
    assert counts["unheard"] == 0


def test_table_orders_pairs_by_frequency_then_alphabet():
    pairs = PairCounts()
    for pair in [("b", "ok", 1), ("a", "ok", -1), ("c", "bad", -1), ("c", "bad", -1), ("c", "bad", 1)]:
        pairs.add(*pair)
    pairs.add("d", "", 0)
    table = pairs.table()
    assert table.schema == LEXICON
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("c", "bad", -1, 1, 2),
        ("a", "ok", -1, 0, 1),
        ("b", "ok", 1, 1, 0),
        ("d", "", None, 0, 0),
    ]


def test_empty_lexicon_has_the_schema():
    assert PairCounts().table().schema == LEXICON
