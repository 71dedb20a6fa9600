"""Training in bf16 against training in fp32, on every backbone."""

import numpy as np
import pytest
import torch

from pipeline.runtime.device import Runtime
from pipeline.training.gradients import Gradients
from tests.tiny import BACKBONES, tiny_batch, tiny_model


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("name", BACKBONES)
def test_bf16_training_follows_the_fp32_loss_curve(name: str, dropout: float) -> None:
    curves = []
    for autocast in (None, torch.bfloat16):
        model = tiny_model(name=name, dropout=dropout)
        model.prepare_training(torch.device("cpu"))
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
        runtime = Runtime(torch.device("cpu"), autocast)
        gradients = Gradients(model.train(), list(model.parameters()), runtime)
        losses = []
        for step in range(40):
            losses.append(gradients.compute(tiny_batch(step % 3), np.random.default_rng(step)))
            optimizer.step()
        curves.append(np.array(losses))
    assert curves[0][-1] < 0.8 * curves[0][0]
    assert np.abs(curves[1] - curves[0]).max() < 0.05 * curves[0][0]
