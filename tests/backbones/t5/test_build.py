from pathlib import Path

import pytest
import torch

from pipeline.backbones.build import build_backbone
from pipeline.backbones.config import ModelConfig
from tests.tiny import tiny_t5


def config(**changes: object) -> ModelConfig:
    values = {
        "backbone": "t5",
        "d_model": 16,
        "d_ff": 32,
        "d_kv": 4,
        "heads": 4,
        "layers": 2,
        "embedding_scale": 1.0,
        "dropout": 0.1,
        "attention_dropout": 0.1,
    }
    return ModelConfig(**(values | changes))


def test_scratch_has_the_configured_sizes() -> None:
    t5 = build_backbone(config(d_model=24, d_ff=40, layers=3), 120, 0, 1).t5
    assert t5.shared.weight.shape == (120, 24)
    assert len(t5.encoder.block) == len(t5.decoder.block) == 3
    assert t5.encoder.block[0].layer[1].DenseReluDense.wi.weight.shape == (40, 24)
    assert t5.config.decoder_start_token_id == 0


def test_attention_dropout_is_set_apart() -> None:
    t5 = build_backbone(config(dropout=0.2, attention_dropout=0.0), 120, 0, 1).t5
    assert t5.encoder.block[1].layer[0].SelfAttention.dropout == 0.0
    assert t5.decoder.block[1].layer[1].EncDecAttention.dropout == 0.0
    assert t5.encoder.block[0].layer[0].dropout.p == 0.2


def test_fresh_embeddings_have_the_configured_scale() -> None:
    for scale in (1.0, 0.1):
        torch.manual_seed(0)
        t5 = build_backbone(config(embedding_scale=scale), 2000, 0, 1).t5
        assert float(t5.shared.weight.detach().std()) == pytest.approx(scale, rel=0.02)
        assert t5.lm_head.weight is t5.shared.weight


def test_a_pretrained_t5_is_read_from_its_folder(tmp_path: Path) -> None:
    source = tiny_t5(seed=5)
    source.save_pretrained(tmp_path)
    t5 = build_backbone(config(backbone=str(tmp_path)), 300, 0, 1).eval().t5
    ids = torch.randint(3, 300, (2, 5))
    torch.testing.assert_close(t5(input_ids=ids, labels=ids).logits, source(input_ids=ids, labels=ids).logits)


def test_a_pretrained_t5_stored_in_half_precision_trains_in_full(tmp_path: Path) -> None:
    tiny_t5().bfloat16().save_pretrained(tmp_path)
    assert build_backbone(config(backbone=str(tmp_path)), 300, 0, 1).t5.dtype == torch.float32


def test_a_pretrained_t5_with_too_few_tokens_is_an_error(tmp_path: Path) -> None:
    tiny_t5().save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="300 token embeddings, the tokenizer 301 tokens"):
        build_backbone(config(backbone=str(tmp_path)), 301, 0, 1)


def test_a_pretrained_t5_that_is_not_there_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # The environment's variable is read once, when the library is imported.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ValueError, match=r"google-t5/no-such.*Give the path of a downloaded folder"):
        build_backbone(config(backbone="google-t5/no-such"), 300, 0, 1)


def test_a_pretrained_t5_learns_symbols_beside_its_own_tokens(tmp_path: Path) -> None:
    source = tiny_t5(seed=5)
    source.save_pretrained(tmp_path)
    torch.manual_seed(0)
    backbone = build_backbone(config(backbone=str(tmp_path)), 310, 0, 1, symbols=10)
    assert backbone.embedding.shape == (310, source.config.d_model)
    assert len(backbone.projection) == 310
    torch.testing.assert_close(backbone.embedding[:300], source.shared.weight)
    assert backbone.description()["sizes"]["vocabulary"] == 310
    torch.manual_seed(0)
    again = build_backbone(config(backbone=str(tmp_path)), 310, 0, 1, symbols=10)
    assert torch.equal(again.embedding, backbone.embedding)


def test_symbols_take_the_rows_that_a_t5_has_to_spare(tmp_path: Path) -> None:
    tiny_t5().save_pretrained(tmp_path)
    assert build_backbone(config(backbone=str(tmp_path)), 300, 0, 1, symbols=10).embedding.shape[0] == 300


def test_a_tokenizer_that_is_larger_by_more_than_symbols_is_anothers(tmp_path: Path) -> None:
    tiny_t5().save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="has 300 token embeddings, the tokenizer 301 tokens"):
        build_backbone(config(backbone=str(tmp_path)), 311, 0, 1, symbols=10)
