import pytest
import torch
from torch import Tensor, nn

from benchmarks import plain_models as plain
from gaitprep.models.registry import build
from gaitprep.models.unet import MEAN, STANDARD_DEVIATION, UNet

SMALL = {"channels": (4, 4, 8, 8)}


def small() -> UNet:
    torch.manual_seed(0)
    network = build("unet", **SMALL)
    assert isinstance(network, UNet)
    return network


def images(count: int, side: int = 32) -> Tensor:
    return torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8)


def test_sizes_at_the_published_size() -> None:
    network = build("unet")
    assert sum(parameter.numel() for parameter in network.encoder.parameters()) == 294_480
    assert network.eval()(images(1, 128)).shape == (1, 1, 128, 128)


@pytest.mark.parametrize("training", [True, False])
def test_equals_the_plain_form(training: bool) -> None:
    network = small()
    x = images(3)
    network(x)  # moves the running statistics away from their defaults
    network.train(training)
    torch.testing.assert_close(network(x), plain.unet(network, x), atol=1e-5, rtol=1e-4)


def test_bytes_and_normalised_floats_are_the_same_picture() -> None:
    network = small().eval()
    x = images(2)
    normalised = (x / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STANDARD_DEVIATION)[:, None, None]
    torch.testing.assert_close(network(x), network(normalised), atol=1e-4, rtol=1e-4)


def test_layout_does_not_matter() -> None:
    network = small().eval()
    x = images(2)
    by_pixel = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    torch.testing.assert_close(network(x), network(by_pixel))


def test_gradients_also_flow_where_statistics_are_fixed() -> None:
    network = small()
    x = images(2)
    network(x)
    network.eval()
    parameters = list(network.parameters())
    ours = torch.autograd.grad(network(x).square().sum(), parameters)
    theirs = torch.autograd.grad(plain.unet(network, x).square().sum(), parameters)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, atol=1e-3 * float(b.abs().max()) + 1e-7, rtol=1e-3)


def test_a_step_of_training_is_that_of_the_plain_form() -> None:
    ours, theirs, x = small(), small(), images(3)
    for network in (ours, theirs):
        for name, parameter in network.named_parameters():
            if name.endswith("convolution.bias"):
                nn.init.uniform_(parameter)  # the mean of the batch takes it out, the running mean keeps it
    theirs.load_state_dict(ours.state_dict())
    ours(x).square().sum().backward()
    plain.unet(theirs, x).square().sum().backward()
    largest = max(float(p.grad.abs().max()) for p in theirs.parameters() if p.grad is not None)
    for (name, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert a.grad is not None, name
        assert b.grad is not None, name
        torch.testing.assert_close(a.grad, b.grad, atol=1e-4 * largest, rtol=1e-3, msg=name)
    for name, value in ours.state_dict().items():
        torch.testing.assert_close(value, theirs.state_dict()[name], atol=1e-5, rtol=1e-4, msg=name)


def test_half_frozen_the_encoder_stands_still_and_the_decoder_learns() -> None:
    network = small()
    network(images(2))
    network.freeze_first_half()
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    network(images(4)).square().mean().backward()
    optimiser.step()
    assert all(parameter.grad is None for parameter in network.encoder.parameters())
    assert all(parameter.grad is not None for parameter in network.decoder.parameters())
    for name, value in network.state_dict().items():
        is_still = torch.equal(value, before[name])
        if name.startswith("encoder."):
            assert is_still, name
        elif "running" in name or name == "decoder.last.weight":
            assert not is_still, name


def test_frozen_or_not_the_numbers_of_evaluation_are_the_same() -> None:
    network = small()
    x = images(2)
    network(x)
    expected = network.eval()(x)
    network.freeze_first_half()
    torch.testing.assert_close(network.eval()(x), expected)


def test_bfloat16_stays_close() -> None:
    network = small()
    x = images(2)
    network(x)
    network.eval()
    with torch.no_grad():
        exact = network(x)
        with torch.autocast("cpu", torch.bfloat16):
            rough = network(x)
    assert rough.dtype == torch.float32
    assert (rough - exact).abs().mean() / exact.abs().mean() < 0.05


@pytest.mark.parametrize("shape", [(1, 3, 30, 32), (1, 1, 32, 32), (3, 32, 32)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="multiples of 8"):
        small()(torch.zeros(shape))
