"""Stage `report`: metrics, curves, predictions and published figures to a page and a model card."""

from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import file_md5, read_json, read_table, write_text
from pipeline.evaluation.schema.sweeps import read_sweeps
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.report.card import model_card
from pipeline.report.config import ReportConfig
from pipeline.report.curves import read_curves
from pipeline.report.documents import document
from pipeline.report.examples import Sources, make_examples
from pipeline.report.extractions import make_extractions
from pipeline.report.page import METRICS, Results, render
from pipeline.report.provenance import write_provenance
from pipeline.report.sweeps import sweep_plots
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.parameters import FILES, all_parameters
from stages.recorded import recorded

SPLITS = ("train", "validation", "test")
HIDDEN = {"report", "runtime"}  # The page's own section, and where the run was computed.


class Params(Section):
    """What this stage reads of params.yaml, beside all parameters, which the page shows."""

    seed: int
    report: ReportConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Write report/index.html and report/model_card.md; every path is below `root`."""
    params = read_params(Params, root / "params.yaml")
    everything = all_parameters(root / "params.yaml")
    shown = {name: value for name, value in everything.items() if name not in HIDDEN}
    results = Results.read(root / "metrics")
    curves = read_curves((root / "metrics/curves.csv").read_text(encoding="utf-8"), "metrics/curves.csv")
    sources = read_sources(root)
    wanted = params.report
    examples = make_examples(sources, wanted.examples, generator(params.seed, "report", "examples"))
    tuples = read_table(root / "data/explanations/tuples.parquet", tables.TUPLES)
    drawn = generator(params.seed, "report", "extractions")
    extractions = make_extractions(tuples, sources.items, wanted.extractions, drawn)
    sweeps = sweep_plots(read_sweeps(root / wanted.sweeps))
    made_from = [(file, f"MD5 {file_md5(root / file)}") for file in (*FILES, *METRICS)]
    page = render(wanted.title, results, curves, examples, extractions, sweeps, shown, made_from)
    config = document("models/peapod/config.json", read_json(root / "models/peapod/config.json"))
    card = model_card(config, results, shown["dataset"]["raw"], shown["evaluation"]["confidence"])
    with published(root, "report", "report") as (report,):
        write_text(report / "index.html", page)
        write_text(report / "model_card.md", card)
    write_provenance(root, wanted.title)


def read_sources(root: Path) -> Sources:
    """Read the tables that examples are taken from."""
    data = root / "data/preprocessed"
    predictions = root / "predictions/peapod"
    splits = {name: read_table(data / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS}
    return Sources(
        users=read_table(data / "users.parquet", tables.USERS),
        items=read_table(data / "items.parquet", tables.ITEMS),
        **splits,
        sequential=read_table(predictions / "sequential.parquet", tables.RECOMMENDATIONS),
        topn=read_table(predictions / "topn.parquet", tables.RECOMMENDATIONS),
        attention=read_table(predictions / "attention.parquet", tables.ATTENTION),
        explanations=read_table(root / "data/explanations/explanations.parquet", tables.EXPLANATIONS),
        generated=read_table(predictions / "explanation.parquet", tables.GENERATED),
    )


if __name__ == "__main__":
    typer.run(recorded(main))
