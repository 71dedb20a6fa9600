"""What the figures say, in plain words: one finding a task, and the answers of the leakage audit."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.evaluation.schema.choice import HIT, ChoiceMetrics
from pipeline.evaluation.schema.document import Estimate, Methods, chosen
from pipeline.evaluation.schema.inputs import Order
from pipeline.evaluation.schema.tasks import (
    ExplanationMetrics,
    LeakageMetrics,
    RankingMetrics,
    SequentialMetrics,
)
from pipeline.report.methods import FLOORS, MODEL, Method
from pipeline.report.tables import verdict

WORDS = {"better": "better than", "worse": "worse than", "unclear": "not told apart from"}


@dataclass(frozen=True)
class Comparison:
    """A verdict on the model against another method."""

    tone: str
    words: str


@dataclass(frozen=True)
class Headline:
    """One task's headline figure with its verdicts."""

    task: str
    metric: str
    value: str
    interval: str
    sentence: str
    comparisons: list[Comparison]


@dataclass(frozen=True)
class Answer:
    """A question of the audit with its answer; `alarming` where the answer should be zero and isn't."""

    question: str
    answer: str
    alarming: bool = False


def percent(share: float) -> str:
    """Return a share as a percentage with as many decimals as small shares need."""
    value = 100 * share
    decimals = 0 if value in {0, 100} else 1 if value >= 1 else 2
    return f"{value:.{decimals}f} %"


def comparisons(gaps: Methods, column: str, methods: list[Method]) -> list[Comparison]:
    """Return the verdicts on `column` against each of `methods`, whose differences are `gaps`."""
    found = []
    for key, label, _ in methods:
        tone = verdict(chosen(gaps, key, [column])[0])
        found.append(Comparison(tone, f"{WORDS[tone]} {label}"))
    return found


def ranking_finding(task: str, metrics: RankingMetrics, pool: str, others: list[Method]) -> Headline:
    """Return the finding of a recommendation task at the largest cutoff; `pool` names what is ranked."""
    cutoff = metrics.cutoffs[-1]
    column = f"HR@{cutoff}"
    figure = metrics.estimates[MODEL[0]][column]
    sentence = (
        f"For {percent(figure.value)} of {metrics.users:,} users the item they chose next stands among the "
        f"first {cutoff} of {pool}."
    )
    return _finding(task, column, figure, 4, sentence, comparisons(metrics.differences, column, others))


def explanation_finding(metrics: ExplanationMetrics, others: list[Method]) -> Headline:
    """Return the finding of the explanation task."""
    own = metrics.estimates[MODEL[0]]
    figure, unique = chosen(metrics.estimates, MODEL[0], ["ROUGE-L", "USR"])
    variety = f"{percent(unique.value)} are different sentences."
    # A P5 folder may give explanations without features.
    if "FMR" in own:
        variety = f"{percent(own['FMR'].value)} speak of the feature that the user wrote about; {variety}"
    sentence = f"Of {metrics.pairs:,} generated sentences {variety}"
    verdicts = comparisons(metrics.differences, "ROUGE-L", others)
    return _finding("Explanation", "ROUGE-L", figure, 2, sentence, verdicts)


def choice_finding(metrics: ChoiceMetrics, others: list[Method]) -> Headline:
    """Return the finding of the choice among titles."""
    figure = metrics.estimates[MODEL[0]][HIT]
    sentence = (
        f"In {percent(figure.value)} of {metrics.tests:,} tests the model finds which of "
        f"{metrics.candidates} items came next."
    )
    return _finding("Choice", HIT, figure, 4, sentence, comparisons(metrics.differences, HIT, others))


def _finding(
    task: str, metric: str, figure: Estimate, decimals: int, sentence: str, verdicts: list[Comparison]
) -> Headline:
    bounds = [figure.value if end is None else end for end in (figure.low, figure.high)]
    interval = f"{bounds[0]:.{decimals}f} to {bounds[1]:.{decimals}f}"
    return Headline(task, metric, f"{figure.value:.{decimals}f}", interval, sentence, verdicts)


def audit(leakage: LeakageMetrics, sequential: SequentialMetrics) -> list[Answer]:
    """Return the answers of `metrics/leakage.json`, and what the number rules reach, as a reader would ask.

    Shares that the dataset can't have, for want of explanations or of ties, are left out.
    """
    return [
        *_count_answers(leakage),
        *_share_answers(leakage),
        *_order_answers(leakage.order),
        *_floor_answers(sequential),
    ]


def _count_answers(leakage: LeakageMetrics) -> list[Answer]:
    def answers(counts: Mapping[str, int], faults: bool) -> list[Answer]:
        return [
            Answer(question, f"{count:,} of {leakage.test_users:,}", faults and count > 0)
            for question, count in counts.items()
        ]

    faults = {
        "Test users whose candidates hold an item of their train": leakage.candidate_lists_with_train_item,
        "Test users whose candidates hold any item that they know": leakage.candidate_lists_with_known_item,
        "Test users without a single train interaction": leakage.test_users_without_train,
        "Test users without an embedding": leakage.test_users_without_embedding,
    }
    unseen = leakage.test_items_unseen_in_train
    unknowable = {
        "Test users whose next item never occurs in train: nobody can know it": unseen,
        "Test users whose next item has no embedding": leakage.test_items_without_embedding,
    }
    # What no model can know is no fault of the split; the rest should be zero.
    return [*answers(faults, True), *answers(unknowable, False)]


def _share_answers(leakage: LeakageMetrics) -> list[Answer]:
    copied = leakage.explanation_test_sentences_in_train
    trained = leakage.test_interactions_in_explanation_train
    shares = {
        "Explanation test sentences that stand word for word in train": copied,
        "Held-out interactions whose explanation is trained on": trained,
    }
    return [Answer(key, percent(share), share > 0) for key, share in shares.items() if share is not None]


def _order_answers(order: Order) -> list[Answer]:
    questions = {
        "Neighbours in a history without a time between them that ascend by item id": (
            order.tied_pairs_ascending_by_item_id,
            order.tied_pairs_ascending_by_chance,
        ),
        "Histories with ties that ascend by item id within all of them": (
            order.tied_histories_ascending_by_item_id,
            order.tied_histories_ascending_by_chance,
        ),
        "Histories that ascend by item id from end to end": (
            order.histories_ascending_by_item_id,
            order.histories_ascending_by_chance,
        ),
    }
    answers = []
    if order.test_items_decided_by_ties is not None:
        question = "Users whose test item is decided by the order of interactions at one time (dataset.ties)"
        answers.append(Answer(question, percent(order.test_items_decided_by_ties)))
    for question, (found, chance) in questions.items():
        if found is not None and chance is not None:
            answers.append(Answer(f"{question} (by chance: {percent(chance)})", percent(found)))
    return answers


def _floor_answers(sequential: SequentialMetrics) -> list[Answer]:
    """How much of the model's figure a rule that learns nothing reaches; no answer where there is no rule."""
    if not sequential.users:
        return []
    column = sequential.columns[-1]
    rules = [sequential.estimates[key][column].value for key, _, _ in FLOORS if key in sequential.estimates]
    if not rules:
        return []
    reached = max(rules)
    model = sequential.estimates[MODEL[0]][column].value
    question = f"The better number rule’s sequential {column}, beside the model’s {model:.4f}"
    return [Answer(question, f"{reached:.4f}", reached > model / 2)]
