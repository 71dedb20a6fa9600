"""Stage `tokenizer`: train a tokenizer on train text and prompts, or take the pretrained T5's own."""

from pathlib import Path

import pyarrow.compute as pc
import typer

from pipeline.artifacts import read_table
from pipeline.model.backbone import SCRATCH
from pipeline.model.config import ModelConfig
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
def main(root: Path = Path()) -> None:
    """Write the folder models/tokenizer below `root`."""
    settings = read_params(Params, root / "params.yaml")
    out = root / "models/tokenizer"
    if settings.model.backbone != SCRATCH:
        PromptTokenizer(load_pretrained_tokenizer(settings.model.backbone)).save(out)
        return
    explanations = root / "data/explanations/explanations.parquet"
    table = read_table(explanations, EXPLANATIONS, ["explanation", "split"])
    train = table.filter(pc.equal(table["split"], "train"))["explanation"].to_pylist()
    templates = read_templates(Path(settings.prompts.templates))
    wordings = [" ".join(template.words) for task in templates.values() for template in task]
    config = settings.tokenizer
    PromptTokenizer(train_tokenizer([*train, *wordings], config.vocabulary, config.number_digits)).save(out)


if __name__ == "__main__":
    typer.run(recorded(main))
