import pytest

from pipeline.evaluation.schema.document import Estimate
from pipeline.report.sections import (
    ASCII,
    CLOSENESS,
    OLDER,
    VARIETY,
    explanation_section,
    same_texts,
    sequential_section,
)
from tests.evaluation.documents import explanation, sequential


def figures(usr):
    return {name: {"value": 1.0, "low": 0.5, "high": 1.5} for name in CLOSENESS + OLDER + VARIETY} | {
        "USR": {"value": usr}
    }


@pytest.mark.parametrize(("usr", "warned"), [(0.0, True), (0.0499, True), (0.05, False), (1.0, False)])
def test_who_writes_one_sentence_for_all(usr, warned):
    assert bool(same_texts([("Model", {"USR": Estimate(value=usr)})])) is warned


def test_without_sentences_there_is_no_warning():
    assert same_texts([("Chance", {"HR@5": Estimate(value=0.0)})]) == []


def test_the_warning_stands_below_the_table_of_closeness():
    metrics = {"pairs": 100, "peapod": figures(0.0162), "nrt": figures(0.24)}
    metrics |= {"floor_copied_sentence": figures(0.5)}
    metrics |= {f"difference_to_{name}": figures(0.0) for name in ("nrt", "floor_copied_sentence")}
    closeness, *others = explanation_section(explanation(**metrics), None).tables
    (note,) = closeness.notes
    assert note.startswith("PeaPOD writes nearly one sentence for all (USR 0.0162): closeness")
    assert "Not run, and why" in [group.heading for group in closeness.groups]
    assert not any("one sentence" in note for table in others for note in table.notes)


def page_tables(other_language, ascii_figure):
    """The tables of a run whose ROUGE of a-z is `ascii_figure` where ROUGE is 1."""
    old = {name: {"value": ascii_figure} for name in ASCII}
    metrics = {"pairs": 100, "other_language": other_language}
    metrics |= {"peapod": figures(0.5) | old, "floor_copied_sentence": figures(0.5) | old}
    metrics["difference_to_floor_copied_sentence"] = figures(0.0)
    return explanation_section(explanation(**metrics), None).tables


def test_rouge_of_ascii_stands_on_the_page_where_it_differs():
    assert [table.columns for table in page_tables(0, 0.25)][-1] == ASCII
    assert ASCII not in [table.columns for table in page_tables(0, 1.001)]


def test_references_in_other_languages_are_told_of():
    closeness, *_ = page_tables(7, 1.0)
    assert closeness.notes[-1].startswith("7 of 100 references aren't in English: their tone can't be judged")
    assert not any("English" in note for note in page_tables(0, 1.0)[0].notes)


def ranks(value):
    return {"HR@5": {"value": value, "low": value - 0.01, "high": value + 0.01}}


def test_an_assisted_model_stands_between_the_model_and_the_rest_and_against_its_parts():
    gaps = {"peapod": ranks(0.3), "ease": ranks(0.1)}
    metrics = sequential(
        peapod=ranks(0.2),
        peapod_ease=ranks(0.5),
        ease=ranks(0.4),
        difference_to_ease=ranks(-0.2),
        assisted={"peapod_ease": {"weight": 0.75, "differences": gaps}},
    )
    accuracy, differences, parts = sequential_section(metrics, ["ease"], None).tables
    assert [row.label for row in accuracy.groups[0].rows] == ["PeaPOD", "PeaPOD + EASE", "EASE"]
    assert [row.label for row in differences.groups[0].rows] == ["EASE"]
    assert [(row.label, row.note, row.cells[0].value) for row in parts.groups[0].rows] == [
        ("PeaPOD + EASE, minus PeaPOD", "model 0.75, assistant 0.25", "+0.3000"),
        ("PeaPOD + EASE, minus EASE", "model 0.75, assistant 0.25", "+0.1000"),
    ]


def test_without_an_assistant_there_is_no_such_table():
    metrics = sequential(peapod=ranks(0.2), ease=ranks(0.4), difference_to_ease=ranks(-0.2))
    assert len(sequential_section(metrics, ["ease"], None).tables) == 2
