import json

import pytest
import torch

from gaitprep.errors import UsageError
from gaitprep.models.registry import ARCHITECTURES, build, classes_of, configure, sizes_of

PARAMETERS = {
    "unet": 537_425,
    "gaitgl": 3_096_673,
    "gaitset": 2_594_592,
    "gaitpart": 1_204_000,
    "gaitgl-e2e": 3_634_098,
    "gaitedge": 3_634_098,
}


@pytest.mark.parametrize(("architecture", "count"), PARAMETERS.items())
def test_parameter_counts(architecture: str, count: int) -> None:
    network = build(architecture)
    assert sum(parameter.numel() for parameter in network.parameters()) == count
    assert network.config.architecture == architecture


def test_parameter_count_of_the_large_size() -> None:
    # Convolutions 1→32→32, LTA, three stages of (in→out, out→out) twice, GeM, two heads and the batch normalisation.
    stages = sum(2 * 27 * (a * b + b * b) for a, b in ((32, 64), (64, 128), (128, 256)))
    expected = 27 * 32 + 27 * 32 * 32 + 3 * 32 * 32 + stages + 1 + 64 * 256 * (256 + 10) + 2 * 256
    assert sum(parameter.numel() for parameter in build("gaitgl-large", classes=10).parameters()) == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_sizes_survive_json(architecture: str) -> None:
    config = configure(architecture)
    assert configure(architecture, **json.loads(json.dumps(sizes_of(config)))) == config


def test_end_to_end_takes_the_sizes_of_its_parts() -> None:
    config = configure(
        "gaitedge", recogniser="gaitset", embedding=32, unet_channels=[4, 4, 8, 8], kernel_size=5, align="paper"
    )
    sizes = sizes_of(config)
    assert sizes["recogniser"] == "gaitset"
    assert sizes["embedding"] == 32
    assert sizes["unet_channels"] == (4, 4, 8, 8)
    assert sizes["kernel_size"] == 5
    assert configure("gaitedge", **sizes) == config


def test_number_of_classes() -> None:
    assert classes_of(configure("gaitgl", classes=9)) == 9
    assert classes_of(configure("gaitedge", classes=9)) == 9
    assert classes_of(configure("gaitset")) is None
    assert classes_of(configure("unet")) is None


def test_convolutions_are_channels_last() -> None:
    network = build("gaitedge", channels=(4, 4, 8, 8))
    assert network.segmenter.decoder.ups[0].convolution.weight.is_contiguous(memory_format=torch.channels_last)
    assert network.recogniser.lta.weight.is_contiguous(memory_format=torch.channels_last_3d)


def test_equal_seeds_give_equal_weights() -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(7)
        states.append(build("gaitpart", channels=(4, 8, 8)).state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(
    ("architecture", "sizes", "message"),
    [
        ("gaitnet", {}, "gaitgl-large"),
        ("gaitset", {"classes": 4}, "no size called classes"),
        ("gaitedge", {"recogniser": "unet"}, "gaitpart"),
        ("gaitgl-e2e", {"kernel_size": 3}, "kernel_size"),
        ("unet", {"channels": (4,)}, "2 to 7 numbers"),
    ],
)
def test_what_does_not_exist(architecture: str, sizes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        build(architecture, **sizes)
