"""What the figures say, in plain words: one finding a task, and the answers of the leakage audit."""

from dataclasses import dataclass

from pipeline.report.documents import Document
from pipeline.report.methods import FLOORS, MODEL, Method
from pipeline.report.sections import ranking_columns
from pipeline.report.tables import Figure, read_figures, verdict

WORDS = {"better": "better than", "worse": "worse than", "unclear": "not told apart from"}


@dataclass(frozen=True)
class Comparison:
    """A verdict on the model against another method."""

    tone: str
    words: str


@dataclass(frozen=True)
class Finding:
    """One task's headline figure with its verdicts."""

    task: str
    metric: str
    value: str
    interval: str
    sentence: str
    comparisons: list[Comparison]


@dataclass(frozen=True)
class Answer:
    """A question of the audit with its answer; `alarming` where the answer should be nought and isn't."""

    question: str
    answer: str
    alarming: bool = False


def percent(share: float) -> str:
    """Return a share as a percentage with as many decimals as small shares need."""
    value = 100 * share
    decimals = 0 if value in {0, 100} else 1 if value >= 1 else 2
    return f"{value:.{decimals}f} %"


def comparisons(metrics: Document, column: str, methods: list[Method]) -> list[Comparison]:
    """Return the verdicts on `column` against each of `methods` (keys of differences)."""
    found = []
    for key, label, _ in methods:
        tone = verdict(read_figures(metrics, key, [column])[0])
        found.append(Comparison(tone, f"{WORDS[tone]} {label}"))
    return found


def ranking_finding(
    task: str, metrics: Document, cutoff: int, pool: str, differences: list[Method]
) -> Finding:
    """Return the finding of a recommendation task at the largest `cutoff`; `pool` names what is ranked."""
    column = f"HR@{cutoff}"
    figure = read_figures(metrics, "peapod", [column])[0]
    users = int(metrics.number("users"))
    sentence = (
        f"For {percent(figure.value)} of {users:,} users the item they chose next stands among the first "
        f"{cutoff} of {pool}."
    )
    return _finding(task, column, figure, 4, sentence, comparisons(metrics, column, differences))


def explanation_finding(metrics: Document, differences: list[Method]) -> Finding:
    """Return the finding of the explanation task."""
    figure = read_figures(metrics, "peapod", ["ROUGE-L"])[0]
    unique = read_figures(metrics, "peapod", ["USR"])[0]
    variety = f"{percent(unique.value)} are different sentences."
    # A P5 folder may give explanations without features.
    if "FMR" in metrics.section("peapod").values:
        matching = read_figures(metrics, "peapod", ["FMR"])[0]
        variety = f"{percent(matching.value)} speak of the feature that the user wrote about; {variety}"
    sentence = f"Of {int(metrics.number('pairs')):,} generated sentences {variety}"
    verdicts = comparisons(metrics, "ROUGE-L", differences)
    return _finding("Explanation", "ROUGE-L", figure, 2, sentence, verdicts)


def _finding(
    task: str, metric: str, figure: Figure, decimals: int, sentence: str, verdicts: list[Comparison]
) -> Finding:
    bounds = [figure.value if end is None else end for end in (figure.low, figure.high)]
    interval = f"{bounds[0]:.{decimals}f} to {bounds[1]:.{decimals}f}"
    return Finding(task, metric, f"{figure.value:.{decimals}f}", interval, sentence, verdicts)


def audit(leakage: Document, sequential: Document) -> list[Answer]:
    """Return the answers of `metrics/leakage.json`, and what the number rules reach, as a reader would ask.

    Shares that the dataset can't have, for want of explanations or of ties, are left out.
    """
    order = leakage.section("order")
    return [
        *_count_answers(leakage),
        *_share_answers(leakage),
        *_order_answers(order),
        _floor_answer(sequential),
    ]


def _count_answers(leakage: Document) -> list[Answer]:
    users = int(leakage.number("test_users"))
    # What no model can know is no fault of the split; the rest should be nought.
    faults = {
        "candidate_lists_with_train_item": "Test users whose candidates hold an item of their train",
        "candidate_lists_with_known_item": "Test users whose candidates hold any item that they know",
        "test_users_without_train": "Test users without a single train interaction",
        "test_users_without_embedding": "Test users without an embedding",
    }
    unknowable = {
        "test_items_unseen_in_train": "Test users whose next item never occurs in train: nobody can know it",
        "test_items_without_embedding": "Test users whose next item has no embedding",
    }
    return [
        Answer(
            question, f"{int(leakage.number(key)):,} of {users:,}", key in faults and leakage.number(key) > 0
        )
        for key, question in (faults | unknowable).items()
    ]


def _share_answers(leakage: Document) -> list[Answer]:
    shares = {
        "explanation_test_sentences_in_train": "Explanation test sentences that stand word for word in train",
        "test_interactions_in_explanation_train": "Held-out interactions whose explanation is trained on",
    }
    return [
        Answer(question, percent(leakage.number(key)), leakage.number(key) > 0)
        for key, question in shares.items()
        if leakage.get(key) is not None
    ]


def _order_answers(order: Document) -> list[Answer]:
    questions = {
        "tied_pairs": "Neighbours in a history without a time between them that ascend by item id",
        "tied_histories": "Histories with ties that ascend by item id within all of them",
        "histories": "Histories that ascend by item id from end to end",
    }
    answers = []
    if (tied := order.get("test_items_decided_by_ties")) is not None:
        question = "Users whose test item is decided by the order of interactions at one time (dataset.ties)"
        answers.append(Answer(question, percent(tied)))
    for kind, question in questions.items():
        found = order.get(f"{kind}_ascending_by_item_id")
        if found is not None:
            chance = percent(order.number(f"{kind}_ascending_by_chance"))
            answers.append(Answer(f"{question} (by chance: {chance})", percent(found)))
    return answers


def _floor_answer(sequential: Document) -> Answer:
    """How much of the model's figure a rule that learns nothing reaches."""
    column = ranking_columns(sequential)[-1:]
    reached = max(read_figures(sequential, key, column)[0].value for key, _, _ in FLOORS)
    model = read_figures(sequential, MODEL[0], column)[0].value
    question = f"The better number rule’s sequential {column[0]}, beside the model’s {model:.4f}"
    return Answer(question, f"{reached:.4f}", reached > model / 2)
