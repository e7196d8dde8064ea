from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from gaitprep.models.winograd import convolve_mixed, interleave, mix_frames


def convolve(x: Tensor, weight: Tensor, strips: int = 1) -> Tensor:
    return interleave(*convolve_mixed(mix_frames(x), weight, strips), x.shape[2])


def of_strips(x: Tensor, weight: Tensor, strips: int) -> Tensor:
    return torch.cat([F.conv3d(strip, weight, padding=1) for strip in x.chunk(strips, 3)], 3)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3), st.integers(1, 7), st.sampled_from([1, 2, 4]), st.integers(1, 5), st.integers(0, 9))
def test_it_is_the_convolution_of_each_strip(n: int, frames: int, strips: int, width: int, seed: int) -> None:
    torch.manual_seed(seed)
    x = torch.randn(n, 3, frames, 8, width, dtype=torch.float64)
    weight = torch.randn(5, 3, 3, 3, 3, dtype=torch.float64)
    torch.testing.assert_close(convolve(x, weight, strips), of_strips(x, weight, strips))


def test_a_strip_does_not_see_its_neighbours() -> None:
    x = torch.zeros(1, 1, 3, 8, 5)
    x[:, :, :, 3] = 1
    y = convolve(x, torch.ones(1, 1, 3, 3, 3), strips=2)
    assert y[0, 0, 1, 2:4].min() > 0
    assert y[0, 0, :, 4:].abs().max() == 0


@pytest.mark.parametrize("frames", [1, 4, 5])
def test_gradients_are_those_of_the_convolution(frames: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, frames, 8, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 3, 3, 3, 3, dtype=torch.float64, requires_grad=True)
    ours, theirs = (torch.autograd.grad(f(x, weight, 2).sin().sum(), [x, weight]) for f in (convolve, of_strips))
    for mine, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, expected)


def test_in_bfloat16_it_rounds_little_more_than_the_convolution() -> None:
    torch.manual_seed(0)
    x, weight = torch.randn(2, 16, 10, 8, 11), torch.randn(16, 16, 3, 3, 3) / 20
    exact = F.conv3d(x, weight, padding=1)
    with torch.autocast("cpu", torch.bfloat16):
        errors = [(y.float() - exact).norm() for y in (convolve(x, weight), F.conv3d(x, weight, padding=1))]
    assert errors[0] < 2.5 * errors[1]


def test_the_result_is_channels_last_like_its_input() -> None:
    x = torch.randn(2, 3, 6, 8, 4).to(memory_format=torch.channels_last_3d)
    assert convolve(x, torch.randn(6, 3, 3, 3, 3)).is_contiguous(memory_format=torch.channels_last_3d)
