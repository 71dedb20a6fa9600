import pytest

from benchmarks.shapes import PROMPTS, build_model, t5_of
from pipeline.model.assembly import user_context_of
from pipeline.model.checkpoint import save_checkpoint
from tests.tiny import USERS, tiny_model


def test_d128_is_the_shape_of_the_issue():
    model = build_model("d128", 25)
    config = t5_of(model).config
    assert (config.d_model, config.d_ff, config.num_layers, config.num_heads, config.d_kv) == (
        128,
        512,
        3,
        4,
        32,
    )
    assert config.vocab_size == 32_128
    assert user_context_of(model).vectors.shape == (25, 512)
    assert user_context_of(model).neighbours.shape == (25, 20)


def test_a_checkpoint_is_a_shape_too(tmp_path):
    save_checkpoint(tmp_path, tiny_model(), PROMPTS.model_copy(update={"whole_words": 64}))
    assert t5_of(build_model(str(tmp_path), USERS)).config.d_model == 16
    with pytest.raises(ValueError, match="the checkpoint knows 12 users, the data has 13"):
        build_model(str(tmp_path), USERS + 1)


def test_neither_shape_nor_folder(tmp_path):
    with pytest.raises(ValueError, match="one of d128, t5-small or a checkpoint folder wanted"):
        build_model(str(tmp_path / "absent"), 5)
