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


def doubts(task: str, dataset: str | None, tables: dict[str, str] = MAIN_TABLES) -> list[Doubt]:
    """Return what is inconsistent about the figures of one of the paper's tables on one of the datasets.

    `tables` says which table is meant, by task: those of all methods or those of sizes.
    """
    figures = published_figures(task, dataset, tables)
    return [*_impossible(figures), *_contradicted(task, dataset, tables)]


def _impossible(published: Published) -> list[Doubt]:
    """NDCG@k is HR@k with each hit worth at most 1, so it can't be the larger."""
    found = []
    for method, figures in published.items():
        for k in sorted({int(name.split("@")[1]) for name in figures if "@" in name}):
            hit = f"HR@{k}"
            gain = f"NDCG@{k}"
            if figures.get(gain, 0.0) > figures.get(hit, 1.0):
                reason = f"{gain} {figures[gain]:.4f} stands above {hit} {figures[hit]:.4f}, which cannot be"
                found.append(Doubt(method, (hit, gain), f"{method}: {reason}; one of the two is misprinted."))
    return found


def _contradicted(task: str, dataset: str | None, tables: dict[str, str]) -> list[Doubt]:
    """The paper's model of size small stands in two tables and should have the same figures in both."""
    main, sizes = (published_figures(task, dataset, each) for each in (MAIN_TABLES, SIZE_TABLES))
    found = []
    for small in (name for name in sizes if name.endswith(_SMALL)):
        large = small.removesuffix(_SMALL)
        differing = tuple(
            metric
            for metric, value in sizes[small].items()
            if main.get(large, {}).get(metric, value) != value
        )
        if differing:
            stands = {MAIN_TABLES[task]: (large, main), SIZE_TABLES[task]: (small, sizes)}
            here, there = sorted(stands, key=lambda table: table != tables[task])
            method, _ = stands[here]
            other, figures = stands[there]
            values = ", ".join(f"{metric} {figures[other][metric]:.4f}" for metric in differing)
            reason = (
                f"{method}: the paper’s table {there} gives the same model ({other.strip()}) other figures "
                f"than its table {here}: {values}."
            )
            found.append(Doubt(method, differing, reason))
    return found
