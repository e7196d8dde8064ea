"""What the released framework calls the tensors of our networks.

One of our tensors is one of theirs, but for GaitPart's temporal networks: theirs is a module per part, ours the
grouped convolution that the modules make when stacked along the first axis.
"""

from __future__ import annotations

from gaitprep.models.gaitedge import EndToEndConfig
from gaitprep.models.gaitgl import GaitGLConfig
from gaitprep.models.gaitpart import GaitPartConfig
from gaitprep.models.gaitset import GaitSetConfig
from gaitprep.models.registry import Config
from gaitprep.models.unet import UNetConfig

BACKBONE = "Backbone."
"""Before the names of a U-Net that is part of an end-to-end network, or that was trained as one alone."""

_TEMPORAL = {"motion3": "conv1d3x1", "motion5": "conv1d3x3"}
_GLOBAL_LOCAL = {"whole": "global_conv3d", "local": "local_conv3d"}


def released_names(own: str, config: Config) -> list[str]:
    """The released names of a tensor of ours; more than one are stacked along the first axis.

    Args:
        own: its name in our state dict.
        config: of the network.
    """
    path = own.split(".")
    match config:
        case UNetConfig():
            return [_unet(path)]
        case GaitGLConfig():
            return [_gaitgl(path, config)]
        case GaitSetConfig():
            return [_gaitset(path)]
        case GaitPartConfig():
            return _gaitpart(path, config)
        case EndToEndConfig():
            if path[0] == "segmenter":
                return [BACKBONE + _unet(path[1:])]
            return released_names(own.removeprefix("recogniser."), config.recogniser)
    raise _unknown(path)


def _unet(path: list[str]) -> str:
    match path:
        case ["encoder", "blocks", level, *layer]:
            return f"Conv{int(level) + 1}.conv.{_layer_of_block(layer)}"
        case ["decoder", "ups", step, kind, value]:
            return f"Up{4 - int(step)}.up.{1 if kind == 'convolution' else 2}.{value}"
        case ["decoder", "blocks", step, *layer]:
            return f"Up_conv{4 - int(step)}.conv.{_layer_of_block(layer)}"
        case ["decoder", "last", value]:
            return f"Conv_1x1.{value}"
    raise _unknown(path)


def _layer_of_block(layer: list[str]) -> str:
    place, kind, value = layer
    # Convolution, norm, ReLU, twice: the ReLUs have places in the sequence but no tensors.
    position = {"first": 0, "second": 3}[place] + {"convolution": 0, "norm": 1}[kind]
    return f"{position}.{value}"


def _gaitgl(path: list[str], config: GaitGLConfig) -> str:
    match path:
        case ["conv3d", index, "weight"]:
            return f"conv3d.{2 * int(index)}.conv3d.weight"
        case ["lta", "weight"]:
            return "LTA.0.conv3d.weight"
        case [("a0" | "a1" | "b2") as stage, index, kind, "weight"]:
            place = f".{index}" if config.convolutions > 1 else ""
            return f"GLConv{stage.upper()}{place}.{_GLOBAL_LOCAL[kind]}.conv3d.weight"
        case ["pool", "power"]:
            return "HPP.p"
        case ["head", "weight"]:
            return "Head0.fc_bin"
        case ["norm", value]:
            return f"Bn.{value}"
        case ["classifier", "weight"]:
            return "Head1.fc_bin"
    raise _unknown(path)


def _gaitset(path: list[str]) -> str:
    match path:
        case [branch, ("first" | "second") as place, "weight"]:
            position = 0 if place == "first" else 2
            kind, block = branch[:-1], branch[-1]
            inside = f"set_block{block}.forward_block" if kind == "frames" else f"gl_block{block}"
            return f"{inside}.{position}.conv.weight"
        case ["head", "weight"]:
            return "Head.fc_bin"
    raise _unknown(path)


def _gaitpart(path: list[str], config: GaitPartConfig) -> list[str]:
    match path:
        case [("motion3" | "motion5") as branch, place, "weight"]:
            position = 0 if place == "first" else 2
            inside = f"TFA.pooling_func.{_TEMPORAL[branch]}"
            return [f"{inside}.{part}.{position}.conv.weight" for part in range(config.parts)]
        case [block, ("first" | "second") as place, "weight"]:
            # A block is convolution, LeakyReLU, twice, and a pooling.
            position = 5 * (int(block.removeprefix("block")) - 1) + (0 if place == "first" else 2)
            return [f"Backbone.forward_block.feature.{position}.conv.weight"]
        case ["head", "weight"]:
            return ["Head.fc_bin"]
    raise _unknown(path)


def _unknown(path: list[str]) -> KeyError:
    return KeyError(f"no rule for the tensor {'.'.join(path)}")
