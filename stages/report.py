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
from pipeline.report.extractions import make_extractions
from pipeline.report.page import METRICS, Results, render
from pipeline.report.provenance import write_provenance
from pipeline.report.sweeps import sweep_plots
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.parameters import FILES, all_parameters
from stages.recorded import recorded
from stages.shown import read_choices, read_examples

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
    wanted = params.report
    examples = read_examples(root, results.training, wanted.examples, params.seed)
    choices = read_choices(root, results.training, wanted.examples, params.seed)
    tuples = read_table(root / "data/explanations/tuples.parquet", tables.TUPLES)
    items = read_table(root / "data/preprocessed/items.parquet", tables.ITEMS)
    drawn = generator(params.seed, "report", "extractions")
    extractions = make_extractions(tuples, items, wanted.extractions, drawn)
    sweeps = sweep_plots(read_sweeps(root / wanted.sweeps))
    made_from = [(file, f"MD5 {file_md5(root / file)}") for file in (*FILES, *METRICS)]
    page = render(wanted.title, results, curves, examples, extractions, sweeps, shown, made_from, choices)
    config = document("models/peapod/config.json", read_json(root / "models/peapod/config.json"))
    card = model_card(config, results, shown["dataset"]["raw"], shown["evaluation"]["confidence"])
    with published(root, "report", "report") as (report,):
        write_text(report / "index.html", page)
        write_text(report / "model_card.md", card)
    write_provenance(root, wanted.title)


if __name__ == "__main__":
    typer.run(recorded(main))
