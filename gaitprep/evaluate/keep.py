"""Embeddings on disk, for plots and for other protocols than the store's."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from gaitprep.evaluate.protocol import Sequences
from gaitprep.run.atomic import publish_bytes


def keep_embeddings(folder: Path, name: str, embeddings: Tensor, sequences: Sequences, details: dict[str, str]) -> Path:
    """Publishes `FOLDER/NAME.safetensors`.

    Args:
        folder: where to; made when it is not there.
        name: of the test.
        embeddings: `[m, c, p]` float32, kept as `embedding`.
        sequences: their labels, kept in the metadata as JSON lists `subject`, `condition` and `view`.
        details: what else the metadata says.
    """
    labels = {
        key: json.dumps([str(label) for label in vars(sequences)[key]]) for key in ("subject", "condition", "view")
    }
    path = folder / f"{name}.safetensors"
    publish_bytes(path, save({"embedding": embeddings.contiguous()}, {**details, **labels}))
    return path
