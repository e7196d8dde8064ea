"""Networks by name, and their sizes as plain values for checkpoints and settings."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, TypeVar

from gaitprep.errors import UsageError
from gaitprep.models.gaitedge import EndToEnd, EndToEndConfig, GaitEdgeConfig, RecogniserConfig
from gaitprep.models.gaitgl import GaitGL, GaitGLConfig, GaitGLLargeConfig
from gaitprep.models.gaitpart import GaitPart, GaitPartConfig
from gaitprep.models.gaitset import GaitSet, GaitSetConfig
from gaitprep.models.layers import to_channels_last
from gaitprep.models.silhouette import SilhouetteConfig, SilhouetteNet
from gaitprep.models.unet import UNet, UNetConfig

_T = TypeVar("_T")
Network = UNet | SilhouetteNet | GaitGL | GaitSet | GaitPart | EndToEnd
Config = UNetConfig | SilhouetteConfig | RecogniserConfig | EndToEndConfig

_RECOGNISERS: dict[str, type[RecogniserConfig]] = {
    config.architecture: config for config in (GaitGLConfig, GaitGLLargeConfig, GaitSetConfig, GaitPartConfig)
}
_CONFIGS: dict[str, type[Config]] = {
    UNetConfig.architecture: UNetConfig,
    SilhouetteConfig.architecture: SilhouetteConfig,
    **_RECOGNISERS,
    EndToEndConfig.architecture: EndToEndConfig,
    GaitEdgeConfig.architecture: GaitEdgeConfig,
}
ARCHITECTURES = tuple(_CONFIGS)
"""Names that `build` accepts."""
RECOGNISERS = tuple(_RECOGNISERS)
"""Those that turn silhouettes into embeddings."""
RELEASED = tuple(name for name in ARCHITECTURES if name != SilhouetteConfig.architecture)
"""Those of the paper, of which there are published checkpoints."""


def build(architecture: str, **sizes: Any) -> Network:
    """A network with fresh weights, its convolutions channels-last.

    Args:
        architecture: one of `ARCHITECTURES`.
        sizes: what differs from the published sizes, by the names of the network's config. End-to-end networks take
            those of their recogniser too, its name as `recogniser`, and the U-Net's channels as `unet_channels`.

    Raises:
        UsageError: an unknown architecture or size, or an impossible value.
    """
    network = _construct(configure(architecture, **sizes))
    to_channels_last(network)
    return network


def configure(architecture: str, **sizes: Any) -> Config:
    """The config that `build` would build from; lists count as tuples, so that values may come from JSON or YAML."""
    kind = _kind(_CONFIGS, architecture)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in sizes.items()}
    if issubclass(kind, EndToEndConfig):
        recogniser = _kind(_RECOGNISERS, values.pop("recogniser", GaitGLConfig.architecture))
        theirs = {name: values.pop(name) for name in _names(recogniser) if name in values}
        if "unet_channels" in values:
            values["unet"] = UNetConfig(values.pop("unet_channels"))
        values["recogniser"] = _make(recogniser, theirs)
    return _make(kind, values)


def sizes_of(config: Config) -> dict[str, Any]:
    """The inverse of `configure`: every size by name, plain values."""
    if not isinstance(config, EndToEndConfig):
        return asdict(config)
    own = {name: getattr(config, name) for name in _names(type(config)) if name not in ("recogniser", "unet")}
    recogniser = {"recogniser": config.recogniser.architecture, **asdict(config.recogniser)}
    return recogniser | {"unet_channels": config.unet.channels} | own


def classes_of(config: Config) -> int | None:
    """How many subjects the network's classifier tells apart; None where it has none."""
    return sizes_of(config).get("classes")


def _construct(config: Config) -> Network:
    match config:
        case UNetConfig():
            return UNet(config)
        case SilhouetteConfig():
            return SilhouetteNet(config)
        case GaitGLConfig():
            return GaitGL(config)
        case GaitSetConfig():
            return GaitSet(config)
        case GaitPartConfig():
            return GaitPart(config)
        case EndToEndConfig():
            return EndToEnd(config, UNet(config.unet), _construct(config.recogniser))


def _kind(kinds: dict[str, _T], name: Any) -> _T:
    if name not in kinds:
        raise UsageError(f"there is no network called {name!r}", next_step=f"choose one of: {', '.join(kinds)}")
    return kinds[name]


def _make(kind: type[_T], values: dict[str, Any]) -> _T:
    unknown = values.keys() - set(_names(kind))
    if unknown:
        raise UsageError(
            f"{kind.__name__} has no size called {', '.join(sorted(unknown))}",
            next_step=f"it has: {', '.join(_names(kind))}",
        )
    return kind(**values)


def _names(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)]
