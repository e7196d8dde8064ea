import pytest
import torch

from benchmarks import plain_models as plain
from gaitprep.errors import UsageError
from gaitprep.models.gaitgl import (
    FirstConvolution,
    GaitGL,
    GaitGLConfig,
    GaitGLLargeConfig,
    GlobalLocal,
    aggregate_first,
)
from gaitprep.models.registry import build

SMALL = {"channels": (4, 8, 8, 12), "classes": 5}


def silhouettes(n: int, s: int) -> torch.Tensor:
    return (torch.rand(n, s, 64, 44) > 0.5).float()


def test_shapes_at_the_published_size() -> None:
    output = build("gaitgl", classes=74).eval()(silhouettes(1, 6))
    assert output.embedding.shape == (1, 128, 64)
    assert output.logits.shape == (1, 74, 64)
    assert output.silhouettes is None


def test_the_first_convolution_is_the_3d_convolution() -> None:
    layer = FirstConvolution(6)
    x = torch.randn(2, 5, 8, 7)
    expected = plain.leaky(torch.nn.functional.conv3d(x[:, None], layer.weight, padding=1))
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize("frames", [3, 4, 5, 6, 9])
def test_aggregating_three_frames_at_once_is_convolution_then_aggregation(frames: int) -> None:
    first, aggregation = FirstConvolution(6), torch.nn.Conv3d(6, 4, (3, 1, 1), stride=(3, 1, 1), bias=False)
    x = torch.randn(2, frames, 8, 7)
    expected = plain.leaky(aggregation(first(x)))
    torch.testing.assert_close(aggregate_first(first, aggregation, x), expected)


def test_local_convolution_equals_a_loop_over_strips() -> None:
    torch.manual_seed(0)
    unit = GlobalLocal(3, 5, strips=4)
    x = torch.randn(2, 3, 4, 16, 6)
    torch.testing.assert_close(unit(x), plain.global_local(unit, x))


@pytest.mark.parametrize("architecture", ["gaitgl", "gaitgl-large"])
@pytest.mark.parametrize("frames", [1, 2, 3, 7])
@pytest.mark.parametrize("training", [True, False])
def test_equals_the_plain_form_for_any_number_of_frames(architecture: str, frames: int, training: bool) -> None:
    torch.manual_seed(frames)
    network = build(architecture, **SMALL).train(training)
    x = silhouettes(2, frames)
    result, expected = network(x), plain.gaitgl(network, x)
    torch.testing.assert_close(result.embedding, expected.embedding, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(result.logits, expected.logits, atol=1e-5, rtol=1e-4)


def test_gradients_equal_those_of_the_plain_form() -> None:
    torch.manual_seed(0)
    network = build("gaitgl", **SMALL)
    x = torch.rand(3, 6, 64, 44, requires_grad=True)  # no ties, whose gradients max-pooling may share out
    gradients = []
    for output in (network(x), plain.gaitgl(network, x)):
        loss = output.embedding.square().mean() * 3 + output.logits.exp().mean() + output.embedding[:, 0].mean()
        gradients.append(torch.autograd.grad(loss, [x, *network.parameters()]))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3 * float(theirs.abs().max()) + 1e-9, rtol=1e-3)


def test_the_order_of_frames_matters() -> None:
    network = build("gaitgl", **SMALL).eval()
    x = silhouettes(1, 9)
    assert not torch.allclose(network(x).embedding, network(x.flip(1)).embedding, atol=1e-4)


def test_bfloat16_stays_close() -> None:
    torch.manual_seed(0)
    network = build("gaitgl", **SMALL).eval()
    x = silhouettes(2, 6)
    with torch.no_grad():
        exact = network(x).embedding
        with torch.autocast("cpu", torch.bfloat16):
            rough = network(x).embedding
    assert rough.dtype == torch.float32
    assert (rough - exact).norm() / exact.norm() < 0.02


@pytest.mark.parametrize("shape", [(2, 64, 44), (2, 3, 64, 64), (0, 3, 64, 44), (2, 0, 64, 44)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\[n, s, 64, 44\]"):
        GaitGL(GaitGLConfig(channels=(2, 2, 2, 2), classes=2))(torch.zeros(shape))


def test_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        GaitGL(GaitGLConfig(channels=(2, 2, 2, 2), classes=2))(torch.zeros(1, 3, 64, 44, dtype=torch.uint8))


def test_the_large_size() -> None:
    config = GaitGLLargeConfig()
    assert (config.channels, config.strips, config.convolutions) == ((32, 64, 128, 256), 2, 2)
    names = dict(build("gaitgl-large", channels=(8, 16, 32, 64), classes=5).named_parameters())
    assert len([name for name in names if name.startswith(("a0", "a1", "b2"))]) == 12


@pytest.mark.parametrize("sizes", [{"strips": 7}, {"classes": 0}, {"channels": (1, 2)}, {"channels": "abcd"}])
def test_impossible_sizes(sizes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        build("gaitgl", **sizes)


@pytest.mark.parametrize("frames", [1, 2, 3, 6, 9])
def test_gradients_of_short_clips_are_finite_in_bf16(frames: int) -> None:
    torch.manual_seed(0)
    model = build("gaitgl", classes=4, channels=(8, 16, 32, 32))
    for _ in range(3):  # memory that an earlier step left behind is what made them infinite
        clips = torch.rand(16, frames, 64, 44, requires_grad=True)
        with torch.autocast("cpu", torch.bfloat16):
            output = model(clips)
        output.embedding.square().sum().backward()
        assert all(bool(p.grad.isfinite().all()) for p in model.parameters() if p.grad is not None)
