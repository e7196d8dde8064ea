"""What a released state dict tells about the sizes of its network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from gaitprep.errors import UsageError
from gaitprep.models.gaitedge import EndToEndConfig
from gaitprep.models.gaitgl import GaitGLConfig, GaitGLLargeConfig
from gaitprep.models.gaitpart import GaitPartConfig
from gaitprep.models.gaitset import GaitSetConfig
from gaitprep.models.opengait.names import released_names
from gaitprep.models.registry import Config, configure
from gaitprep.models.unet import UNetConfig

RELEASED: Mapping[str, Mapping[str, Any]] = {
    EndToEndConfig.architecture: {"align": "opengait"},
    "gaitedge": {"align": "opengait", "mask_source": "given"},
}
"""Settings of the released networks that are not the defaults here."""

Place = tuple[str, int]
"""Name of one of our tensors, and the axis whose length is the size."""


def sizes_for(architecture: str, tensors: Mapping[str, Tensor], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The sizes to build from: as released, then as the tensors say, then as `wanted`.

    Raises:
        UsageError: an unknown architecture, or a recogniser that no released end-to-end network has.
    """
    sizes = dict(RELEASED.get(architecture, {}))
    if isinstance(configure(architecture), EndToEndConfig):
        sizes["recogniser"] = wanted.get("recogniser", _recogniser_of(tensors))
        if sizes["recogniser"] not in (GaitGLConfig.architecture, GaitGLLargeConfig.architecture):
            raise UsageError(
                f"no released end-to-end network has the recogniser {sizes['recogniser']}",
                next_step=f"take {GaitGLConfig.architecture} or {GaitGLLargeConfig.architecture}",
            )
    return sizes | stated_sizes(configure(architecture, **sizes), tensors) | dict(wanted)


def stated_sizes(config: Config, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """The sizes that the tensors of a network of this kind say; those whose tensor is missing are left out."""
    if isinstance(config, EndToEndConfig):
        unet = _read("segmenter.", _places(config.unet), config, tensors)
        theirs = {"unet_channels": unet["channels"]} if unet else {}
        return _read("recogniser.", _places(config.recogniser), config, tensors) | theirs
    found = _read("", _places(config), config, tensors)
    if isinstance(config, GaitPartConfig):
        most = released_names("motion3.first.weight", GaitPartConfig())
        found["parts"] = sum(name in tensors for name in most) or config.parts
    return found


def _recogniser_of(tensors: Mapping[str, Tensor]) -> str:
    second_convolution = released_names("conv3d.1.weight", GaitGLLargeConfig())[0]
    kind = GaitGLLargeConfig if second_convolution in tensors else GaitGLConfig
    return kind.architecture


def _places(config: Config) -> dict[str, Place | list[Place]]:
    match config:
        case UNetConfig():
            return {"channels": [(f"encoder.blocks.{level}.first.convolution.weight", 0) for level in range(4)]}
        case GaitGLConfig():
            names = ("conv3d.0.weight", *(f"{stage}.0.whole.weight" for stage in ("a0", "a1", "b2")))
            return {"channels": [(name, 0) for name in names], "classes": ("classifier.weight", 2)}
        case GaitSetConfig():
            return {"channels": [(f"frames{i}.first.weight", 0) for i in (1, 2, 3)], "embedding": ("head.weight", 2)}
        case GaitPartConfig():
            return {
                "channels": [(f"block{i}.first.weight", 0) for i in (1, 2, 3)],
                "squeeze": ("motion3.first.weight", 0),
                "embedding": ("head.weight", 2),
            }
        case _:
            raise AssertionError(f"{config} is made of parts")


def _read(
    prefix: str, places: Mapping[str, Place | list[Place]], config: Config, tensors: Mapping[str, Tensor]
) -> dict[str, Any]:
    def length(place: Place) -> int | None:
        own, axis = place
        tensor = tensors.get(released_names(prefix + own, config)[0])
        return tensor.shape[axis] if tensor is not None and tensor.ndim > axis else None

    found: dict[str, Any] = {}
    for name, where in places.items():
        value = tuple(map(length, where)) if isinstance(where, list) else length(where)
        if value is not None and not (isinstance(value, tuple) and None in value):
            found[name] = value
    if "squeeze" in found:  # what was read is the number of squeezed channels
        squeezed = found.pop("squeeze")
        if "channels" in found and squeezed:
            found["squeeze"] = found["channels"][2] // squeezed
    return found
