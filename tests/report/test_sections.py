import pytest

from pipeline.report.documents import document
from pipeline.report.sections import CLOSENESS, OLDER, VARIETY, explanation_section, same_texts


def figures(usr):
    return {name: {"value": 1.0, "low": 0.5, "high": 1.5} for name in CLOSENESS + OLDER + VARIETY} | {
        "USR": {"value": usr}
    }


@pytest.mark.parametrize(("usr", "warned"), [(0.0, True), (0.0499, True), (0.05, False), (1.0, False)])
def test_who_writes_one_sentence_for_all(usr, warned):
    assert bool(same_texts([("Model", {"USR": {"value": usr}})])) is warned


def test_without_sentences_there_is_no_warning():
    assert same_texts([("Chance", {"HR@5": {"value": 0.0}})]) == []


def test_the_warning_stands_below_the_table_of_closeness():
    metrics = {"pairs": 100, "peapod": figures(0.0162), "nrt": figures(0.24)}
    metrics |= {"floor_copied_sentence": figures(0.5)}
    metrics |= {f"difference_to_{name}": figures(0.0) for name in ("nrt", "floor_copied_sentence")}
    closeness, *others = explanation_section(document("explanation.json", metrics), None).tables
    (note,) = closeness.notes
    assert note.startswith("PeaPOD writes nearly one sentence for all (USR 0.0162): closeness")
    assert "Not run, and why" in [group.heading for group in closeness.groups]
    assert not any("one sentence" in note for table in others for note in table.notes)
