"""Stage `explanations`: reviews to feature-opinion tuples, a lexicon and one sentence per (user, item)."""

from functools import partial
from pathlib import Path

import typer
from tqdm import tqdm

from pipeline import artifacts
from pipeline.explanations.build import build, read_dataset
from pipeline.explanations.config import ExplanationsConfig
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from stages.errors import clear_errors


class Params(Section):
    """The sections that this stage reads."""

    seed: int
    explanations: ExplanationsConfig


@clear_errors
def main(
    params: Path = Path("params.yaml"),
    preprocessed: Path = Path("data/preprocessed"),
    out: Path = Path("data/explanations"),
    metrics: Path = Path("metrics/explanations.json"),
) -> None:
    """Extract explanations from the preprocessed reviews."""
    chosen = read_params(Params, params)
    rng = generator(chosen.seed, "explanations", "split")
    # disable=None: a bar on a terminal only.
    watch = partial(tqdm, desc="extracting", unit=" batches", disable=None)
    figures = build(read_dataset(preprocessed), out, chosen.explanations, rng, watch)
    artifacts.write_json(metrics, figures)


if __name__ == "__main__":
    typer.run(main)
