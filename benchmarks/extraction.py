"""Accuracy and speed of the explanation extraction: `python -m benchmarks.extraction FILE...`.

One JSON line for each file in the ASTE-Data-V2 format: precision, recall and F1 of exact triplets (feature
span, opinion span, polarity) and of pairs, and sentences per second.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import extraction_aste as aste
from benchmarks import extraction_hu_liu as hu_liu
from benchmarks import extraction_polarity as polarity
from benchmarks import extraction_speed as speed
from benchmarks import extraction_tables as tables
from benchmarks.report import command_line
from pipeline.explanations.extraction import Extractor, Finding
from pipeline.runtime.errors import clear_errors

Sections = list[tuple[str, list[dict[str, Any]]]]


@clear_errors
def main(
    files: Annotated[list[Path] | None, typer.Argument(help="files in the ASTE-Data-V2 format")] = None,
    hu_liu_zip: Annotated[
        Path | None, typer.Option("--hu-liu", help="product_reviews_1.zip of Hu and Liu")
    ] = None,
    reviews: Annotated[
        Path | None, typer.Option(help="raw Amazon reviews, plain or .gz: speed, memory, polarity")
    ] = None,
    json_only: Annotated[
        bool, typer.Option("--json", help="nothing but the JSON lines on standard output")
    ] = False,
    markdown: Annotated[
        Path | None, typer.Option(help="write the tables to this page, between its marks if it has them")
    ] = None,
) -> None:
    """Print one JSON line a file; without --json the pooled scores and what each rule adds as well."""
    if not (files or hu_liu_zip or reviews):
        raise ValueError("nothing to measure: name ASTE files, --hu-liu or --reviews")
    sections: Sections = []
    if files:
        sections += _accuracy(files)
    if hu_liu_zip:
        sections.append(
            ("Hu and Liu's product reviews", [_printed(hu_liu.benchmark(hu_liu_zip, Extractor()))])
        )
    if reviews:
        sections.append(("Speed and memory", [_printed(speed.benchmark(reviews))]))
        row = _printed(polarity.benchmark(reviews))
        sections.append(("Agreement of polarity with ratings, corrections held out", [row]))
    if not json_only:
        for title, rows in sections:
            print(f"\n{title}\n\n{tables.table(rows)}")
    if markdown:
        tables.write(markdown, _command(files or [], hu_liu_zip, reviews, markdown), sections)


def _accuracy(files: list[Path]) -> Sections:
    extractor = Extractor()
    rows = []
    sentences = []
    predicted = []
    for file in files:
        row, read, found = aste.benchmark(file, extractor)
        rows.append(_printed(row))
        sentences += read
        predicted += found
    pooled = aste.figures(sentences, predicted)
    return [
        ("Exact match, file by file", rows),
        ("All files pooled", [pooled]),
        ("What each rule adds, all files pooled", _ablation(sentences, predicted, extractor)),
    ]


def _ablation(
    sentences: list[aste.Labelled], predicted: list[list[Finding]], extractor: Extractor
) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule,
            "found": found,
            "share_right": round(right, 4),
            "triplet_f1_lost_without": round(lost, 4),
        }
        for rule, found, right, lost in aste.ablation(sentences, predicted, extractor.polarity)
    ]


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(row), flush=True)
    return row


def _command(files: list[Path], hu_liu_zip: Path | None, reviews: Path | None, markdown: Path) -> str:
    words = ["python", "-m", "benchmarks.extraction", *map(str, files)]
    for option, value in {"--hu-liu": hu_liu_zip, "--reviews": reviews, "--markdown": markdown}.items():
        words += [option, str(value)] if value else []
    return command_line(words)


if __name__ == "__main__":
    typer.run(main)
