"""What is told of the search behind each baseline, on records written by hand."""

from typing import Any

from experiments.runs import Run
from experiments.searches import at_ends, search_parts, searches


class Searched(Run):
    """A run of three baselines with their records."""

    def __init__(self) -> None:
        super().__init__("searched", "")
        self.__dict__["params"] = {
            "evaluation": {"baselines": ["most_popular", "sasrec"], "explanation_baselines": ["nrt"]},
            "baselines": {
                "budget": 2,
                "most_popular": {},
                "sasrec": {"factors": 64, "epochs": [20, 40, 80], "dropout": [0.2, 0.5], "heads": [2]},
            },
            "explanation_baselines": {
                "training": {"epochs": 3},
                "nrt": {"learning_rate": [0.002, 0.005], "hidden": 64},
            },
        }

    def stored(self, name: str) -> Any:
        settings: dict[str, Any] = {"factors": 64, "epochs": 80, "dropout": 0.5, "heads": 2}
        records: dict[str, list[dict[str, Any]]] = {
            "baselines/most_popular": [{"NDCG@10": 0.0125, "settings": {}}],
            "baselines/sasrec": [
                {"NDCG@10": 0.0625, "settings": settings},
                {"NDCG@10": 0.05, "settings": settings | {"epochs": 20}},
                {"NDCG@10": 0.04, "settings": settings | {"epochs": 40}},
            ],
            "explanation_baselines/nrt": [
                {"loss": 4.25, "best_epoch": 3, "settings": {"learning_rate": 0.002, "hidden": 64}},
                {"loss": 4.5, "best_epoch": 3, "settings": {"learning_rate": 0.005, "hidden": 64}},
            ],
        }
        return {"name": name.split("/")[1], "tried": records[name], "validation": records[name][0]}


def test_what_was_tried_and_what_won() -> None:
    popular, sasrec, nrt = searches(Searched())
    assert (popular.value, popular.tried, popular.combinations) == (0.0125, 1, 1)
    assert (sasrec.tried, sasrec.combinations, sasrec.figure) == (3, 6, "NDCG@10")
    # What has one value is no choice, a list of one neither.
    assert sasrec.chosen == {"epochs": 80, "dropout": 0.5}
    # Of what is listed, what was tried.
    assert sasrec.tried_values == {"epochs": (20, 40, 80), "dropout": (0.5,)}
    assert (nrt.value, nrt.figure, nrt.chosen) == (4.25, "loss", {"learning_rate": 0.002})
    assert (nrt.epochs, sasrec.epochs) == ((3, 3), None)


def test_where_there_was_nothing_to_explain_nothing_was_searched() -> None:
    class WithoutTexts(Searched):
        def stored(self, name: str) -> Any:
            return {"name": "nrt", "pairs": 0} if name.endswith("nrt") else super().stored(name)

    assert [one.method for one in searches(WithoutTexts())] == ["most_popular", "sasrec"]


def test_only_the_ends_of_what_has_a_middle_are_told() -> None:
    _, sasrec, nrt = searches(Searched())
    assert at_ends(sasrec) == ["epochs 80"]
    assert at_ends(nrt) == []
    middle = sasrec.model_copy(update={"chosen": {"epochs": 40, "dropout": 0.5}})
    assert at_ends(middle) == []
    # The list has three values, but only two of them were tried.
    assert at_ends(sasrec.model_copy(update={"tried_values": {"epochs": (40, 80), "dropout": (0.5,)}})) == []


def test_tables_by_hand() -> None:
    recommended, explained, ends, learning = search_parts(searches(Searched()), 42)
    assert recommended == (
        "| How the baselines were chosen, on validation (seed 42) | NDCG@10 | tried | chosen (tried) |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| Most popular | 0.0125 | 1 of 1 | – |\n"
        "| SASRec | 0.0625 | 3 of 6 | epochs 80 (20, 40, 80); dropout 0.5 (alone) |"
    )
    assert "| loss, nats per word | tried |" in explained
    assert "| NRT | 4.2500 | 2 of 2 | learning_rate 0.002 (0.002, 0.005) |" in explained
    assert ends.endswith("beyond which nothing was tried: SASRec (epochs 80).")
    assert learning == "Still better with the last epoch they might take: NRT."


def test_a_sweep_without_baselines_has_no_tables() -> None:
    assert list(search_parts([], 42)) == []
