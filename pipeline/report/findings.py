"""What the figures say, in plain words: one finding a task, and the answers of the leakage audit."""

from dataclasses import dataclass

from pipeline.report.documents import Document
from pipeline.report.tables import Figure, Method, read_figures, verdict

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


def audit(leakage: Document, order: Document) -> list[Answer]:
    """Return the answers of `metrics/leakage.json` and of the dataset's order audit, as a reader would ask.

    Shares that the dataset can't have, for want of explanations or of ties, are left out.
    """
    return [*_count_answers(leakage), *_share_answers(leakage), *_order_answers(order)]


def _count_answers(leakage: Document) -> list[Answer]:
    users = int(leakage.number("test_users"))
    counts = [
        (
            "Test users whose candidates hold an item that they know already",
            "candidate_lists_with_known_item",
        ),
        ("Test users without a single train interaction", "test_users_without_train"),
        (
            "Test users whose next item never occurs in train: nobody can know it",
            "test_items_unseen_in_train",
        ),
    ]
    return [
        # An unseen item is no fault of the split, the other two are.
        Answer(
            question,
            f"{int(leakage.number(key)):,} of {users:,}",
            key != "test_items_unseen_in_train" and leakage.number(key) > 0,
        )
        for question, key in counts
    ]


def _share_answers(leakage: Document) -> list[Answer]:
    shares = [
        (
            "Explanation test sentences that stand word for word in train",
            "explanation_test_sentences_in_train",
        ),
        ("Held-out interactions whose explanation is trained on", "test_interactions_in_explanation_train"),
    ]
    return [
        Answer(question, percent(leakage.number(key)), leakage.number(key) > 0)
        for question, key in shares
        if leakage.get(key) is not None
    ]


def _order_answers(order: Document) -> list[Answer]:
    key = "tied_pairs_ascending_by_item_id"
    if order.get(key) is None:
        return []
    question = "Neighbours in a history without a time between them that ascend by item id (by chance: 50 %)"
    return [Answer(question, percent(order.number(key)))]
