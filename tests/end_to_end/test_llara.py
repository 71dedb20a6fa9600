"""LLaRA from its example files and a released recommender to HitRatio@1: all parts, without stages."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.artifacts import make_table
from pipeline.data.histories import Histories
from pipeline.data.llara import LlaraFiles, read_llara
from pipeline.data.next_items import choice_columns, draw_choices, read_choices
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender
from pipeline.evaluation.choice import said_exactly
from pipeline.model.llara import assemble_llara
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker, item_answers
from pipeline.prompts.choice import PLACEHOLDER, ChoiceEncoder, Presentation
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from pipeline.recommenders.parts.dros import DrosSasrec
from pipeline.recommenders.parts.released import LENGTH, read_released
from pipeline.runtime.device import Runtime
from pipeline.tables import CHOICES
from pipeline.tasks.base import Question
from pipeline.tasks.choice import CHOICE, SHORTEST, ChoiceExamples, stored_questions
from pipeline.training.curriculum import Curricular
from pipeline.training.loop import train
from pipeline.training.material import Material
from pipeline.training.mixture import TaskBatches
from tests.choices import TEMPLATES
from tests.tiny import tiny_backbone
from tests.training.test_loop import config

RUNTIME = Runtime(torch.device("cpu"), None)
TITLES = ("Air", "Moby", "Mew", "Enigma", "Loscil", "Vast", "Opeth", "Chicane", "Placebo", "Roxette")
CANDIDATES = 5
EPOCHS = 40
DECODING = DecodingConfig(
    batch_size=20,
    beams=CANDIDATES,
    top=CANDIDATES,
    topn_method="exact",
    explanation_beams=1,
    min_tokens=1,
    max_tokens=12,
)


def write_folder(folder: Path) -> None:
    """Write the files of a world where everybody goes on to the next item, and from the last to the first."""
    items = len(TITLES)
    folder.mkdir()
    names = "".join(f"{item}::{title}\n" for item, title in enumerate(TITLES))
    (folder / "id2name.txt").write_text(names)
    sequences = [{"items": [(user + step) % items for step in range(6)]} for user in range(2 * items)]
    windows = [
        {"seq": [(user + step) % items for step in range(4)], "len_seq": 4, "next": (user + 4) % items}
        for user in range(items)
    ]
    for name, rows in (("train_sequences", sequences), ("val", windows), ("test", windows)):
        (folder / f"llara_{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@dataclass(frozen=True)
class Trained:
    """A model of one presentation, and what asks it."""

    model: PeaPOD
    maker: BatchMaker
    tokenizer: PromptTokenizer
    files: LlaraFiles

    def ratio(self, questions: list[Question], targets: np.ndarray) -> float:
        """HitRatio@1 by the candidates' log-likelihoods."""
        answers = item_answers(self.tokenizer, TITLES)
        nobody = Histories(np.empty(0, dtype=np.int32), np.zeros(len(questions) + 1, dtype=np.int64))
        ranker = Recommender(self.model, self.maker, self.tokenizer, answers, nobody, DECODING, RUNTIME)
        rankings = ranker.rank(questions)
        for question, ranking in zip(questions, rankings, strict=True):
            assert sorted(ranking.items.tolist()) == sorted(question.pool.tolist())
        chosen = np.array([ranking.items[0] for ranking in rankings])
        return float((chosen == targets).mean())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("llara")
    write_folder(folder / "artists")
    torch.manual_seed(5)
    weights = {name: value.numpy() for name, value in DrosSasrec(len(TITLES), 8, LENGTH).state_dict().items()}
    np.savez(folder / "SASRec.npz", **weights)
    files = read_llara(folder / "artists")
    tokenizer = PromptTokenizer(train_tokenizer([*TITLES, *TEMPLATES.read_text().split()] * 3, 300, 1))
    tokenizer.add_symbols([PLACEHOLDER])
    templates = read_templates(TEMPLATES, (CHOICE,))
    answers = {CHOICE: item_answers(tokenizer, files.titles)}
    makers = {
        shown: BatchMaker(
            {CHOICE: ChoiceEncoder(tokenizer, files.titles, shown)}, templates, answers, tokenizer.pad
        )
        for shown in Presentation
    }
    examples = ChoiceExamples(files.examples["train"].after(SHORTEST), len(TITLES), CANDIDATES)
    steps = Curricular(TaskBatches(CHOICE, examples, 10, 7), makers, "id_only", EPOCHS)
    vectors = torch.from_numpy(read_released(folder / "SASRec.npz").vectors)
    backbone = tiny_backbone("llama", 0, len(tokenizer))
    model = assemble_llara(backbone, vectors)
    maker = makers[Presentation.BEHAVIOUR]
    held_out = ChoiceExamples(files.examples["validation"], len(TITLES), CANDIDATES)
    rng = np.random.default_rng(0)
    validation = {CHOICE: [maker.teach([held_out.draw(index, rng) for index in range(len(held_out))])]}
    settings = config(epochs=EPOCHS, learning_rate=0.01, weight_decay=0.0, patience=EPOCHS)
    train(model, Material(steps, validation), settings, RUNTIME, tokenizer.pad, 7)
    return Trained(model, maker, tokenizer, files)


def test_stored_candidates_are_answered_and_other_vectors_lower_the_figure(trained: Trained) -> None:
    examples = trained.files.examples["test"]
    sets = draw_choices(examples, len(TITLES), CANDIDATES, 3, np.random.default_rng(0))
    stored = make_table(CHOICES, choice_columns({"test": examples}, {"test": sets}))
    again, drawn = read_choices(stored)["test"]
    asked = [(stored_questions(again, one), again.targets) for one in drawn]
    ratios = [trained.ratio(*one) for one in asked]
    vectors = trained.model.fillers["behaviour"].vectors
    kept = vectors.clone()
    vectors.copy_(kept.roll(3, 0))
    permuted = [trained.ratio(*one) for one in asked]
    vectors.copy_(kept)
    # Chance is 0.2.
    assert np.mean(ratios) > 0.8
    assert np.mean(permuted) < 0.4


def test_greedy_answers_are_titles(trained: Trained) -> None:
    examples = trained.files.examples["test"]
    sets = draw_choices(examples, len(TITLES), CANDIDATES, 1, np.random.default_rng(0))[0]
    questions = stored_questions(examples, sets)
    answers = explain(trained.model, trained.maker, trained.tokenizer, questions, DECODING, RUNTIME)
    said = [
        said_exactly(text, [TITLES[item] for item in question.pool])
        for (text, _), question in zip(answers, questions, strict=True)
    ]
    hits = [
        place is not None and question.pool[place] == target
        for place, question, target in zip(said, questions, examples.targets, strict=True)
    ]
    assert np.mean(hits) > 0.8
