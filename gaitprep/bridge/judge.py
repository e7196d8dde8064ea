"""Which sequences of a tree go together into one store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.leaves import Leaf
from gaitprep.bridge.survey import Found
from gaitprep.manifest.protocol import Protocol
from gaitprep.store.schema import REQUIRED

Shapes = dict[str, tuple[int, ...]]


def usual_shapes(found: Mapping[str, Found], config: ImportConfig) -> Shapes:
    """The arrays that the store will have, each with the frame that most sequences have. Empty where none is usable."""
    usable = [item.shapes for item in found.values() if not item.problem]
    sets = Counter(frozenset(shapes) for shapes in usable)
    if not sets:
        return {}
    # Ties go to what sorts last, so that the order of files on a disk decides nothing.
    most = max(sets, key=lambda names: (sets[names], sorted(names)))
    names = frozenset(config.wanted) | set(REQUIRED) if config.wanted else most
    shapes = {name: Counter(item[name] for item in usable if name in item) for name in sorted(names)}
    return {name: max(counts, key=lambda shape: (counts[shape], shape)) for name, counts in shapes.items() if counts}


def problems(
    leaves: Sequence[Leaf], found: Mapping[str, Found], usual: Shapes, config: ImportConfig, protocol: Protocol | None
) -> dict[str, str]:
    """Why leaves are left out, by name; what is not named is taken."""
    told = {leaf.name: _problem(leaf, found[leaf.name], usual, config, protocol) for leaf in leaves}
    return {name: reason for name, reason in told.items() if reason}


def _problem(leaf: Leaf, found: Found, usual: Shapes, config: ImportConfig, protocol: Protocol | None) -> str:
    if protocol is not None and protocol.ignores(leaf.name):
        return f"{protocol.name} counts it as no sequence"
    if leaf.labels is None:
        return (
            f"its path does not match the pattern of {protocol.name}"
            if protocol
            else "its path is not <subject>/<condition>/<view>; give labels by a pattern with --dataset"
        )
    if found.problem:
        return found.problem
    if reason := config.accepts(frozenset(found.shapes), frozenset(usual)):
        return reason
    for name, shape in usual.items():
        if found.shapes[name] != shape:
            return f"its {name} is {_size(found.shapes[name])}, most are {_size(shape)}"
    return ""


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
