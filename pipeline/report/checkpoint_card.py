"""The part of the model card that a checkpoint knows of itself: what it is, what for, and what not."""

from pathlib import Path

from pipeline.report.documents import Document

_CARD = Path(__file__).with_name("card.md")


def checkpoint_card(config: Document, parameters: float) -> str:
    """Return the card as Markdown; same model, same text.

    `config` is the checkpoint's config.json, `parameters` how many the model has. Raises ReportError when the
    file lacks a field.
    """
    backbone = config.section("backbone")
    sizes = backbone.section("sizes")
    prompts = config.section("prompts")
    rows = [
        ("parameters", f"{parameters:,}"),
        ("backbone", str(backbone.get("name"))),
        ("layers", f"{sizes.number('layers')}"),
        ("width", f"{sizes.number('width')}; feed-forward {sizes.number('feed_forward')}; {_heads(sizes)}"),
        ("vocabulary", f"{sizes.number('vocabulary'):,} pieces"),
        ("task prompt", f"{prompts.number('task_length')} vectors a task" if prompts.get("task") else "none"),
        ("collaborative prompt", _collaborative(prompts)),
        ("longest history", f"{prompts.number('history')} items"),
    ]
    if config.get("users") is not None:
        users, width = config.get("users")
        rows.append(("users", f"{users:,}, embeddings of {width} values"))
        rows.append(("similar users a user", f"{config.get('neighbours')[1]}"))
    table = ["| what | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    return _CARD.read_text(encoding="utf-8").format(parameters="\n".join(table))


def _heads(sizes: Document) -> str:
    return f"{sizes.number('heads')} heads of {sizes.number('head_width')}"


def _collaborative(prompts: Document) -> str:
    kind = prompts.get("collaborative")
    if kind == "none":
        return "none"
    heads = f" of {prompts.number('heads')} heads" if kind == "attention" else ""
    return f"{prompts.number('length')} vectors, {kind}{heads}"
