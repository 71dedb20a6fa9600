"""A checkpoint: weights as safetensors, everything else as JSON, read back strictly."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save

from pipeline.artifacts import ArtifactError, atomic_folder, read_json, write_json
from pipeline.backbones.base import Backbone
from pipeline.backbones.build import restore_backbone
from pipeline.model.assembly import assemble, user_context_of
from pipeline.model.parts.behaviour import Behaviour
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
FORMAT = 3


def save_checkpoint(folder: Path, model: PeaPOD, prompts: PromptsConfig) -> None:
    """Write `model` as the folder `folder`: `model.safetensors` and `config.json`, both or none.

    Tied weights are stored once. Same weights, same bytes.
    """
    context = user_context_of(model)
    behaviour = dict(model.fillers).get("behaviour")
    config = {
        "format": FORMAT,
        "backbone": model.backbone.description(),
        "prompts": prompts.model_dump(),
        "users": None if context is None else list(context.vectors.shape),
        "neighbours": None if context is None else list(context.neighbours.shape),
    }
    if isinstance(behaviour, Behaviour):
        config["items"] = list(behaviour.vectors.shape)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in _tensors(model).items()}
    with atomic_folder(folder) as temporary:
        # Not save_file: its own exceptions would hide that the disk is full.
        (temporary / WEIGHTS).write_bytes(save(tensors))
        write_json(temporary / CONFIG, config)


def load_checkpoint(folder: Path) -> PeaPOD:
    """Read a model written by `save_checkpoint`, on the CPU, in evaluation mode.

    Raises ArtifactError naming the file when one is missing or damaged, or when weights and configuration
    don't have exactly the same tensors and shapes.
    """
    model = _empty_model(folder / CONFIG)
    path = folder / WEIGHTS
    try:
        stored = load_file(path)
    except FileNotFoundError:
        raise ArtifactError(f"{path}: no such file; run the train stage (dvc repro train)") from None
    except Exception as error:
        # safetensors has an exception type of its own for a damaged header.
        raise ArtifactError(f"{path}: not a safetensors file: {error}") from error
    wanted = _tensors(model)
    _check_names(path, set(stored), set(wanted))
    with torch.no_grad():
        for name, tensor in wanted.items():
            if tensor.shape != stored[name].shape or tensor.dtype != stored[name].dtype:
                raise ArtifactError(
                    f"{path}: {name} is {stored[name].dtype} {tuple(stored[name].shape)}, "
                    f"{tensor.dtype} {tuple(tensor.shape)} wanted"
                )
            tensor.copy_(stored[name])
    return model.eval()


def read_prompts(folder: Path) -> PromptsConfig:
    """Return the prompts that the model of a folder, which `load_checkpoint` reads, was trained with."""
    return _prompts(read_json(folder / CONFIG)["prompts"])


def _prompts(stored: dict[str, Any]) -> PromptsConfig:
    # As JSON, which has lists in place of tuples.
    return PromptsConfig.model_validate_json(json.dumps(stored))


def _tensors(model: PeaPOD) -> dict[str, torch.Tensor]:
    """Every parameter that is trained, and every table, once, under its first name."""
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    kept = model.state_dict().keys()
    return trained | {name: table for name, table in model.named_buffers() if name in kept}


def _empty_model(path: Path) -> PeaPOD:
    config: dict[str, Any] = read_json(path)
    try:
        if config["format"] != FORMAT:
            raise ArtifactError(f"{path}: checkpoint format {config['format']!r} found, {FORMAT} wanted")
        users = config["users"] or [0, 1]
        neighbours = config["neighbours"] or [0, 1]
        items = torch.zeros(config["items"]) if "items" in config else None
        backbone = _restored(path, config["backbone"])
        prompts = _prompts(config["prompts"])
    except (KeyError, TypeError) as error:
        raise ArtifactError(f"{path}: not a PeaPOD checkpoint's configuration: {error!r}") from None
    similar = torch.zeros(neighbours, dtype=torch.int32)
    return assemble(backbone, prompts, torch.zeros(users), similar, items)


def _restored(path: Path, description: dict[str, Any]) -> Backbone:
    try:
        return restore_backbone(description)
    except ValueError as error:
        raise ArtifactError(f"{path}: {error}") from None


def _check_names(path: Path, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        raise ArtifactError(
            f"{path}: tensors don't fit the configuration; missing {sorted(wanted - found)[:5]}, "
            f"unexpected {sorted(found - wanted)[:5]}"
        )
