"""`python -m experiments.results`: figures of finished preset runs to `docs/results.md` and the README.

A run's metrics are taken from its experiment (`dvc exp run` keeps them in git) into
`experiments/results/NAME.json`, so that the tables can be made anew on any clone; those of the bundled sample
come from `metrics/`. No number in the tables is typed by hand.
"""

from pathlib import Path
from typing import Any

import typer

from experiments.markdown import bracketed, markdown_table
from experiments.presets import HERE, names, places_of, preset
from experiments.runs import Run, check_parameters, commit_of, parameter, trained_tasks
from experiments.tables import CHOSEN_BY, MAY_REPEAT, doubts_of, published_rows, stored_sweeps, sweep_section
from pipeline.artifacts import ArtifactError, write_text
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.choice import HIT, ChoiceMetrics
from pipeline.evaluation.schema.document import Comparisons, Document, Estimates
from pipeline.evaluation.schema.inputs import DatasetMetrics, IdentifiersMetrics, Sizes, TrainingMetrics
from pipeline.evaluation.schema.tasks import (
    ExplanationMetrics,
    LeakageMetrics,
    RankingMetrics,
    SequentialMetrics,
    TopnMetrics,
)
from pipeline.report.inconsistencies import doubts
from pipeline.report.methods import (
    CHANCE,
    CHOOSER,
    COPY,
    HIGHEST,
    KNOWN,
    LAST,
    MODEL,
    NARROWED,
    assisted,
    baselines,
)
from pipeline.report.published import PUBLISHED_TABLES, papers_datasets
from pipeline.report.sections import same_texts
from pipeline.report.sweeps import TASKS
from pipeline.report.tables import digits
from pipeline.runtime.errors import clear_errors

SHOWN = {
    "sequential": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "topn": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "explanation": (
        "BLEU-1",
        "BLEU-4",
        "ROUGE-1",
        "ROUGE-2",
        "ROUGE-L",
        "USR",
        "FMR",
        "FCR",
        "DIV",
        "SA",
        "SA-balanced",
    ),
    "choice": (HIT, "HR@1_title", "ValidRatio_title", "HR@1_within", "ValidRatio_within"),
}
METHODS = {
    key: label
    for key, label, _ in (
        MODEL,
        NARROWED,
        *assisted(KNOWN),
        *baselines(KNOWN),
        HIGHEST,
        LAST,
        COPY,
        CHANCE,
    )
}
INTRO = """# Results

Made by `python -m experiments.results` from the metrics of finished runs; above each table stands the
command that made it. In brackets: 95 % bootstrap intervals over users or pairs. What these figures can and
cannot say is in [protocol.md](protocol.md).

HR@k: share of users whose held-out item is in the first k; NDCG@k: the same, worth less further down. BLEU
and ROUGE: closeness to what the user wrote, times 100. USR: share of unique sentences; FMR: share that
names the feature; FCR: share of all features that some text names; DIV: features that two sentences share
on average (lower is more varied); SA: tone fits the rating, balanced: mean over good and bad ratings.
Number rules, chance, most popular, co-occurrence and the copied sentence train nothing; PETER+ is told the
feature of the answer.

Sampled negatives, PeaPOD's in training and everybody's in the test, lie outside a user's whole history, as
in P5's data. So their test item is never a negative in training, while items that they never chose may be.

Every run has one seed unless seeds are named: intervals say what other users would change, not what another
training run would. Baselines are searched as [baselines.md](baselines.md) says; PeaPOD's own settings were
set by hand, and are searched only where a section says so."""
START = "<!-- results: made by `python -m experiments.results` -->"
END = "<!-- results end -->"


class Result(Document):
    """What a run left in metrics/, by file; `code` and `exclude_seen` are unknown of the working folder's."""

    dataset: DatasetMetrics
    embeddings: dict[str, Any]
    identifiers: IdentifiersMetrics
    training: TrainingMetrics
    sequential: SequentialMetrics
    topn: TopnMetrics
    explanation: ExplanationMetrics
    leakage: LeakageMetrics
    choice: ChoiceMetrics = ChoiceMetrics.empty(0)
    code: str | None = None
    exclude_seen: bool = True

    @classmethod
    def of(cls, run: Run, **told: Any) -> "Result":
        """Read a run's files."""
        absent = {"code", "exclude_seen", *({"choice"} - set(trained_tasks(run.params)))}
        files = {name: run.stored(name) for name in cls.model_fields if name not in absent}
        return cls.parse(told | files, f"experiment {run.name}: metrics")

    @property
    def tasks(self) -> dict[str, Comparisons]:
        """The metrics of each task."""
        return {
            "sequential": self.sequential,
            "topn": self.topn,
            "explanation": self.explanation,
            "choice": self.choice,
        }


def collect(name: str) -> Result | None:
    """Return a preset's metrics, and which code ran: of its newest experiment, else as archived, else None.

    An experiment that ran with other parameters than the preset's is passed over, with a warning.
    """
    archived = HERE / "results" / f"{name}.json"
    commit = commit_of(name)
    if commit is not None:
        run = Run(name, commit)
        try:
            check_parameters(run, preset(name)["params"])
        except ArtifactError as stale:
            command = f"python -m experiments {name} {places_of(name, 'PATH/TO/')} --force"
            shown = f"{archived.name} is shown as it is" if archived.is_file() else "it has no section"
            typer.echo(f"warning: {stale}. Until `{command}` has run, {shown}", err=True)
            commit = None
    if commit is None:
        return Result.read(archived) if archived.is_file() else None
    return archive_metrics(name, run)


def archive_metrics(name: str, run: Run) -> Result:
    """Write a preset's metrics to `results/NAME.json`, its audits beside them; return the metrics."""
    result = Result.of(run, code=run.code, exclude_seen=run.params["decoding"]["exclude_seen"])
    result.write(HERE / "results" / f"{name}.json")
    for audit in parameter(run.params, "evaluation.audits") or ():
        run.metrics(AuditMetrics, audit).write(HERE / f"results/audits/{name}-{audit}.json")
    return result


def sample_metrics() -> Result:
    """Return the committed metrics, the bundled sample's; the workspace may hold an experiment's."""
    return Result.of(Run("HEAD", "HEAD"))


def section(title: str, command: str, result: Result) -> str:
    """Return one dataset's part of the page."""
    sizes = result.dataset.table_2
    training = result.training
    facts = (
        f"{sizes.users:,} users, {sizes.items:,} items, {sizes.reviews:,} reviews "
        f"(density {sizes.density_percent:.4g} %); `{result.identifiers.method}` numbering; "
        f"{training.parameters:,} parameters, best epoch {training.best_epoch} of {training.epochs}"
        + (f"; code of {result.code}." if result.code else ".")
        + ("" if result.exclude_seen else f" {MAY_REPEAT}")
    )
    tables = [
        part
        for task, metrics in result.tasks.items()
        if metrics.estimates
        for part in (
            task_table(task, metrics, sizes),
            *same_texts((label, metrics.estimates.get(method, {})) for method, label in METHODS.items()),
            *([CHOSEN_BY] if task == "choice" else doubts_of(task, sizes, "main")),
        )
    ]
    return "\n\n".join([f"## {title}", f"    {command}", facts, leakage(result.leakage), *tables])


def leakage(found: LeakageMetrics) -> str:
    """Return what a reader has to know before believing a figure of this dataset."""
    order = found.order
    unseen = found.test_items_unseen_in_train
    users = found.test_users
    parts = [
        f"{unseen:,} of {users:,} test items never occur in train"
        + (": no ranking here means much" if unseen > users / 2 else ""),
        f"{order.histories_ascending_by_item_id:.1%} of histories ascend by item id "
        f"({order.histories_ascending_by_chance:.1%} by chance)",
    ]
    if order.test_items_decided_by_ties:
        parts.append(
            f"{order.test_items_decided_by_ties:.1%} of the test items are decided by the order of "
            "interactions at one time (`dataset.ties`; the sweep `ties` tries another)"
        )
    if order.tied_pairs:
        parts.append(
            f"so do {order.tied_pairs_ascending_by_item_id:.1%} of {order.tied_pairs:,} tied pairs, next to "
            f"each other without a time between ({order.tied_pairs_ascending_by_chance:.1%} by chance)"
        )
    if order.tied_histories:
        parts.append(
            f"within all of their ties {order.tied_histories_ascending_by_item_id:.1%} of "
            f"{order.tied_histories:,} histories do "
            f"({order.tied_histories_ascending_by_chance:.1%} by chance)"
        )
    if found.explanation_test_sentences_in_train is not None:
        read = found.test_interactions_in_explanation_train
        parts += [
            f"{found.explanation_test_sentences_in_train:.1%} of the test explanations stand word for "
            "word in train",
            f"{read:.1%} of the held-out interactions have their explanation in train"
            + (
                " (the model has read those texts, the recommendation baselines haven't; "
                "`explanations.split: leave_one_out` leaves them out)"
                if read
                else ""
            ),
        ]
    return f"Leakage: {'; '.join(parts)}."


def task_table(task: str, metrics: Comparisons, sizes: Sizes) -> str:
    """Return one task's figures as a Markdown table, one line per method, with intervals where there are.

    The paper's own figures stand below where the dataset's `sizes` are those of the paper's.
    """
    found = dict(metrics.estimates)
    if isinstance(metrics, TopnMetrics | ChoiceMetrics):
        found[CHANCE[0]] = metrics.chance
    columns = [metric for metric in SHOWN[task] if metric in found[MODEL[0]]]
    labels = METHODS | ({CHOOSER[0]: CHOOSER[1]} if task == "choice" else {})
    rows = [
        (label, [_cell(found[method], metric) for metric in columns])
        for method, label in labels.items()
        if method in found
    ]
    published = published_rows(task, columns, sizes, "main")
    return markdown_table(f"{TASKS[task]} ({_asked(metrics)})", columns, [*rows, *published])


def _asked(metrics: Comparisons) -> str:
    if isinstance(metrics, ExplanationMetrics):
        return f"{metrics.pairs:,} pairs"
    if isinstance(metrics, ChoiceMetrics):
        return f"{metrics.tests:,} tests, {metrics.draws:,} draws"
    return f"{metrics.users:,} users" if isinstance(metrics, RankingMetrics) else ""


def _cell(estimates: Estimates, metric: str) -> str:
    return bracketed(estimates[metric], digits(metric)) if metric in estimates else "–"


def published_doubts() -> str:
    """Return the part of the page that lists what can't all be true in the paper's own tables."""
    doubted = [
        f"- Table {tables[task]}, {dataset}: {one.reason}"
        for tables in PUBLISHED_TABLES.values()
        for task in tables
        for dataset in papers_datasets()
        for one in doubts(task, dataset, tables)
    ]
    why = (
        "Found by rule in tables 3 to 8 of the paper, on its three datasets; these figures are marked with a "
        "dagger wherever they stand beside ours."
    )
    return "\n\n".join(["## Published figures in doubt", why, "\n".join(doubted)])


def embed(path: Path, text: str) -> None:
    """Put `text` between the markers of a page; raises ArtifactError where the page has none."""
    page = path.read_text(encoding="utf-8")
    if START not in page or END not in page:
        raise ArtifactError(f"{path}: the markers {START} and {END} are wanted around the results")
    before, rest = page.split(START)
    write_text(path, f"{before}{START}\n\n{text}\n\n{END}{rest.split(END)[1]}")


@clear_errors
def main(readme: Path = Path("README.md"), page: Path = Path("docs/results.md")) -> None:
    """Collect what has been run and write the tables."""
    sample = section("The bundled sample", "make repro", sample_metrics())
    sections = [sample]
    for name in names():
        result = collect(name)
        if result is not None:
            command = f"python -m experiments {name} {places_of(name, 'PATH/TO/')}"
            sections.append(section(preset(name)["params"]["report.title"], command, result))
    sweeps = stored_sweeps()
    if sweeps:
        sections += ["## The paper's questions", *(sweep_section(sweeps[name]) for name in sorted(sweeps))]
    sections.append(published_doubts())
    write_text(page, "\n\n".join([INTRO, *sections]) + "\n")
    embed(readme, sample.split("\n\n", 2)[2])


if __name__ == "__main__":
    typer.run(main)
