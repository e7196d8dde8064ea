import torch

from gaitprep.models.masks import binary_mask, mask_probability


def test_bytes_floats_and_bools_say_the_same() -> None:
    truth = torch.tensor([[True, False], [False, True]])
    for mask in (truth, truth.float(), truth.byte() * 255, truth.byte()):
        assert torch.equal(binary_mask(mask), truth)
        assert torch.equal(mask_probability(mask), truth.float())


def test_grey_is_divided_at_half() -> None:
    assert binary_mask(torch.tensor([0, 127, 128, 255], dtype=torch.uint8)).tolist() == [False, False, True, True]
    assert binary_mask(torch.tensor([0.0, 0.5, 0.51])).tolist() == [False, False, True]


def test_an_empty_mask_stays_empty() -> None:
    assert not binary_mask(torch.zeros(2, 2, dtype=torch.uint8)).any()
