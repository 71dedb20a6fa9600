"""What accuracy doesn't say, as tables: what the lists hold, and figures by group of users."""

from dataclasses import replace

from pipeline.report.documents import Document
from pipeline.report.methods import MODEL, Method, baselines
from pipeline.report.tables import Table, figure_table

TASKS = {"sequential": "Sequential", "topn": "Top-n"}
KINDS = {
    "activity": ("by activity", "Users with a history of", "items"),
    "popularity": ("by popularity of the item held out", "Users whose item train shows", "times"),
}
GROUPS = ("low", "middle", "high")


def beyond_tables(beyond: Document, names: list[str]) -> list[Table]:
    """Return the tables of `metrics/beyond.json` for the model and the baselines called `names`."""
    methods = [MODEL, *baselines(names)]
    groups = beyond.section("groups")
    return [
        _catalogue_table(beyond, methods),
        *(_group_table(groups.section(task), task, kind, methods) for task in TASKS for kind in KINDS),
    ]


def _catalogue_table(beyond: Document, methods: list[Method]) -> Table:
    parts = [beyond.section("spread"), beyond.section("popularity")]
    columns = [name for part in parts for name in part.section(MODEL[0]).values]
    merged = {key: parts[0].section(key).values | parts[1].section(key).values for key, _, _ in methods}
    own = beyond.section("own_popularity").number("value")
    note = (
        "Coverage: share of the catalogue that anybody is shown. Gini: 0 where all items are shown alike, "
        "near 1 where everyone is shown the same few; both without interval, since resampling repeats users. "
        "Popularity: how often train shows the items of a list, on average; its ratio to what users chose "
        f"themselves, {own:.2f}, is 1 where recommendations are as popular as that. Novelty: mean "
        "self-information in bits; one more bit is an item that half as many users chose."
    )
    document = Document(beyond.source, merged)
    table = figure_table("Sequential lists: what they hold", document, columns, methods)
    return replace(table, notes=(note,))


def _group_table(task: Document, name: str, kind: str, methods: list[Method]) -> Table:
    title, subject, unit = KINDS[kind]
    groups = task.section(kind)
    columns: list[str] = []
    figures: dict[str, dict[str, object]] = {key: {} for key, _, _ in methods}
    sizes = []
    for group in (groups.section(each) for each in GROUPS if each in groups.values):
        ends = [int(group.number(end)) for end in ("from", "to")]
        bounds = f"{ends[0]:,}" if ends[0] == ends[1] else f"{ends[0]:,}–{ends[1]:,}"
        sizes.append(f"{bounds} {unit}: {int(group.number('users')):,}")
        for metric in group.section("methods").section(MODEL[0]).values:
            columns.append(f"{metric}, {bounds}")
            for key in figures:
                figures[key][columns[-1]] = group.section("methods").section(key).get(metric)
    table = figure_table(f"{TASKS[name]} {title}", Document(groups.source, figures), columns, methods)
    return replace(table, notes=(f"{subject} {', '.join(sizes)}.",))
