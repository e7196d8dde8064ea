from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torchvision.ops import roi_align

from gaitprep.models.gaitalign import AlignMode, align, box, extent, roi_weights
from gaitprep.models.synthesis import dilate, erode, synthesise
from tests.models.figures import crop, offline, overlap, walker

MODES = get_args(AlignMode)


def rectangle(top: int, bottom: int, left: int, right: int) -> torch.Tensor:
    mask = torch.zeros(1, 128, 128, dtype=torch.bool)
    mask[:, top:bottom, left:right] = True
    return mask


def test_extent_measures_rows_and_the_median_column() -> None:
    masks = torch.cat([rectangle(10, 90, 30, 50), rectangle(0, 128, 0, 128), rectangle(0, 0, 0, 0)])
    masks[0, 5, 35] = True  # one pixel above
    person = extent(masks)
    assert person.top.tolist()[:2] == [5, 0]
    assert person.bottom.tolist()[:2] == [90, 128]
    assert person.centre.tolist()[:2] == [39, 63]
    assert person.present.tolist() == [True, True, False]


@pytest.mark.parametrize("aligned", [True, False])
def test_weights_are_those_of_roi_align(aligned: bool) -> None:
    torch.manual_seed(0)
    image = torch.rand(40, 1, 24, 30)
    low = torch.rand(40, 2) * torch.tensor([40.0, 30.0]) - 8
    boxes = torch.cat([torch.arange(40.0)[:, None], low, low + torch.rand(40, 2) * 50 + 0.05], 1)
    expected = roi_align(image, boxes, (9, 7), aligned=aligned)[:, 0]
    rows = roi_weights(boxes[:, 2], boxes[:, 4], 9, 24, aligned)
    columns = roi_weights(boxes[:, 1], boxes[:, 3], 7, 30, aligned)
    torch.testing.assert_close(rows @ image[:, 0] @ columns.mT, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_values_and_gradients_equal_roi_align_on_the_padded_map(mode: AlignMode) -> None:
    torch.manual_seed(1)
    mask = torch.cat([crop(walker(180, breadth, phase)).tensors()[0] for breadth, phase in ((0.8, 0.3), (1.3, 2.0))])
    ratio = torch.tensor([0.3, 0.8])
    source = (mask * torch.rand(mask.shape)).requires_grad_()
    found = box(mode, extent(mask), ratio, (128, 128), (64, 44))
    corners = torch.stack([torch.arange(2.0), found.left, found.top, found.right, found.bottom], 1)
    padded = F.pad(source[:, None], (found.padding, found.padding, 0, 0))
    expected = roi_align(padded, corners, (64, 44), aligned=found.aligned)[:, 0]
    result = align(source, mask, ratio, mode)
    torch.testing.assert_close(result, expected, atol=2e-5, rtol=0)
    towards = torch.rand(result.shape)
    gradients = [torch.autograd.grad((image * towards).sum(), source)[0] for image in (result, expected)]
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("mode", "least"), [("exact", 0.88), ("paper", 0.83), ("opengait", 0.5)])
def test_against_the_offline_alignment(mode: AlignMode, least: float) -> None:
    rng = np.random.default_rng(0)
    overlaps, ratios = [], []
    for _ in range(60):
        cut = crop(walker(rng.uniform(80, 400), rng.uniform(0.7, 1.6), rng.uniform(0, 2 * np.pi)))
        mask, ratio = cut.tensors()
        overlaps.append(overlap(align(mask.float(), mask, ratio, mode)[0].numpy() > 0.5, cut.silhouette))
        ratios.append(cut.ratio)
    assert min(ratios) < 0.3
    assert max(ratios) > 0.6
    assert np.mean(overlaps) > least


def test_opengait_mode_stretches_narrow_people_and_exact_mode_does_not() -> None:
    cut = crop(walker(300, 0.8, 0.2))
    mask, ratio = cut.tensors()
    area = {mode: float(align(mask.float(), mask, ratio, mode).sum()) for mode in MODES}
    assert area["exact"] == pytest.approx(cut.silhouette.sum(), rel=0.06)
    assert area["opengait"] > 1.2 * area["exact"]


def test_a_silhouette_does_not_depend_on_scale_or_on_the_place_in_the_crop() -> None:
    images = []
    for height, margin, shift in (
        (300, 0.08, (0, 0)),
        (150, 0.2, (0, 0)),
        (300, 0.25, (18, -20)),
        (300, 0.25, (-18, 20)),
    ):
        mask, ratio = crop(walker(height, 1.0, 0.8), margin, shift).tensors()
        images.append(align(mask.float(), mask, ratio)[0].numpy() > 0.5)
    assert all(overlap(images[0], image) > 0.88 for image in images[1:])


def test_every_row_is_filled_and_nothing_leaves_the_unit_interval() -> None:
    cut = crop(walker(250, 1.0, 1.1))
    mask, ratio = cut.tensors()
    image = align(mask.float(), mask, ratio)[0]
    assert (image.amax(1) > 0.4).all()
    assert image.min() >= 0
    assert image.max() <= 1 + 1e-5
    assert offline(walker(250, 1.0, 1.1)).any(1).all()


@pytest.mark.parametrize("mode", MODES)
def test_full_border_touching_and_single_pixel_masks(mode: AlignMode) -> None:
    masks = torch.cat(
        [
            rectangle(0, 128, 0, 128),
            rectangle(0, 128, 0, 30),
            rectangle(40, 128, 100, 128),
            rectangle(127, 128, 127, 128),
            rectangle(0, 1, 0, 128),
        ]
    )
    source = masks.float().requires_grad_()
    image = align(source, masks, torch.tensor([0.25, 0.4, 1.0, 0.5, 0.5]), mode)
    assert image.isfinite().all()
    # Unaligned, one pixel of 128 stays small.
    assert (image.amax((1, 2)) > (0.1 if mode == "none" else 0.2)).all()
    image.sum().backward()
    assert source.grad is not None
    assert source.grad.isfinite().all()


def test_a_person_at_the_left_border_stands_in_the_middle() -> None:
    mask = rectangle(10, 120, 0, 20)
    columns = align(mask.float(), mask, torch.tensor([0.5]))[0].mean(0)
    assert columns[:16].max() == 0
    assert columns[20:24].min() > 0.9
    assert columns[28:].max() == 0


@pytest.mark.parametrize("mode", MODES)
def test_an_empty_mask_gives_zeros_and_zero_gradients(mode: AlignMode) -> None:
    mask = torch.cat([rectangle(0, 0, 0, 0), rectangle(10, 100, 40, 80)])
    source = torch.rand(2, 128, 128, requires_grad=True)
    image = align(source, mask, torch.tensor([0.4, 0.4]), mode)
    assert torch.equal(image[0], torch.zeros(64, 44))
    assert image[1].max() > 0
    (gradient,) = torch.autograd.grad(image.square().sum(), source)
    assert torch.equal(gradient[0], torch.zeros(128, 128))
    assert gradient[1].isfinite().all()


@pytest.mark.parametrize("mode", MODES)
def test_the_gradient_is_that_of_finite_differences(mode: AlignMode) -> None:
    mask = torch.zeros(4, 12, 10, dtype=torch.bool)  # the last one is empty
    mask[0, 2:11, 3:7], mask[1, :, :], mask[2, 0:4, 0:2] = True, True, True
    source = torch.rand(4, 12, 10, dtype=torch.float64, requires_grad=True)
    ratio = torch.tensor([0.3, 0.5, 0.8, 0.4])
    assert align(source, mask, ratio, mode, (8, 6)).dtype == torch.float64
    assert torch.autograd.gradcheck(lambda x: align(x, mask, ratio, mode, (8, 6)), source)


@pytest.mark.parametrize("mode", MODES)
def test_gradients_of_synthetic_silhouettes_flow_through_their_edges_alone(mode: AlignMode) -> None:
    mask, ratio = crop(walker(200, 1.0, 0.9)).tensors()
    logits = (4.0 * mask - 2 + torch.randn(mask.shape)).requires_grad_()
    (gradient,) = torch.autograd.grad(align(synthesise(logits.sigmoid(), mask, 5), mask, ratio, mode).sum(), logits)
    edge = dilate(mask, 5) ^ erode(mask, 5)
    assert (gradient[edge] != 0).float().mean() > 0.9
    assert gradient[~edge].abs().max() == 0


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.integers(-28, 28), st.integers(-28, 28), st.floats(0.25, 1.0))
def test_whole_pixels_of_shift_change_nothing(across: int, down: int, ratio: float) -> None:
    mask = torch.zeros(1, 128, 128, dtype=torch.bool)
    mask[0, 30:98, 46:82] = torch.rand(68, 36, generator=torch.Generator().manual_seed(1)) > 0.3
    moved = mask.roll((down, across), (1, 2))
    images = [align(m.float(), m, torch.tensor([ratio])) for m in (mask, moved)]
    torch.testing.assert_close(*images, atol=2e-5, rtol=0)


def test_gradients_stay_inside_the_box() -> None:
    mask = rectangle(30, 90, 50, 80)
    source = torch.rand(1, 128, 128, requires_grad=True)
    (gradient,) = torch.autograd.grad(align(source, mask, torch.tensor([1.0])).sum(), source)
    found = box("exact", extent(mask), torch.tensor([1.0]), (128, 128), (64, 44))
    assert (gradient[0, 32:88, 50:80] > 0).all()
    assert gradient[0, :28].abs().max() == 0
    assert gradient[0, :, : int(found.left) - 2].abs().max() == 0


def test_autocast_does_not_touch_it() -> None:
    mask, ratio = crop(walker(200, 1.0, 0.5)).tensors()
    source = mask * torch.rand(mask.shape)
    with torch.autocast("cpu", torch.bfloat16):
        image = align(source, mask, ratio)
    assert torch.equal(image, align(source, mask, ratio))


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_ratio_is_an_error(ratio: float) -> None:
    with pytest.raises(ValueError, match="ratio"):
        align(torch.zeros(1, 128, 128), rectangle(1, 5, 1, 5), torch.tensor([ratio]))
