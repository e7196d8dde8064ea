import pytest
import torch

from benchmarks import plain_models as plain
from gaitprep.errors import UsageError
from gaitprep.models.registry import build

SMALL = {"channels": (4, 8, 8), "embedding": 6}


def silhouettes(n: int, s: int) -> torch.Tensor:
    return (torch.rand(n, s, 64, 44) > 0.5).float()


def test_shapes_at_the_published_size() -> None:
    output = build("gaitset").eval()(silhouettes(1, 2))
    assert output.embedding.shape == (1, 256, 62)
    assert output.logits is None


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_equals_the_plain_form(frames: int) -> None:
    torch.manual_seed(frames)
    network = build("gaitset", **SMALL)
    x = silhouettes(3, frames)
    torch.testing.assert_close(network(x).embedding, plain.gaitset(network, x).embedding, atol=1e-5, rtol=1e-4)


def test_a_set_has_no_order_and_no_repetition() -> None:
    network = build("gaitset", **SMALL).eval()
    x = silhouettes(2, 5)
    expected = network(x).embedding
    torch.testing.assert_close(network(x[:, [3, 1, 4, 0, 2]]).embedding, expected)
    torch.testing.assert_close(network(x.repeat(1, 2, 1, 1)).embedding, expected)


def test_bins_must_fit() -> None:
    with pytest.raises(UsageError, match="bins"):
        build("gaitset", bins=(16, 5))
