"""Low-rank adapters on a frozen language model (Hu et al., 2022), by peft."""

import hashlib
from typing import Any

import torch
from peft import LoraConfig as PeftConfig
from peft import inject_adapter_in_model
from torch import nn

from pipeline.backbones.config import LoraConfig


def add_adapters(llm: Any, settings: LoraConfig) -> None:
    """Freeze a model and put adapters on its linear layers; at first they change nothing.

    The adapters' weights draw from torch's generator. Raises ValueError where a target names no layer.
    """
    linear = {name.split(".")[-1] for name, part in llm.model.named_modules() if isinstance(part, nn.Linear)}
    unknown = sorted(set(settings.targets) - linear)
    if unknown:
        raise ValueError(
            f"model.lora.targets names {', '.join(unknown)}; linear layers of the model are "
            f"{', '.join(sorted(linear))}"
        )
    peft = PeftConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=list(settings.targets),
    )
    # It freezes all that is no adapter.
    inject_adapter_in_model(peft, llm)


@torch.no_grad()
def weights_hash(llm: nn.Module) -> str:
    """Return the SHA-256 of a model's weights, by name; the same for every file format that holds them."""
    digest = hashlib.sha256()
    for name, weight in sorted(llm.state_dict().items()):
        values = weight.contiguous().view(torch.uint8).cpu().numpy() if weight.ndim else weight.cpu().numpy()
        digest.update(f"{name} {tuple(weight.shape)} {weight.dtype}\n".encode())
        digest.update(values)
    return digest.hexdigest()
