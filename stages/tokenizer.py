"""Stage `tokenizer`: train a tokenizer on train text and prompts, or take the pretrained T5's own."""

from pathlib import Path

import pyarrow.compute as pc
import typer

from pipeline.artifacts import read_table
from pipeline.model.backbone import SCRATCH
from pipeline.model.config import ModelConfig
from pipeline.model.pretrained import check_pretrained
from pipeline.params import Section, read_params
from pipeline.prompts.config import PromptsConfig, TokenizerConfig
from pipeline.prompts.templates import read_templates
from pipeline.prompts.tokenizer import PromptTokenizer, load_pretrained_tokenizer, train_tokenizer
from pipeline.tables import EXPLANATIONS
from stages.errors import clear_errors
from stages.provenance import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    model: ModelConfig
    prompts: PromptsConfig
    tokenizer: TokenizerConfig


@clear_errors
def main(
    params: Path = Path("params.yaml"),
    explanations: Path = Path("data/explanations"),
    out: Path = Path("models/tokenizer"),
) -> None:
    """Write the tokenizer's files."""
    settings = read_params(Params, params)
    if settings.model.backbone != SCRATCH:
        check_pretrained(settings.model.backbone)
        PromptTokenizer(load_pretrained_tokenizer(settings.model.backbone)).save(out)
        return
    table = read_table(explanations / "explanations.parquet", EXPLANATIONS, ["explanation", "split"])
    train = table.filter(pc.equal(table["split"], "train"))["explanation"].to_pylist()
    templates = read_templates(Path(settings.prompts.templates))
    wordings = [" ".join(template.words) for task in templates.values() for template in task]
    config = settings.tokenizer
    PromptTokenizer(train_tokenizer([*train, *wordings], config.vocabulary, config.number_digits)).save(out)


if __name__ == "__main__":
    typer.run(recorded(main))
