"""The first table counts what there is, and figures of real data alone."""

from experiments.systems.page import page
from experiments.systems.registry import BESIDE, System, read_systems
from tests.experiments.systems.rows import RUNS

REAL = {"result": "p5-beauty", "method": "peapod"}
SAMPLE = {"sweep": "objectives params.yaml", "method": "cross-entropy"}


def cells(text: str, label: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {label} "))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_figures_of_the_sample_do_not_count() -> None:
    rows = {
        "Real": System(**RUNS, figure=REAL),
        "Sample": System(**RUNS, figure=SAMPLE),
        "None": System(**RUNS),
        "Asked": System(**RUNS | {"verdict": "adapter", "state": "adapter"}, figure=REAL),
        "Later": System(what="a", needs="b", verdict="build"),
    }
    text = page({"Section": rows, BESIDE: {"More": System(**RUNS, figure=REAL)}})
    # Runs, with a figure on real data, adapter, explained, not yet, together.
    assert cells(text, "can be built") == ["3", "1", "0", "0", "1", "4"]
    assert cells(text, "wants a language model") == ["0", "1", "1", "0", "0", "1"]
    assert cells(text, "all") == ["3", "2", "1", "0", "1", "5"]


def test_the_count_of_the_page_is_that_of_its_figures() -> None:
    """Counted anew by the words in the table of what runs: no figure there names the sample and counts."""
    systems = read_systems()
    text = page(systems)
    names = {
        name
        for section, rows in systems.items()
        if section != BESIDE
        for name, row in rows.items()
        if row.verdict == "build"
    }
    part = text.split("## What runs")[1].split("How each is run")[0]
    told = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    figures = [cell[1] for cell in told if cell[0].strip() in names]
    measured = [one for one in figures if one != "none yet" and "the bundled sample" not in one]
    assert cells(text, "can be built")[1] == str(len(measured))
