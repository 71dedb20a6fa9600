from pipeline.artifacts import make_table
from pipeline.explanations.provided import provided_pairs
from pipeline.tables import EXPLANATIONS


def test_sentiment_is_the_record_s_else_the_rating_s():
    columns = {
        "user": [0, 0, 1, 1],
        "item": [0, 1, 0, 1],
        "row": None,
        "rating": [5.0, 1.0, None, 5.0],
        "feature": ["sound", "sound", "sound", None],
        "opinion": None,
        "sentiment": [None, 1, None, None],
        "explanation": ["x"] * 4,
        "split": ["train"] * 4,
    }
    table = make_table(EXPLANATIONS, {k: v if v is not None else [None] * 4 for k, v in columns.items()})
    lexicon = provided_pairs(table).table().to_pylist()
    assert lexicon == [{"feature": "sound", "opinion": "", "sentiment": 1, "positive": 2, "negative": 0}]
