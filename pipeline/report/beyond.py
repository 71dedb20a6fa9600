"""What accuracy doesn't say, as tables: what the lists hold, and figures by group of users."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.evaluation.schema.document import Methods, chosen
from pipeline.evaluation.schema.tasks import BeyondMetrics, GroupMetrics
from pipeline.report.methods import MODEL, Method, baselines
from pipeline.report.tables import Table, figure_table

TASKS = {"sequential": "Sequential", "topn": "Top-n"}
KINDS = {
    "activity": ("by activity", "Users with a history of", "items"),
    "popularity": ("by popularity of the item held out", "Users whose item train shows", "times"),
}
GROUPS = ("low", "middle", "high")


def beyond_tables(beyond: BeyondMetrics, names: Sequence[str]) -> list[Table]:
    """Return the tables of `metrics/beyond.json` for the model and the baselines called `names`."""
    methods = [MODEL, *baselines(names)]
    if beyond.own_popularity is None:
        return []
    return [
        _catalogue_table(beyond, beyond.own_popularity.value, methods),
        *(_group_table(beyond.groups[task][kind], task, kind, methods) for task in TASKS for kind in KINDS),
    ]


def _catalogue_table(beyond: BeyondMetrics, own: float, methods: list[Method]) -> Table:
    shown = {key: beyond.spread[key] | beyond.popularity[key] for key in beyond.spread}
    note = (
        "Coverage: share of the catalogue that anybody is shown. Gini: 0 where all items are shown alike, "
        "near 1 where everyone is shown the same few; both without interval, since resampling repeats users. "
        "Popularity: how often train shows the items of a list, on average; its ratio to what users chose "
        f"themselves, {own:.2f}, is 1 where recommendations are as popular as that. Novelty: mean "
        "self-information in bits; one more bit is an item that half as many users chose."
    )
    columns = list(shown[MODEL[0]])
    table = figure_table("Sequential lists: what they hold", shown, columns, methods)
    return replace(table, notes=(note,))


def _group_table(groups: dict[str, GroupMetrics], name: str, kind: str, methods: list[Method]) -> Table:
    title, subject, unit = KINDS[kind]
    columns: list[str] = []
    figures: Methods = {key: {} for key, _, _ in methods}
    sizes = []
    for group in (groups[each] for each in GROUPS if each in groups):
        bounds = f"{group.smallest:,}"
        if group.largest > group.smallest:
            bounds += f"–{group.largest:,}"
        sizes.append(f"{bounds} {unit}: {group.users:,}")
        for metric in group.methods[MODEL[0]]:
            columns.append(f"{metric}, {bounds}")
            for key, found in figures.items():
                found[columns[-1]] = chosen(group.methods, key, [metric])[0]
    table = figure_table(f"{TASKS[name]} {title}", figures, columns, methods)
    return replace(table, notes=(f"{subject} {', '.join(sizes)}.",))
