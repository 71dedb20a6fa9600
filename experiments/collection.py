"""A sweep's finished experiments as one document: figures, intervals, tested differences."""

import json
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from experiments.archive import archive_run, find_run, scores_of
from experiments.comparison import Entry, compare
from experiments.presets import PLACES, places_of, without_folders
from experiments.presets import preset as read_preset
from experiments.runs import (
    Run,
    check_parameters,
    defining,
    flatten,
    matters,
    parameter,
    trained_tasks,
)
from experiments.scores import Scores, Wanted
from experiments.searches import searches
from experiments.sweeps import Sweep, Variant, check_changes, sweep
from pipeline.artifacts import ArtifactError
from pipeline.evaluation.estimates import exact
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.choice import ChoiceMetrics
from pipeline.evaluation.schema.document import MODEL, Estimates, Methods
from pipeline.evaluation.schema.inputs import DatasetMetrics, TrainingMetrics
from pipeline.evaluation.schema.sweeps import Line, Lists, SweepBeyond, SweepResult, SweepTask, Trained
from pipeline.evaluation.schema.tasks import BeyondMetrics, ExplanationMetrics, TopnMetrics
from pipeline.randomness import generator
from pipeline.report.methods import CHANCE, COPY, FLOORS, Method, baselines
from pipeline.report.sweeps import primary

UNTESTED = ("USR", "FCR", "DIV")
"""How varied a method's texts are: figures of the texts as a whole."""

WITH_CHANCE: dict[str, type[TopnMetrics | ChoiceMetrics]] = {"topn": TopnMetrics, "choice": ChoiceMetrics}
"""Tasks with few candidates, of which one can be drawn."""

Runs = dict[Variant, list[Run]]
"""The runs of each variant, a seed each; only variants of which all seeds have run."""


def collect(
    name: str, preset: str | None, seeds: list[int], changed: dict[str, Any], archive: bool = False
) -> SweepResult:
    """Return what came out of a sweep, the base variant first.

    `changed` are parameters that all variants ran with.
    With `archive` what tables need of each of this clone's experiments is written beside those of others.
    Raises ArtifactError where the base variant hasn't run, where variants differ in more than the sweep
    says or hold out other items, and where outputs aren't in DVC's cache; ParamsError where what is changed
    is the sweep's own to set.
    """
    check_changes(name, changed)
    chosen = sweep(name)
    variants = chosen.variants(changed)
    base = variants[0]
    titles = {
        variant: [variant.experiment(name, preset, seed, changed) for seed in seeds] for variant in variants
    }
    runs = {variant: found for variant in variants if (found := _runs(titles[variant]))}
    shared = read_preset(preset)["params"] if preset else {}
    for variant, found in runs.items():
        for run, seed in zip(found, seeds, strict=True):
            check_parameters(run, shared | variant.params | {"seed": seed})
    if archive:
        for run in _all(runs):
            if run.here:
                archive_run(run)
    if base not in runs:
        missing = ", ".join(title for title in titles[base] if find_run(title) is None)
        raise ArtifactError(f"sweep {name}: its base variant hasn't run: no experiments {missing}")
    free = {"seed", *PLACES, *(key for variant in variants for key in variant.params)}
    check_alike(runs, free, chosen.other_test_items)
    return _result(
        chosen,
        runs,
        command=_command(name, preset, seeds, without_folders(changed)),
        seeds=tuple(seeds),
        missing=tuple(variant.label for variant in variants if variant not in runs),
        changed=without_folders(changed),
    )


def _command(name: str, preset: str | None, seeds: Sequence[int], changed: dict[str, Any]) -> str:
    """Return what ran a sweep."""
    start = f" --preset {preset}" if preset else ""
    places = places_of(preset)
    options = "".join(f" -S {shlex.quote(f'{key}={json.dumps(value)}')}" for key, value in changed.items())
    return f"python -m experiments {name}{start} {places} --seeds {','.join(map(str, seeds))}{options}"


def _result(
    chosen: Sweep,
    runs: Runs,
    *,
    command: str,
    seeds: tuple[int, ...],
    missing: tuple[str, ...],
    changed: dict[str, Any],
) -> SweepResult:
    """Return what came out of the runs, which can be compared."""
    base = next(iter(_all(runs)))
    evaluation = base.params["evaluation"]
    # What lists hold is no mean over users that could be compared here: of the base variant's first seed.
    beyond = base.metrics(BeyondMetrics).plain() if chosen.baselines else None
    return SweepResult(
        title=chosen.title,
        description=chosen.description,
        command=command,
        data=base.params["report"]["title"],
        table_2=base.metrics(DatasetMetrics).table_2,
        seeds=seeds,
        resamples=evaluation["resamples"],
        base=chosen.base,
        missing=missing,
        commits=tuple(commits(runs)),
        changed=changed,
        exclude_seen=base.params["decoding"]["exclude_seen"],
        baselines=chosen.baselines,
        floors=chosen.floors,
        published=chosen.published,
        tasks=_tasks(chosen, runs),
        lists=lists_held(runs),
        training=tuple(trained(runs)),
        searches=tuple(searches(base)) if chosen.baselines else (),
        beyond=SweepBeyond(**beyond, baselines=tuple(evaluation["baselines"])) if beyond else None,
        audits=audited(runs, parameter(base.params, "evaluation.audits") or ()),
    )


def _runs(titles: list[str]) -> list[Run]:
    runs = [run for run in map(find_run, titles) if run is not None]
    return runs if len(runs) == len(titles) else []


def _all(runs: Runs) -> Iterable[Run]:
    return (run for found in runs.values() for run in found)


def commits(runs: Runs) -> list[str]:
    """Return whose code ran, each with its variants where there are several."""
    variants: dict[str, list[str]] = {}
    for variant, found in runs.items():
        for code in sorted({run.code for run in found}):
            variants.setdefault(code, []).append(variant.label)
    if len(variants) == 1:
        return list(variants)
    return [f"{code} ({'; '.join(labels)})" for code, labels in variants.items()]


def check_alike(runs: Runs, free: set[str], other_test_items: bool = False) -> None:
    """Raise ArtifactError where runs differ in a parameter that isn't `free`, or hold out other items.

    Parameters of a baseline count between runs that both ran it. With `other_test_items` runs hold out other
    items of the same users, whose interactions have to be as many.
    """
    first, *others = _all(runs)
    wanted = defining(flatten(first.params))
    for run in others:
        found = defining(flatten(run.params))
        for key in sorted(wanted.keys() | found.keys()):
            both = matters(key, first.params) and matters(key, run.params)
            if key not in free and both and wanted.get(key) != found.get(key):
                raise ArtifactError(
                    f"experiments {first.name} and {run.name} can't be compared: {key} is "
                    f"{wanted.get(key)!r} in the one and {found.get(key)!r} in the other"
                )
        if _data(run, other_test_items) != _data(first, other_test_items):
            raise ArtifactError(
                f"experiments {first.name} and {run.name} can't be compared: their metrics/dataset.json "
                "differ, so they read other data"
            )
        if not other_test_items and run.held_out != first.held_out:
            raise ArtifactError(
                f"experiments {first.name} and {run.name} can't be compared: they hold out other items; the "
                "bundled sample differs by seed, so give it as --raw data/raw/sample.json.gz"
            )


def _data(run: Run, other_test_items: bool) -> Any:
    found = run.metrics(DatasetMetrics)
    return (found.table_2, found.records) if other_test_items else found


def _tasks(chosen: Sweep, runs: Runs) -> dict[str, SweepTask]:
    base, *_ = runs
    found = {
        variant: [scores_of(run, _wanted(chosen, variant is base)) for run in ran]
        for variant, ran in runs.items()
    }
    evaluation = runs[base][0].params["evaluation"]
    tasks = {}
    for task in found[base][0]:
        lines = list(_lines(task, found))
        # Named as it always was: another name draws other resamples.
        rng = generator(0, "grid", task)
        entries = [entry for entry, _ in lines]
        headline = primary(task, list(entries[0].seeds[0].metrics))
        compared = compare(entries, headline, evaluation["resamples"], evaluation["confidence"], rng)
        methods = [Line(*method) for _, method in lines]
        if chosen.baselines and task in WITH_CHANCE:
            compared.estimates[CHANCE[0]] = runs[base][0].metrics(WITH_CHANCE[task]).chance
            methods.append(Line(*CHANCE))
        tasks[task] = SweepTask(
            **vars(compared),
            methods=tuple(methods),
            columns=tuple(compared.estimates[base.key]),
            primary=headline,
        )
    if "explanation" in tasks:
        tasks["explanation"] = with_variety(tasks["explanation"], runs)
    return tasks


def with_variety(task: SweepTask, runs: Runs) -> SweepTask:
    """Return the task with what metrics/explanation.json says of each method's texts as a whole: `untested`.

    Resampling users repeats their sentences, so that there is neither interval nor test.
    """
    documents = {
        variant.key: [run.metrics(ExplanationMetrics) for run in found] for variant, found in runs.items()
    }
    estimates = dict(task.estimates)
    for key, *_ in task.methods:
        variant, _, beside = key.partition(" ")
        of_seeds = [one.estimates[beside or MODEL] for one in documents[variant]]
        estimates[key] = estimates[key] | mean_figures(of_seeds, UNTESTED)
    untested = tuple(name for name in UNTESTED if name in estimates[task.methods[0].key])
    return task.model_copy(update={"estimates": estimates, "untested": untested})


def lists_held(runs: Runs) -> Lists | None:
    """Return what every variant's own sequential lists hold, the base first; None of models without lists."""
    base = next(iter(_all(runs)))
    # What lists hold is measured where both ranking tasks are asked.
    if not {"sequential", "topn"} <= set(trained_tasks(base.params)):
        return None
    k = max(base.params["evaluation"]["sequential_cutoffs"])
    columns = [f"{name}@{k}" for name in ("coverage", "gini", "popularity_ratio", "novelty")]
    variants = []
    for variant, found in runs.items():
        documents = [run.metrics(BeyondMetrics) for run in found]
        figures = [one.spread[MODEL] | one.popularity[MODEL] for one in documents]
        variants.append((variant.label, mean_figures(figures, columns)))
    return Lists(columns=tuple(columns), variants=tuple(variants))


def trained(runs: Runs) -> list[Trained]:
    """Return how every variant's training went, the base first."""
    rows = []
    for variant, found in runs.items():
        documents = [run.metrics(TrainingMetrics) for run in found]
        best = tuple(one.best_epoch for one in documents)
        losses = [one.validation_loss["mean"] for one in documents]
        first = documents[0]
        mean = sum(losses) / len(losses)
        costs = [mean_seconds(found, stage) for stage in ("train", "generate")]
        rows.append(Trained(variant.label, first.parameters, best, first.epochs, mean, *costs))
    return rows


def audited(runs: Runs, names: Sequence[str]) -> dict[str, Methods]:
    """Return what the audits called `names` say of each variant's model, with its first seed."""
    return {
        name: {
            variant.key: found[0].metrics(AuditMetrics, name).estimates[MODEL]
            for variant, found in runs.items()
        }
        for name in names
    }


def mean_seconds(found: Sequence[Run], stage: str) -> float | None:
    """Return the seconds that a stage took, the mean over seeds; None where one of them lacks it."""
    seconds = [run.seconds.get(stage) for run in found]
    known = [one for one in seconds if one is not None]
    return round(sum(known) / len(known), 1) if len(known) == len(seconds) else None


def mean_figures(of_seeds: list[Estimates], names: Iterable[str]) -> Estimates:
    """Return the figures called `names`, of several seeds their means, which have no intervals.

    With several seeds a figure has the value of each under `by_seed`; one that a seed lacks is left out.
    """
    means: Estimates = {}
    for name in names:
        if all(name in figures for figures in of_seeds):
            values = tuple(figures[name].value for figures in of_seeds)
            mean = exact(sum(values) / len(values)).model_copy(update={"by_seed": values})
            means[name] = mean if len(values) > 1 else of_seeds[0][name]
    return means


def _wanted(chosen: Sweep, is_base: bool) -> Wanted:
    return Wanted(chosen.baselines and is_base, floors=chosen.floors or is_base)


def _lines(task: str, found: dict[Variant, list[Scores]]) -> Iterable[tuple[Entry, Method]]:
    """Yield each line's entry and method: the variants, each followed by what was scored beside its model."""
    base, *_ = found
    beside: list[tuple[Entry, Method]] = []
    for variant, of_seeds in found.items():
        if not all(task in scored for scored in of_seeds):
            continue
        against = None if variant is base else base.key
        model = Entry(variant.key, [scored[task][MODEL] for scored in of_seeds], against)
        yield model, (variant.key, variant.label, "")
        for method in of_seeds[0][task]:
            if method != MODEL:
                key = f"{variant.key} {method}"
                entry = Entry(key, [scored[task][method] for scored in of_seeds], variant.key)
                _, label, note = _named(method)
                beside.append(
                    (entry, (key, label if variant is base else f"{label} ({variant.label})", note))
                )
    yield from beside


def _named(method: str) -> Method:
    known = {one[0]: one for one in (*FLOORS, COPY)}
    return known.get(method) or baselines([method])[0]
