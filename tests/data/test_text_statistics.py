import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.text_statistics import TextStatistics, count_words

WHITE = [" ", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1f", "\x85", "\u00a0", "\u2028", "\u3000"]


def test_text_statistics_by_hand():
    texts = TextStatistics()
    texts.add(pa.array(["two words", None]))
    texts.add(pa.array(["four words are here", ""]))
    assert texts.summary() == {"reviews": 4, "empty": 2, "words_mean": 3.0, "words_max": 4}
    assert TextStatistics().summary()["words_mean"] == 0.0


@given(st.lists(st.none() | st.lists(st.sampled_from([*WHITE, "a", "é", "\x1b", "\x00"])).map("".join)))
def test_words_are_those_of_split(texts):
    wanted = [len((text or "").split()) for text in texts]
    assert count_words(pa.array(texts, pa.string())).tolist() == wanted
    # A slice begins in the middle of its buffers.
    assert count_words(pa.array(["x y", *texts, "z"], pa.string()).slice(1, len(texts))).tolist() == wanted
