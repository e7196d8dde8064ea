"""Made-up state dicts under released names."""

import json
from pathlib import Path

import torch
from torch import Tensor

_FACTS = Path(__file__).parents[2] / "data" / "opengait-parameters.json"
SHAPES: dict[str, dict[str, list[int]]] = json.loads(_FACTS.read_text())
"""Names and shapes of released networks (GaitGL with 11 classes, its large form with a quarter of the channels and 5
classes, GaitEdge with 7)."""
SHAPES["gaitgl-e2e"] = SHAPES["gaitedge"]


def state(architecture: str, seed: int = 0) -> dict[str, Tensor]:
    """Random tensors of the released names and shapes, such that activations keep their size."""
    generator = torch.Generator().manual_seed(seed)

    def tensor(name: str, shape: list[int]) -> Tensor:
        if name.endswith("num_batches_tracked"):
            return torch.tensor(1234)
        if name == "HPP.p":
            return torch.tensor([5.25])
        values = torch.randn(shape, generator=generator)
        if name.endswith("running_var"):
            return values.square() + 0.5
        if len(shape) == 1:
            return 1 + 0.2 * values if name.endswith("weight") else 0.2 * values
        inputs = shape[1] if name.endswith("fc_bin") else values[0].numel()
        return values * (2 / inputs) ** 0.5

    return {name: tensor(name, shape) for name, shape in SHAPES[architecture].items()}
