import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gaitprep.errors import UsageError
from gaitprep.models.synthesis import dilate, erode, synthesise

MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20))
SIZES = st.sampled_from([3, 5, 7, 9])


@settings(deadline=None, max_examples=150)
@given(MASKS, SIZES)
def test_dilation_and_erosion_are_those_of_opencv(mask: np.ndarray, size: int) -> None:
    element, picture = np.ones((size, size), np.uint8), mask.astype(np.uint8)
    grown = cv2.dilate(picture, element, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    shrunk = cv2.erode(picture, element, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    tensor = torch.from_numpy(mask)[None]
    np.testing.assert_array_equal(dilate(tensor, size)[0].numpy(), grown.astype(bool))
    np.testing.assert_array_equal(erode(tensor, size)[0].numpy(), shrunk.astype(bool))


@settings(deadline=None, max_examples=50)
@given(MASKS, SIZES)
def test_equation_1_and_its_gradient(mask: np.ndarray, size: int) -> None:
    element, picture = np.ones((size, size), np.uint8), mask.astype(np.uint8)
    interior = cv2.erode(picture, element, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    edge = interior ^ cv2.dilate(picture, element, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    probability = torch.rand(mask.shape, requires_grad=True)
    result = synthesise(probability[None], torch.from_numpy(mask)[None], size)[0]
    expected = torch.from_numpy(edge) * probability + torch.from_numpy(interior)
    torch.testing.assert_close(result, expected)
    (gradient,) = torch.autograd.grad(result.sum(), probability)
    np.testing.assert_array_equal(gradient.numpy(), edge.astype(np.float32))


@pytest.mark.parametrize("size", [3, 5, 7, 9])
def test_the_gradient_is_that_of_finite_differences(size: int) -> None:
    mask = torch.rand(2, 9, 11, generator=torch.Generator().manual_seed(size)) > 0.2
    probability = torch.rand(2, 9, 11, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p: synthesise(p, mask, size), probability)


def test_full_and_empty_masks_have_no_edge() -> None:
    probability = torch.rand(2, 12, 12)
    masks = torch.stack([torch.ones(12, 12), torch.zeros(12, 12)]).bool()
    assert torch.equal(synthesise(probability, masks, 9), masks.float())


def test_a_mask_at_the_border_is_not_eaten_from_outside() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.bool)
    mask[:, :4] = True
    assert erode(mask, 3)[0, 0].all()
    assert not erode(mask, 3)[0, 3].any()


@pytest.mark.parametrize("size", [0, 2, 4, -1])
def test_an_element_needs_a_centre(size: int) -> None:
    with pytest.raises(UsageError, match="odd"):
        dilate(torch.zeros(1, 4, 4, dtype=torch.bool), size)
