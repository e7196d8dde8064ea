import pytest
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks import plain_models as plain
from gaitprep.models.layers import (
    ConvolutionBlock,
    GeneralisedMeanRows,
    SeparateLinear,
    max_pool_frames,
    pyramid_pooling,
    to_channels_last,
)


def test_max_pooling_of_frames_is_max_pooling_in_3d() -> None:
    x = torch.rand(2, 3, 4, 6, 8)
    assert torch.equal(max_pool_frames(x), F.max_pool3d(x, (1, 2, 2)))


@pytest.mark.parametrize("strips", [1, 2, 4])
def test_a_focal_block_equals_a_loop_over_strips(strips: int) -> None:
    torch.manual_seed(0)
    block = ConvolutionBlock(3, 8, kernel=3, strips=strips)
    x = torch.randn(5, 3, 8, 6)
    torch.testing.assert_close(block(x), plain.block(block, x))
    if strips > 1:
        whole = ConvolutionBlock(3, 8)
        whole.load_state_dict(block.state_dict())
        assert not torch.allclose(whole(x), block(x))


def test_every_part_has_its_own_matrix() -> None:
    layer = SeparateLinear(3, 4, 5)
    x = torch.randn(2, 4, 3)
    torch.testing.assert_close(layer(x), plain.separate_linear(layer, x))
    changed = x.clone()
    changed[:, :, 1] += 1
    difference = (layer(changed) - layer(x)).abs().amax((0, 1))
    assert difference[1] > 0
    assert difference[[0, 2]].max() == 0


def test_gem_goes_from_mean_to_maximum_and_survives_zeros() -> None:
    x = torch.rand(2, 3, 4, 50) + 0.1
    pool = GeneralisedMeanRows()
    assert pool.power.item() == 6.5
    with torch.no_grad():
        pool.power.fill_(1.0)
        torch.testing.assert_close(pool(x), x.mean(-1))
        pool.power.fill_(60.0)
        torch.testing.assert_close(pool(x), x.amax(-1), rtol=0.1, atol=0)
    empty = torch.zeros(1, 1, 1, 5, requires_grad=True)
    GeneralisedMeanRows()(empty).sum().backward()
    assert empty.grad is not None
    assert empty.grad.isfinite().all()


def test_pyramid_pooling_sums_mean_and_maximum_of_each_bin() -> None:
    x = torch.rand(2, 3, 8, 5)
    torch.testing.assert_close(pyramid_pooling(x, (4, 2, 1)), plain.pyramid(x, (4, 2, 1)))
    assert pyramid_pooling(x, (4, 2, 1)).shape == (2, 3, 7)


def test_channels_last_changes_layout_and_not_values() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    weight = network[0].weight.clone()
    to_channels_last(network)
    assert network[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(network[0].weight, weight)
