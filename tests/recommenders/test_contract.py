"""Every baseline of the catalogue keeps the contract."""

import functools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.data.next_items import every_item, joined
from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.config import RECOMMENDERS
from pipeline.recommenders.parts.dros_training import DrosSettings, train_dros
from pipeline.recommenders.ranking.baseline import Splits
from tests.backbones.causal.models import llama_folder
from tests.recommenders.contract import RecommenderContract, recommended
from tests.recommenders.planted import ITEMS, USERS, histories, planted_splits

FACTORS = {"factors": 8, "epochs": 60, "learning_rate": 0.05, "regularization": 0.01}
NEURAL = {"factors": 8, "epochs": 30, "learning_rate": 0.01, "batch_size": 64, "negatives": 4}
AUTOENCODER = {"factors": 8, "hidden": 16, "epochs": 60, "learning_rate": 0.01, "batch_size": 20}
CHAIN = {"factors": 16, "epochs": 30, "learning_rate": 0.1, "batch_size": 32, "negatives": 8}
SEQUENCE = CHAIN | {"learning_rate": 0.01, "history": 5, "dropout": 0.1, "weight_decay": 0.0}
COUNTS = {"history": 3, "gap_exponent": 1.0, "age_exponent": 1.0, "backward": 0.1}
ATTENTION = {
    **{"factors": 16, "epochs": 20, "learning_rate": 0.01, "batch_size": 32, "history": 5},
    **{"dropout": 0.1, "heads": 2, "layers": 1},
}

DROS = {
    **{"factors": 16, "steps": 400, "batch_size": 32, "learning_rate": 0.01, "weight_decay": 0.0},
    **{"dropout": 0.1, "check_every": 400, "patience": 1},
}


class TestMostPopular(RecommenderContract):
    name, settings, learns = "most_popular", {}, False


class TestCooccurrence(RecommenderContract):
    name, settings = "cooccurrence", COUNTS
    ordered = True


class TestCooccurrenceText(RecommenderContract):
    name, settings = "cooccurrence_text", COUNTS | {"text_weight": 0.5}
    ordered = True


class TestItemKnn(RecommenderContract):
    name, settings = "item_knn", {"neighbours": 8}


class TestUserKnn(RecommenderContract):
    name, settings = "user_knn", {"neighbours": 9}


class TestEase(RecommenderContract):
    name, settings = "ease", {"regularization": 10.0}


class TestBpr(RecommenderContract):
    name, settings = "bpr", FACTORS


class TestMf(RecommenderContract):
    name, settings, dislikes = "mf", FACTORS, True


class TestPmf(RecommenderContract):
    name, settings, dislikes = "pmf", FACTORS | {"learning_rate": 0.01}, True


class TestLightGcn(RecommenderContract):
    name, settings = "lightgcn", FACTORS | {"layers": 2, "batch_size": 64}


class TestNeuMf(RecommenderContract):
    name, settings = "neumf", NEURAL | {"epochs": 20}


class TestMlp(RecommenderContract):
    name, settings = "mlp", NEURAL | {"epochs": 40, "learning_rate": 0.02}


class TestVaecf(RecommenderContract):
    name, settings = "vaecf", AUTOENCODER


class TestBivaecf(RecommenderContract):
    name, settings = "bivaecf", AUTOENCODER
    linear = False


class TestFpmc(RecommenderContract):
    name, settings = "fpmc", CHAIN
    ordered = True
    # Half of a user's vector is that of their last item, which one other user has.
    alike = 0.6


class TestGru4Rec(RecommenderContract):
    name, settings = "gru4rec", CHAIN | {"batch_size": 8}
    ordered = True


class TestSasRec(RecommenderContract):
    name, settings = "sasrec", ATTENTION
    ordered = True


class TestSasRecBinary(RecommenderContract):
    name, settings = "sasrec_bce", ATTENTION | {"epochs": 60, "negatives": 1}
    ordered = True


class TestBert4Rec(RecommenderContract):
    name, settings = "bert4rec", ATTENTION | {"factors": 32, "epochs": 150, "masked": 0.4}
    ordered = True


class TestCaser(RecommenderContract):
    name, settings = "caser", SEQUENCE
    ordered = True


class TestHgn(RecommenderContract):
    name, settings = "hgn", SEQUENCE
    ordered = True


class TestFdsa(RecommenderContract):
    name, settings = "fdsa", ATTENTION
    ordered = True


class TestS3Rec(RecommenderContract):
    name, settings = "s3rec", ATTENTION | {"pretraining_epochs": 10}
    ordered = True


class TestDrosSasRec(RecommenderContract):
    name, settings = "dros_sasrec", DROS
    linear = False
    ordered = True


class TestDrosGru4Rec(RecommenderContract):
    name, settings = "dros_gru4rec", DROS
    linear = False
    ordered = True


class TestDrosCaser(RecommenderContract):
    name, settings = "dros_caser", DROS
    linear = False
    ordered = True


class TestDrosText(RecommenderContract):
    # Its titles tell camps alone.
    name, settings = "dros_text", DROS
    linear = False


class TestReleased(RecommenderContract):
    name, settings = "released", {}
    ordered = True

    @pytest.fixture(scope="class")
    def splits(self, tmp_path_factory: pytest.TempPathFactory) -> Splits:
        walks = every_item(joined([np.array(walk[:5]) for walk in histories()]), longest=10)
        model, _ = train_dros("GRU4Rec", walks, walks, ITEMS, DrosSettings(**DROS), seed=1)
        path = tmp_path_factory.mktemp("released") / "GRU4Rec.npz"
        np.savez(path, **{name: value.numpy() for name, value in model.state_dict().items()})
        return replace(planted_splits(), released=path)

    @pytest.fixture(scope="class")
    def data(self, splits: Splits) -> TrainingData:
        given = TrainingData.from_table(splits.train, USERS, ITEMS)
        return replace(given, released=splits.released, item_ids=splits.item_ids)


@functools.cache
def small_model() -> str:
    """The folder of a tiny Llama."""
    folder = Path(tempfile.mkdtemp(prefix="small-model-"))
    llama_folder(folder)
    return str(folder)


class TestPrompted(RecommenderContract):
    """Which items are candidates is learned by counting; their order is a model's that knows nothing."""

    name = "prompted"

    @property
    def settings(self) -> dict[str, Any]:
        return {"model": small_model(), "method": "list", "candidates": 4, "history": 3}


def test_every_baseline_is_held_to_the_contract():
    held = {contract.name for contract in RecommenderContract.__subclasses__()}
    assert held == set(RECOMMENDERS)


def test_without_ratings_the_factorizations_of_ratings_take_ones():
    splits = planted_splits(rated=False)
    assert recommended("pmf", FACTORS | {"learning_rate": 0.01}, splits).lists
