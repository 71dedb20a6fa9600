import pytest
import torch

from pipeline.backbones.t5.cpu import packed_encoding
from tests.tiny import WIDTH, tiny_t5


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([3, 9, 3, 1, 12, 9])
    return torch.randn(6, 14, WIDTH), (torch.arange(14) < lengths[:, None]).long()


@pytest.mark.parametrize("changes", [{}, {"feed_forward_proj": "gated-gelu"}])
@pytest.mark.parametrize("tokens", [1, 30, 1 << 20])
def test_states_are_those_of_the_t5_s_own_encoder(
    tokens: int, changes: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_encoding, "_TOKENS", tokens)
    t5 = tiny_t5(**changes)
    embeddings, mask = inputs()
    with torch.no_grad():
        wanted = t5.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state
    found = packed_encoding.encode_packed(t5, embeddings, mask)
    torch.testing.assert_close(found, wanted * mask[..., None], atol=1e-5, rtol=1e-5)


def test_in_bf16_states_are_as_near_to_those_of_fp32_as_the_t5_s_own() -> None:
    t5 = tiny_t5()
    embeddings, mask = inputs()
    real = mask > 0
    with torch.no_grad():
        exact = t5.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state[real]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            own = t5.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state[real]
            found = packed_encoding.encode_packed(t5, embeddings, mask)
    assert found.dtype == torch.float32
    assert not found[~real].any()
    off, theirs = ((states.float() - exact).abs().mean() for states in (found[real], own))
    assert 0 < off < 1.5 * theirs
