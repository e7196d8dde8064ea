"""No result depends on what memory held before: fresh memory filled in two ways gives the same bits.

A kernel for bfloat16 that reads beyond its input gives garbage only where that memory is dirty, thus rarely, and then
silently. oneDNN 3.12 has two such on processors with AMX: 2-D convolutions with a stride whose result is one pixel
wide, and 3×3×3 convolutions of one-channel clips of one frame. No network of ours may run into one.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch

from gaitprep.models.output import Output
from gaitprep.models.registry import RECOGNISERS, build

FILLS = (142, 1)
"""For glibc's MALLOC_PERTURB_: fresh memory then reads as bfloat16 1.2e30 or -1.7e38."""
CASES = (*RECOGNISERS, "unet", "silhouette", "gaitgl-e2e", "gaitedge")


def _results(architecture: str) -> Iterator[tuple[str, torch.nn.Module, tuple[torch.Tensor, ...]]]:
    """Cases by name: a network of full size and what it is called with."""
    torch.manual_seed(0)
    network = build(architecture)
    for frames in (1, 4):
        if architecture in RECOGNISERS:
            yield f"{frames} frames", network, (torch.rand(2, frames, 64, 44),)
        elif architecture == "unet":
            yield f"{frames} images", network, (torch.rand(frames, 3, 128, 128),)
        elif architecture == "silhouette":
            yield f"{frames} crops", network, (torch.randint(0, 256, (frames, 3, 128, 128), dtype=torch.uint8),)
        else:
            rgb = torch.randint(0, 256, (2, frames, 3, 128, 128), dtype=torch.uint8)
            yield f"{frames} frames", network, (rgb, torch.full((2, frames), 0.5))


def digests(architecture: str) -> dict[str, str]:
    """Of all outputs and gradients in bfloat16, in training mode and in testing mode."""
    found = {}
    for name, network, inputs in _results(architecture):
        for training in (True, False):
            network.train(training).zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                result = network(*inputs)
            value = result.embedding if isinstance(result, Output) else result
            value.float().square().mean().backward()
            gradients = [p.grad for p in network.parameters() if p.grad is not None]
            assert gradients
            parts = [value.detach().float(), *gradients]
            assert all(part.isfinite().all() for part in parts), (name, training)
            digest = hashlib.sha256(b"".join(part.contiguous().numpy().tobytes() for part in parts))
            found[f"{name}, {'training' if training else 'testing'}"] = digest.hexdigest()
    return found


@pytest.mark.parametrize("architecture", CASES)
def test_results_are_those_of_written_memory_only(architecture: str) -> None:
    found = []
    for fill in FILLS:
        environment = os.environ | {"MALLOC_PERTURB_": str(fill), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, __file__, architecture]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    assert len(found[0]) == 4
    assert found[0] == found[1]


if __name__ == "__main__":
    print(json.dumps(digests(sys.argv[1])))
