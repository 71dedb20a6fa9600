import pytest
import torch

from pipeline.model import packed_encoding
from tests.tiny import WIDTH, tiny_t5


@pytest.mark.parametrize("changes", [{}, {"feed_forward_proj": "gated-gelu"}])
@pytest.mark.parametrize("tokens", [1, 30, 1 << 20])
def test_states_are_those_of_the_t5_s_own_encoder(
    tokens: int, changes: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_encoding, "_TOKENS", tokens)
    t5 = tiny_t5(**changes)
    lengths = torch.tensor([3, 9, 3, 1, 12, 9])
    mask = (torch.arange(14) < lengths[:, None]).long()
    embeddings = torch.randn(6, 14, WIDTH)
    with torch.no_grad():
        wanted = t5.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state
    found = packed_encoding.encode_packed(t5, embeddings, mask)
    torch.testing.assert_close(found, wanted * mask[..., None], atol=1e-5, rtol=1e-5)
