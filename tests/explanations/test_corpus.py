import pyarrow as pa
import pytest

from pipeline.artifacts import make_table, read_table
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.corpus import CHOICES, LONGEST, best_per_pair, extract, extract_review, select
from pipeline.explanations.selection import Outcome
from pipeline.tables import REVIEWS, TUPLES

TEXTS = [
    "The sound is great.Just great !",
    "GREAT SOUND AND A FLIMSY STRAP HERE!",
    None,
    "Bought it in May.",
    "The zipper is great and I use it.",
    "I hate the sound of it.",
]
CONFIG = ExplanationsConfig(min_feature_count=3, min_words=4, max_words=40, split="random", ratio=(8, 1, 1))


def reviews(texts=TEXTS, ratings=(5, 5, 5, 5, 5, 5), items=(0, 1, 2, 3, 4, 5), batch=2):
    count = len(texts)
    columns = {
        "row": range(1, count + 1),
        "user": [0] * count,
        "item": items,
        "rating": ratings,
        "timestamp": [0] * count,
        "summary": [None] * count,
        "text": texts,
    }
    return make_table(REVIEWS, columns).to_batches(max_chunksize=batch)


def run(folder, extractor, batches):
    counts, totals = extract(batches, folder / "scratch.parquet", extractor)
    choices, pairs, agreement = select(folder / "scratch.parquet", folder / "tuples.parquet", counts, CONFIG)
    tuples = read_table(folder / "tuples.parquet", TUPLES).to_pylist()
    return choices, pairs.table().to_pylist(), agreement, totals, tuples


def test_review_gives_sentences_and_phrases_as_written(extractor):
    sentences, found = extract_review("Nice day. The sound isn't good!", extractor)
    assert sentences == ["The sound isn't good!"]
    assert [tuple(candidate) for candidate in found] == [(0, "sound", "isn't good", -1)]


def test_a_sentence_without_end_is_not_searched(extractor):
    assert extract_review("The sound is great " + "and " * LONGEST, extractor) == ([], [])


def test_two_passes_by_hand(tmp_path, extractor):
    choices, lexicon, agreement, totals, tuples = run(tmp_path, extractor, reviews())
    assert totals == {"reviews": 6, "reviews_with_text": 5, "reviews_with_tuples": 4}
    # "sound" reaches 3 tuples; "strap" and "zipper" don't.
    assert [(t["row"], t["feature"], t["opinion"], t["sentiment"]) for t in tuples] == [
        (1, "sound", "great", 1),
        (2, "sound", "great", 1),
        (6, "sound", "hate", -1),
    ]
    assert [(pair["opinion"], pair["positive"], pair["negative"]) for pair in lexicon] == [
        ("great", 2, 0),
        ("hate", 0, 1),
    ]
    assert agreement == {"positive": 3, "positive_agreeing": 2}
    assert [Outcome(value).name for value in choices["outcome"].to_pylist()] == [
        "EXPLAINED",
        "EXPLAINED",
        "NO_TEXT",
        "NO_TUPLE",
        "NO_FREQUENT_FEATURE",
        "POLARITY_DISAGREES",
    ]
    assert choices["explanation"].to_pylist()[:2] == [
        "The sound is great.",
        "Great sound and a flimsy strap here!",
    ]


def test_batch_size_changes_nothing(tmp_path, extractor):
    results = []
    for batch in (1, 4, 100):
        folder = tmp_path / str(batch)
        choices, *rest = run(folder, extractor, reviews(batch=batch))
        results.append((choices.to_pylist(), *rest))
    assert results[0] == results[1] == results[2]


def test_one_line_a_pair_takes_the_furthest_then_the_best_then_the_first():
    lines = [
        {"user": 1, "item": 0, "row": 1, "outcome": Outcome.NO_TUPLE, "score": 0.0},
        {"user": 0, "item": 1, "row": 2, "outcome": Outcome.EXPLAINED, "score": 1.0},
        {"user": 0, "item": 1, "row": 3, "outcome": Outcome.EXPLAINED, "score": 2.0},
        {"user": 0, "item": 1, "row": 4, "outcome": Outcome.EXPLAINED, "score": 2.0},
        {"user": 1, "item": 0, "row": 5, "outcome": Outcome.POLARITY_DISAGREES, "score": 0.0},
    ]
    table = pa.Table.from_pylist(lines, schema=CHOICES)
    assert best_per_pair(table)["row"].to_pylist() == [3, 5]
    assert len(best_per_pair(CHOICES.empty_table())) == 0


def test_a_review_of_a_hundred_thousand_characters_is_read_to_its_end(extractor):
    sentences, found = extract_review("I went there in May. " * 5_000 + "The sound is great.", extractor)
    assert sentences == ["The sound is great."]
    assert len(found) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The sound is great :)",
        "The sound is great!!! :-D <3",
        "The sound is &quot;great&quot;.",
        "THE SOUND IS GREAT!",
        "The sound is greaaaat...",
        "Nice day.The sound is great.See http://a.b/c",
        "☃ The sound is great ★★★★★",
        "<b>The sound</b> is<br/>great",
        "The sound is great.\x00\x1b",
    ],
)
def test_text_as_it_comes(extractor, text):
    _, found = extract_review(text, extractor)
    if "<br/>" in text:  # a line break ends the sentence
        assert found == []
    else:
        assert [(c.feature, c.opinion, c.sentiment) for c in found] == [("sound", "great", 1)]


@pytest.mark.parametrize("text", ["", " ", ":)", "...", "★", "\ud83d", "5"])
def test_next_to_nothing_has_no_tuple(extractor, text):
    assert extract_review(text, extractor) == ([], [])
