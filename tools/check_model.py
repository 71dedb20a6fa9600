"""Rules as in `check_combinations`, of the language model: its sizes, its vocabulary, what it can learn."""

import json
from pathlib import Path
from typing import Any

from pipeline.backbones.config import CAUSAL, SIZED, ModelConfig
from pipeline.prompts.config import PromptsConfig, TokenizerConfig, smallest_vocabulary
from pipeline.training.config import TrainingConfig

_MOST_HEADS = 64


def head_width(prompts: PromptsConfig, model: ModelConfig) -> str | None:
    """The heads of the collaborative prompt share d_model; a pretrained backbone brings its own."""
    if prompts.collaborative != "attention":
        return None
    name = "model.d_model"
    width = model.d_model
    if model.backbone not in SIZED:
        name = f"the width of {model.backbone}"
        width = _width_of(model.backbone)
    return undivided(name, width, "prompts.heads", prompts.heads)


def causal_sizes(model: ModelConfig) -> str | None:
    """Rotary positions turn pairs of a head's values; transformers wants its widths to be multiples."""
    if model.backbone not in CAUSAL:
        return None
    if model.d_kv % 2:
        return f"model.d_kv ({model.d_kv}) is odd, and a {model.backbone} turns pairs: use {model.d_kv + 1}"
    return undivided("model.d_model", model.d_model, "model.heads", model.heads)


def predicted_inputs(training: TrainingConfig, model: ModelConfig) -> str | None:
    """Only what reads an input from left to right can predict its items."""
    kind = model.backbone
    if kind not in SIZED:
        kind = str(_config_of(kind).get("model_type", CAUSAL[0]))
    if training.samples != "histories" or kind in CAUSAL:
        return None
    return (
        f"training.samples histories has the items of inputs as targets, and a {kind} sees all of an input "
        f"at once: set training.samples to prefixes, or model.backbone to {' or '.join(CAUSAL)}"
    )


def adapted_model(model: ModelConfig) -> str | None:
    """Adapters stand on a model that knows something."""
    if not model.lora.rank or model.backbone not in SIZED:
        return None
    return (
        f"model.lora.rank ({model.lora.rank}) puts adapters on fresh weights, which would stay as they were "
        f"drawn: use 0, or name a pretrained causal model in model.backbone"
    )


def room_for_words(tokenizer: TokenizerConfig, model: ModelConfig) -> str | None:
    """A scratch vocabulary holds every number piece and character, and words."""
    fewest = smallest_vocabulary(tokenizer.number_digits)
    if model.backbone not in SIZED or tokenizer.vocabulary >= fewest:
        return None
    return (
        f"tokenizer.vocabulary ({tokenizer.vocabulary}) is below {fewest}, what number pieces of "
        f"tokenizer.number_digits ({tokenizer.number_digits}), single characters and 50 words need: raise it "
        f"to {fewest}"
    )


def _config_of(backbone: str) -> dict[str, Any]:
    """Return what config.json of a pretrained model says; nothing where there is none to be read."""
    try:
        found = json.loads((Path(backbone) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _width_of(backbone: str) -> int:
    """Return the width of a pretrained model; 0, which all divide, where nothing says it."""
    found = _config_of(backbone)
    width = found.get("d_model", found.get("hidden_size"))
    return width if isinstance(width, int) else 0


def undivided(name: str, width: int, key: str, heads: int) -> str | None:
    """Say what to do where the heads called `key` can't share the width called `name`."""
    if width % heads == 0:
        return None
    divisors = [count for count in range(1, min(width, _MOST_HEADS) + 1) if width % count == 0]
    fitting = ", ".join(map(str, divisors))
    return f"{name} ({width}) is no multiple of {key} ({heads}): use {fitting} heads"
