"""What every explanation baseline has to do: inherit `ExplanationContract` and name the baseline."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import torch

from pipeline import tables
from pipeline.artifacts import make_table, write_table
from pipeline.evaluation.bleu import bleu, bleu_counts
from pipeline.explainers.base import Explainer, word_loss, write_greedily
from pipeline.explainers.baseline import explain_test
from pipeline.explainers.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.explainers.records import ExplanationRecords, read_records
from pipeline.explainers.words import PAD, SPECIALS, WordVocabulary
from pipeline.tables import EXPLANATIONS, GENERATED
from stages.explanation_baseline import make_of
from tests.params_files import write_params_files

USERS, ITEMS = 20, 4
SENTENCES = (
    ("strings", "The strings sound warm and last long."),
    ("cable", "This cheap cable broke after a week!"),
    ("price", "I got a great tone for the price."),
    ("stand", "A sturdy stand, but it's heavy."),
)
CPU = torch.device("cpu")


def explanations(rows: list[tuple[int, int, int, str]]) -> pa.Table:
    """EXPLANATIONS of (user, item, place in SENTENCES, split); negative sentences have low ratings."""
    return make_table(
        EXPLANATIONS,
        {
            "user": [row[0] for row in rows],
            "item": [row[1] for row in rows],
            "row": [None] * len(rows),
            "rating": [2.0 if row[2] == 1 else 5.0 for row in rows],
            "feature": [SENTENCES[row[2]][0] for row in rows],
            "opinion": [None] * len(rows),
            "sentiment": [1] * len(rows),
            "explanation": [SENTENCES[row[2]][1] for row in rows],
            "split": [row[3] for row in rows],
        },
    )


def without(table: pa.Table, *columns: str) -> pa.Table:
    """EXPLANATIONS with nulls in these columns, as a P5 folder has them."""
    for column in columns:
        nulls = pa.nulls(len(table), table.schema.field(column).type)
        table = table.set_column(table.schema.get_field_index(column), column, nulls)
    return table


def split_of(user: int, item: int) -> str:
    """A fifth of the pairs is test, a fifth validation."""
    return {0: "test", 1: "validation"}.get((user + item) % 5, "train")


PLANTED = explanations([(u, i, i, split_of(u, i)) for u in range(USERS) for i in range(ITEMS)])
"""The item decides the sentence."""


def config(**training: object) -> ExplanationBaselinesConfig:
    """Tiny baselines that learn PLANTED in a second."""
    values = {
        "budget": 1,
        "vocabulary": 100,
        "words": 20,
        "epochs": 25,
        "patience": 25,
        "batch_size": 8,
        "clip": 1.0,
    }
    peter = {
        "learning_rate": 0.005,
        "width": 16,
        "heads": 2,
        "feedforward": 32,
        "layers": 2,
        "dropout": 0.1,
        "rating_weight": 0.1,
        "content_weight": 1.0,
    }
    return ExplanationBaselinesConfig.model_validate(
        {
            "training": values | training,
            "att2seq": {
                "learning_rate": 0.02,
                "attributes": 8,
                "hidden": 16,
                "layers": 2,
                "dropout": 0.1,
            },
            "nrt": {
                "learning_rate": 0.02,
                "factors": 8,
                "hidden": 16,
                "layers": 2,
                "dropout": 0.0,
                "rating_weight": 1.0,
                "content_weight": 1.0,
                "l2_weight": 0.0,
            },
            "peter": peter,
            "peter_plus": peter,
        }
    )


def write_planted(root: Path) -> None:
    """Write what stage `explanation_baseline` reads: PLANTED and two epochs of each baseline."""
    runtime = {"device": "cpu", "precision": "fp32", "threads": 0}
    settings = config(epochs=2).model_dump(mode="json")
    params = {"seed": 1, "explanation_baselines": settings, "runtime": runtime}
    write_params_files(root, params)
    for name, schema, count in (("user", tables.USERS, USERS), ("item", tables.ITEMS, ITEMS)):
        columns = {name: list(range(count)), f"{name}_id": [f"{name}{place}" for place in range(count)]}
        write_table(root / f"data/preprocessed/{name}s.parquet", schema, columns)
    write_table(root / "data/explanations/explanations.parquet", tables.EXPLANATIONS, PLANTED)


def explain(
    name: ExplanationBaseline, table: pa.Table, settings: ExplanationBaselinesConfig, seed: int = 1
) -> tuple[dict, dict]:
    """Columns of GENERATED and the record of the search."""
    return explain_test(name, make_of(name), table, USERS, ITEMS, settings, seed, CPU)


class ExplanationContract:
    """The tests; a subclass sets `name`."""

    name: ExplanationBaseline

    def explain(self, table: pa.Table = PLANTED, seed: int = 1, **training: object) -> list[dict]:
        columns, self.record = explain(self.name, table, config(**training), seed)
        return make_table(GENERATED, columns).to_pylist()

    @pytest.fixture(scope="class")
    def explainer(self) -> Explainer:
        torch.manual_seed(3)
        sizes = getattr(config(), self.name).model_dump()
        sizes = {key: values[0] for key, values in sizes.items() if key != "learning_rate"}
        return make_of(self.name)(USERS, ITEMS, len(vocabulary()), **sizes).eval()

    def test_explains_exactly_the_test_pairs_in_their_order(self):
        test = PLANTED.filter(pc.field("split") == "test")
        found = self.explain(epochs=1)
        assert [(row["user"], row["item"]) for row in found] == list(
            zip(test["user"].to_pylist(), test["item"].to_pylist(), strict=True)
        )
        # Even after one epoch no text is empty, and none has a sign that isn't a word.
        assert all(row["text"] and not any(mark in row["text"] for mark in SPECIALS) for row in found)
        assert all(row["score"] <= 0 for row in found)

    def test_same_seed_same_texts_and_scores(self):
        first = self.explain(epochs=2)
        assert first == self.explain(epochs=2)
        assert first != self.explain(epochs=2, seed=2)

    def test_learns_that_the_item_decides_the_sentence(self):
        texts = [row["text"] for row in self.explain()]
        test = PLANTED.filter(pc.field("split") == "test")
        references = test["explanation"].to_pylist()
        common = Counter(PLANTED["explanation"].to_pylist()).most_common(1)[0][0]

        def score(written: list[str]) -> float:
            return float(bleu(bleu_counts(written, references).sum(axis=0)))

        assert score(texts) > 90
        assert score([common] * len(references)) < 50

    def test_best_epoch_is_the_one_of_least_validation_loss(self):
        self.explain(epochs=4)
        assert self.record["validation"]["best_epoch"] <= 4
        more = self.record["validation"]["loss"]
        self.explain(epochs=1)
        assert more <= self.record["validation"]["loss"]

    def test_no_ratings_no_features(self):
        bare = without(PLANTED, "rating", "feature")
        assert all(row["text"] for row in self.explain(bare, epochs=1))

    def test_no_test_pairs(self):
        assert self.explain(PLANTED.filter(pc.field("split") != "test")) == []
        assert self.record == {"name": self.name, "pairs": 0}

    @pytest.mark.parametrize("part", ["train", "validation"])
    def test_nothing_to_learn_from_is_an_error(self, part):
        with pytest.raises(ValueError, match=f"{self.name}: .* test pairs but no {part} pairs"):
            self.explain(PLANTED.filter(pc.field("split") != part))

    def test_teacher_forced_loss_is_the_loss_word_by_word(self, explainer):
        """What stands behind a place changes nothing at it: written one by one, the words cost the same."""
        pairs = records()
        shown = pairs.shown()
        whole = word_loss(explainer(pairs, shown).logits, pairs.words, "sum")
        steps = [explainer(pairs, shown[:, : place + 1]).logits[:, -1:] for place in range(shown.shape[1])]
        stepwise = word_loss(torch.cat(steps, dim=1), pairs.words, "sum")
        torch.testing.assert_close(whole, stepwise)

    def test_score_is_the_mean_log_likelihood_of_the_text(self, explainer):
        pairs = records()
        words, scores = write_greedily(explainer, pairs, 6)
        again = ExplanationRecords(pairs.users, pairs.items, pairs.ratings, pairs.features, words)
        logits = explainer(again, again.shown()).logits
        for row in range(len(pairs)):
            length = int((words[row] != PAD).sum())
            loss = word_loss(logits[row : row + 1], words[row : row + 1], "sum") / length
            assert float(scores[row]) == pytest.approx(-float(loss.detach()), rel=1e-4)

    def test_answers_arent_read(self, explainer):
        pairs = records()
        other = ExplanationRecords(
            pairs.users, pairs.items, pairs.ratings * 0, pairs.features, pairs.words * 0 + 5
        )
        for one, two in zip(explainer(pairs, pairs.shown()), explainer(other, pairs.shown()), strict=True):
            assert (one is None) == (two is None)
            assert one is None or torch.equal(one, two)


def vocabulary() -> WordVocabulary:
    return WordVocabulary.of([sentence for _, sentence in SENTENCES], 100)


def records() -> ExplanationRecords:
    """Four pairs, the sentences of different lengths."""
    rows = explanations([(0, 0, 0, "test"), (5, 1, 3, "test"), (7, 2, 1, "test"), (9, 3, 2, "test")])
    return read_records(rows, vocabulary(), 20)
