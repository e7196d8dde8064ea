import pytest
import torch

from benchmarks import plain_models as plain
from gaitprep.errors import UsageError
from gaitprep.models.registry import build

SMALL = {"channels": (4, 8, 8), "embedding": 6}


def silhouettes(n: int, s: int) -> torch.Tensor:
    return (torch.rand(n, s, 64, 44) > 0.5).float()


def test_shapes_at_the_published_size() -> None:
    output = build("gaitpart").eval()(silhouettes(1, 2))
    assert output.embedding.shape == (1, 128, 16)
    assert output.logits is None


@pytest.mark.parametrize("frames", [1, 2, 3, 6])
def test_equals_the_plain_form(frames: int) -> None:
    torch.manual_seed(frames)
    network = build("gaitpart", **SMALL)
    x = silhouettes(3, frames)
    torch.testing.assert_close(network(x).embedding, plain.gaitpart(network, x).embedding, atol=1e-5, rtol=1e-4)


def test_parts_are_separate() -> None:
    network = build("gaitpart", **SMALL).eval()
    x = silhouettes(1, 4)
    changed = x.clone()
    changed[:, :, 60:] = 1 - changed[:, :, 60:]  # the lowest part of 16
    difference = (network(changed).embedding - network(x).embedding).abs().amax((0, 1))
    assert difference[15] > 0
    assert difference[:12].max() == 0


def test_the_order_of_frames_matters() -> None:
    network = build("gaitpart", **SMALL).eval()
    x = silhouettes(1, 6)
    assert not torch.allclose(network(x).embedding, network(x[:, [2, 0, 1, 5, 3, 4]]).embedding, atol=1e-4)


@pytest.mark.parametrize("sizes", [{"parts": 5}, {"strips": (3, 8)}, {"squeeze": 3}])
def test_impossible_sizes(sizes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        build("gaitpart", **sizes)
