"""Published figures that can't all be true: found by rule in the paper's own tables."""

from dataclasses import dataclass

from pipeline.report.published import MAIN_TABLES, SIZE_TABLES, Published, published_figures

_SMALL = " (small)"


@dataclass(frozen=True)
class Doubt:
    """A published method with the metrics that are in doubt, and why in one sentence."""

    method: str
    metrics: tuple[str, ...]
    reason: str


def doubts(task: str, dataset: str | None) -> list[Doubt]:
    """Return what is inconsistent about the figures of one task's main table on one of the datasets."""
    main = published_figures(task, dataset)
    return [*_impossible(main), *_contradicted(task, dataset, main)]


def _impossible(published: Published) -> list[Doubt]:
    """NDCG@k is HR@k with each hit worth at most 1, so it can't be the larger."""
    found = []
    for method, figures in published.items():
        for k in sorted({int(name.split("@")[1]) for name in figures if "@" in name}):
            hit, gain = f"HR@{k}", f"NDCG@{k}"
            if figures.get(gain, 0.0) > figures.get(hit, 1.0):
                reason = f"{gain} {figures[gain]:.4f} stands above {hit} {figures[hit]:.4f}, which cannot be"
                found.append(Doubt(method, (hit, gain), f"{method}: {reason}; one of the two is misprinted."))
    return found


def _contradicted(task: str, dataset: str | None, main: Published) -> list[Doubt]:
    """The paper's model of size small stands in two tables and should have the same figures in both."""
    found = []
    for name, figures in published_figures(task, dataset, SIZE_TABLES).items():
        method = name.removesuffix(_SMALL)
        differing = tuple(
            metric for metric in figures if main.get(method, figures).get(metric) != figures[metric]
        )
        if name.endswith(_SMALL) and differing:
            other = ", ".join(f"{metric} {figures[metric]:.4f}" for metric in differing)
            reason = (
                f"{method}: the paper’s table {SIZE_TABLES[task]} gives the same model ({name.strip()}) "
                f"other figures than its table {MAIN_TABLES[task]}, which stand here: {other}."
            )
            found.append(Doubt(method, differing, reason))
    return found
