"""The model card of a checkpoint: what it is, what it was trained on, what it is for and what it isn't."""

from pathlib import Path

from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig

_CARD = Path(__file__).with_name("card.md")


def model_card(model: PeaPOD, prompts: PromptsConfig) -> str:
    """Return the card as Markdown; same model, same text. Figures are known only later (stage `report`)."""
    t5 = model.t5.config
    rows = [
        ("parameters", f"{sum(parameter.numel() for parameter in model.parameters()):,}"),
        ("T5 layers", f"{t5.num_layers} encoder, {t5.num_decoder_layers} decoder"),
        ("width", f"{t5.d_model}; feed-forward {t5.d_ff}; {t5.num_heads} heads of {t5.d_kv}"),
        ("vocabulary", f"{t5.vocab_size:,} pieces"),
        ("task prompt", f"{prompts.task_length} vectors a task" if prompts.task else "none"),
        ("collaborative prompt", _collaborative(prompts)),
        ("longest history", f"{prompts.history} items"),
    ]
    if model.user_context is not None:
        users, width = model.user_context.vectors.shape
        rows.append(("users", f"{users:,}, embeddings of {width} values"))
        rows.append(("similar users a user", f"{model.user_context.neighbours.shape[1]}"))
    table = ["| what | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    return _CARD.read_text(encoding="utf-8").format(parameters="\n".join(table))


def _collaborative(prompts: PromptsConfig) -> str:
    if prompts.collaborative == "none":
        return "none"
    heads = f" of {prompts.heads} heads" if prompts.collaborative == "attention" else ""
    return f"{prompts.length} vectors, {prompts.collaborative}{heads}"
