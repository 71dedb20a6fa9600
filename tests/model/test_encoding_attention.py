import pytest
import torch

from pipeline.model import encoding_attention
from tests.tiny import tiny_batch, tiny_t5


@pytest.mark.parametrize("block", [1, 700, 1 << 20])
def test_states_are_those_of_the_plain_attention(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding_attention, "_CPU_BLOCK", block)
    t5, batch = tiny_t5(), tiny_batch()
    with torch.no_grad():
        t5.set_attn_implementation("eager")
        wanted = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
        t5.set_attn_implementation(encoding_attention.NAME)
        found = t5.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
    real = batch.mask.bool()
    torch.testing.assert_close(found[real], wanted[real], atol=1e-5, rtol=1e-5)


def test_without_bias_and_mask_it_is_softmax_attention() -> None:
    query, key, value = torch.randn(3, 2, 2, 5, 4).unbind()
    found, weights = encoding_attention.encoding_attention(torch.nn.Module(), query, key, value, None, 0.5)
    wanted = (query @ key.transpose(-1, -2) * 0.5).softmax(-1) @ value
    torch.testing.assert_close(found, wanted.transpose(1, 2))
    assert weights is None
