"""A prompt part of one's own: a file, its line where the model is put together, its parameter."""

import json
from pathlib import Path

from tests.contracts.toys import changed_files, copy_code, replace_once, run_python

TOY = '''"""Toy: one learned vector that says how long the text is."""

import torch
from torch import nn

from pipeline.model.parts.base import Part
from pipeline.prompts.batches import Batch


class LengthPrompt(Part):
    """A learned vector, [D], times the number of tokens."""

    def __init__(self, width: int) -> None:
        """Start with ones."""
        super().__init__()
        self.vector = nn.Parameter(torch.ones(width))

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return a vector for each sample, [B, 1, D]."""
        return batch.mask.sum(1)[:, None, None] * self.vector
'''

TRY = """
import json
import sys
from pathlib import Path

from pipeline.model.checkpoint import load_checkpoint, save_checkpoint
from tests.tiny import prompts_config, tiny_batch, tiny_model

model = tiny_model(toy=True)
batch = tiny_batch()
loss, tokens = model.loss(batch)
loss.backward()
folder = Path(sys.argv[1])
save_checkpoint(folder, model, prompts_config(toy=True))
restored = load_checkpoint(folder)
print(json.dumps({
    "vectors": model.embed(batch).vectors.shape[1] - tiny_model().embed(batch).vectors.shape[1],
    "gradient": float(model.prompts["toy"].vector.grad.abs().sum()),
    "restored": sorted(name for name in restored.state_dict() if name.startswith("prompts.toy")),
}))
"""


def add_toy(code: Path) -> None:
    (code / "pipeline/model/parts/toy.py").write_text(TOY, encoding="utf-8")
    assembly = code / "pipeline/model/assembly.py"
    replace_once(
        assembly,
        "from pipeline.model.parts.user_context",
        "from pipeline.model.parts.toy import LengthPrompt\nfrom pipeline.model.parts.user_context",
    )
    replace_once(
        assembly,
        '        parts["collaborative"] = collaborative\n',
        '        parts["collaborative"] = collaborative\n'
        "    if prompts.toy:\n"
        '        parts["toy"] = LengthPrompt(backbone.width)\n',
    )
    replace_once(
        code / "pipeline/prompts/config.py",
        "    task: bool = True\n",
        "    toy: bool = False\n\n    task: bool = True\n",
    )


def test_a_toy_part_takes_three_files_and_is_learned_saved_and_restored(tmp_path: Path) -> None:
    code = copy_code(tmp_path / "code", "pipeline")
    add_toy(code)
    assert changed_files(code) == {
        "pipeline/model/parts/toy.py",
        "pipeline/model/assembly.py",
        "pipeline/prompts/config.py",
    }
    found = json.loads(run_python(code, "-c", TRY, str(tmp_path / "checkpoint")))
    assert found["vectors"] == 1
    assert found["gradient"] > 0
    assert found["restored"] == ["prompts.toy.vector"]
