import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.evaluation.choice import choice_metrics
from pipeline.evaluation.schema.inputs import Sizes
from pipeline.report.choice import choice_section, make_choices
from pipeline.report.published import llara_dataset, llara_figures
from pipeline.tables import CHOICES
from stages.evaluate import main as evaluate
from stages.report import main
from tests.evaluation.test_choice_metrics import CHOICES_OF_TWO, CONFIG, MODEL, OTHER, TITLES, table
from tests.evaluation.workspace import write_choices, write_workspace
from tests.report.pages import Page


def section(chosen, published=None):
    metrics = choice_metrics(chosen, CHOICES_OF_TWO, CONFIG, np.random.default_rng(0))
    return choice_section(metrics, ["released", "ease"], published or {})


def values(table):
    return {row.label: [cell.value for cell in row.cells] for group in table.groups for row in group.rows}


def test_all_tables_by_hand():
    published = {"SASRec": {"HR@1": 0.25}, "TALLRec": {"HR@1": 0.4, "ValidRatio": 0.9}}
    found = section({"peapod": MODEL, "released": OTHER}, published).tables
    by_score, differences, written, redrawn = found
    assert values(by_score) == {
        "LLaRA": ["0.7500"],
        "Released recommender": ["0.7500"],
        "Chance": ["0.3333"],
        "SASRec": ["0.2500"],
        "TALLRec": ["0.4000"],
    }
    assert "Llama-2-7B" in by_score.groups[1].heading
    assert by_score.notes[0].startswith("Every figure is a share of all 2 tests in 2 draws")
    assert "1 more test users have too short a history" in by_score.notes[0]
    (row,) = differences.groups[0].rows
    assert (row.cells[0].value, row.note) == ("0.0000", "2 tests find 0.000 in 80 % of cases")
    assert values(written) == {
        "LLaRA": ["0.7500", "0.7500", "0.5000", "0.5000"],
        "The same, without vectors": ["0.0000", "0.0000", "0.0000", "0.0000"],
        # A recommender of theirs writes nothing.
        "TALLRec": ["–", "–", "0.4000", "0.9000"],
    }
    assert "valid by that rule in 75.0% of the tests" in written.notes[0]
    assert values(redrawn)["Released recommender"] == ["0.6667", "0.2887"]
    assert [row.note for row in redrawn.groups[0].rows] == ["2 draws", "3 draws"]


def test_a_run_of_baselines_alone_has_no_differences_and_one_draw_no_spread():
    found = section({"released": OTHER, "ease": table([[0, 2]])})
    assert [list(values(one)) for one in found.tables] == [
        ["Released recommender", "EASE", "Chance"],
        ["Released recommender"],
    ]


def test_what_the_authors_published_stands_beside_their_users_alone():
    def dataset(users, items):
        return llara_dataset(Sizes(users=users, items=items, reviews=9, density_percent=1.0))

    assert dataset(943, 1682) == dataset(943, 1500) == "MovieLens"
    assert dataset(1220, 4606) == "LastFM"
    assert dataset(943, 1683) is None
    assert dataset(944, 1682) is None
    found = llara_figures("MovieLens")
    assert found["SASRec"] == {"ValidRatio": 1.0, "HR@1": 0.3444}
    assert found["LLaRA(SASRec)"]["HR@1"] == 0.4421
    assert found["LLaRA(SASRec), README 2024-07"]["HR@1"] == 0.4526
    assert llara_figures(None) == {}


def stored():
    examples = CHOICES_OF_TWO.examples
    columns = {
        "split": ["test"] * 2,
        "draw": [0] * 2,
        "user": examples.users,
        "history": list(examples.histories),
        "target": examples.targets,
        "candidates": list(CHOICES_OF_TWO.sets[0]),
    }
    return make_table(CHOICES, columns)


def test_examples_are_of_the_first_draw_and_of_users_drawn_at_random():
    names = [f"user {number}" for number in range(10)]
    first, second = make_choices(stored(), MODEL, TITLES, names, 5, np.random.default_rng(0))
    assert (first.user, first.history, first.target) == ("user 7", ["Air", "Mew"], "Heat")
    assert first.candidates == ["Heat", "The Net", "The Network"]
    assert (first.chosen, first.written, first.alone) == ("Heat", "Heat", "Air")
    assert (second.chosen, second.alone) == ("The Network", None)
    drawn = {
        make_choices(stored(), MODEL, TITLES, names, 1, np.random.default_rng(seed))[0].user
        for seed in range(9)
    }
    assert drawn == {"user 7", "user 9"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choices")
    write_workspace(folder)
    write_choices(folder)
    evaluate(root=folder)
    main(root=folder)
    return folder


def test_the_page_of_a_model_that_only_chooses(root):
    page = Page((root / "report/index.html").read_text(encoding="utf-8"))
    assert page.faults == []
    named = {attributes["id"] for attributes in page.named("section") if "id" in attributes}
    assert {"choice", "choices", "findings", "leakage"} <= named
    assert not {"sequential", "topn", "explanation", "beyond", "examples"} & named
    links = {attributes["href"][1:] for attributes in page.named("a") if attributes["href"].startswith("#")}
    assert links <= named
    assert "In 66.7 % of 6 tests the model finds which of 3 items came next." in page.text
    # Four examples, and what it means.
    assert page.text.count("Without vectors") == 5
    assert "number rule" not in page.text.lower()


def test_the_card_has_the_choice_and_nothing_of_other_tasks(root):
    card = (root / "report/model_card.md").read_text(encoding="utf-8")
    assert "## Figures: choice among 3 titles (test split, 90 % intervals over tests)" in card
    assert "| HR@1 | 0.6667" in card
    assert "explanations (test" not in card
    assert "next item (test" not in card
