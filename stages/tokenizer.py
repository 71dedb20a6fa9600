"""Stage `tokenizer`: train a tokenizer on train text and prompts, or take the pretrained model's own."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc
import typer

from pipeline.artifacts import read_json, read_table
from pipeline.backbones.config import SIZED, ModelConfig
from pipeline.backbones.folders import check_pretrained
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig, TokenizerConfig
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer, load_pretrained_tokenizer, train_tokenizer
from pipeline.runtime.errors import clear_errors
from pipeline.tables import EXPLANATIONS, ITEM_IDENTIFIERS
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.registry import tasks_named
from stages.recorded import recorded

log = logging.getLogger(__name__)


class Params(Section):
    """What this stage reads of params.yaml."""

    model: ModelConfig
    prompts: PromptsConfig
    tokenizer: TokenizerConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Write the folder models/tokenizer below `root`."""
    settings = read_params(Params, root / "params.yaml")
    out = root / "models/tokenizer"
    tasks = tasks_named(settings.prompts.tasks)
    names = root / "data/identifiers"
    if settings.model.backbone not in SIZED:
        check_pretrained(settings.model.backbone)
    explanations = root / "data/explanations/explanations.parquet"
    table = read_table(explanations, EXPLANATIONS, ["explanation", "split"])
    if settings.model.backbone in SIZED:
        train = table.filter(pc.equal(table["split"], "train"))["explanation"].to_pylist()
        templates = read_templates(Path(settings.prompts.templates), tasks)
        wordings = [" ".join(template.words) for task in templates.values() for template in task]
        config = settings.tokenizer
        titles = []
        if CHOICE in tasks:
            titles = read_table(names / "items.parquet", ITEM_IDENTIFIERS)["answer"].to_pylist()
        trained = train_tokenizer([*train, *titles, *wordings], config.vocabulary, config.number_digits)
        tokenizer = PromptTokenizer(trained)
    else:
        tokenizer = PromptTokenizer(load_pretrained_tokenizer(settings.model.backbone))
    tokenizer.add_symbols(
        [*read_json(names / "symbols.json"), *(one for task in tasks for one in task.symbols)]
    )
    _tell_unknown(tokenizer, table["explanation"].to_pylist())
    tokenizer.save(out)


def _tell_unknown(tokenizer: PromptTokenizer, texts: Sequence[str]) -> None:
    """Warn of explanations that the model can neither read nor write in full."""
    if unknown := tokenizer.unknown(texts):
        log.warning(
            "%d of %d explanations hold characters that the tokenizer doesn't know and the model can't "
            "write, the first: %r. A pretrained model knows the languages that it was made for; with a "
            "model.backbone of %s, built from sizes, every character of the train split is known.",
            len(unknown),
            len(texts),
            texts[unknown[0]],
            " or ".join(SIZED),
        )


if __name__ == "__main__":
    typer.run(recorded(main))
