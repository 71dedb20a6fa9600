import torch

from pipeline.recommenders.parts.self_attention import MaskedStream

ITEMS, LENGTH, WIDTH = 5, 4, 6


def model():
    torch.manual_seed(0)
    return MaskedStream(ITEMS, LENGTH, WIDTH, heads=2, layers=1, dropout=0.5).eval()


def test_scores_are_what_stands_at_the_newest_item_times_the_items():
    masked, sequences = model(), torch.tensor([[ITEMS, ITEMS, 3, 1]])
    padding = torch.tensor([[True, True, False, False]])
    state = masked.stream(masked.items(sequences), padding)[0, -1]
    torch.testing.assert_close(
        masked.score_all(torch.tensor([0]), sequences)[0], masked.items.weight[:ITEMS] @ state
    )


def test_encoding_sees_both_sides_but_nothing_of_what_is_masked():
    stream = model()
    masked = torch.tensor([[False, True, False, False]])
    found = [stream.encode(torch.tensor([[0, item, 2, 3]]), masked) for item in (1, 4)]
    torch.testing.assert_close(*found)
    later = stream.encode(torch.tensor([[0, 1, 2, 4]]), masked)
    assert not torch.allclose(found[0][0, 1], later[0, 1])
