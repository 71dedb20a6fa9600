"""`metrics/summary.json`: the few figures that runs are compared by, in tables that fit a terminal."""

from pipeline.evaluation.schema.choice import HIT, ChoiceMetrics
from pipeline.evaluation.schema.document import MODEL
from pipeline.evaluation.schema.inputs import TrainingMetrics
from pipeline.evaluation.schema.tasks import ExplanationMetrics, SequentialMetrics, TopnMetrics

EXPLAINED_BY = ("BLEU-4", "ROUGE-L", "USR", "FMR")


def summary(
    sequential: SequentialMetrics,
    topn: TopnMetrics,
    explanation: ExplanationMetrics,
    choice: ChoiceMetrics,
    training: TrainingMetrics,
) -> dict[str, float]:
    """Return the model's figures, one number each; what it isn't asked for is absent.

    `seq_` and `topn_` stand before HR@k and NDCG@k at the task's longest cutoff, `choice_` before HR@1 of
    LLaRA's question; then the figures of the explanations. `loss` is the validation loss in nats per token,
    the mean over tasks.
    """
    found = {"loss": training.validation_loss["mean"]}
    for prefix, metrics in (("seq", sequential), ("topn", topn)):
        if metrics.users:
            for name in metrics.columns[-2:]:
                found[f"{prefix}_{name}"] = metrics.estimates[MODEL][name].value
    if MODEL in choice.estimates:
        found[f"choice_{HIT}"] = choice.estimates[MODEL][HIT].value
    explained = explanation.estimates.get(MODEL, {})
    return found | {name: explained[name].value for name in EXPLAINED_BY if name in explained}
