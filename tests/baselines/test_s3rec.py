import torch

from pipeline.baselines.methods.s3rec import S3Rec

ITEMS, LENGTH, WIDTH = 5, 4, 6


def model():
    torch.manual_seed(0)
    return S3Rec(ITEMS, LENGTH, WIDTH, heads=2, layers=1, dropout=0.5).eval()


def test_scores_are_what_stands_at_the_newest_item_times_the_items():
    s3rec, sequences = model(), torch.tensor([[ITEMS, ITEMS, 3, 1]])
    padding = torch.tensor([[True, True, False, False]])
    state = s3rec.stream(s3rec.items(sequences), padding)[0, -1]
    torch.testing.assert_close(
        s3rec.score_all(torch.tensor([0]), sequences)[0], s3rec.items.weight[:ITEMS] @ state
    )


def test_encoding_sees_both_sides_but_nothing_of_what_is_masked():
    s3rec = model()
    masked = torch.tensor([[False, True, False, False]])
    found = [s3rec.encode(torch.tensor([[0, item, 2, 3]]), masked) for item in (1, 4)]
    torch.testing.assert_close(*found)
    later = s3rec.encode(torch.tensor([[0, 1, 2, 4]]), masked)
    assert not torch.allclose(found[0][0, 1], later[0, 1])
