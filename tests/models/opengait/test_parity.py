"""Imported networks against the released computation, written down step by step and read from the same tensors."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gaitprep.models.opengait import load_checkpoint
from gaitprep.models.output import Output
from tests.models.figures import crop, walker
from tests.models.opengait import plain
from tests.models.opengait.released import state

TOLERANCE = 1e-4


def imported(folder: Path, architecture: str, tensors: dict[str, Tensor], *inputs: Tensor, **sizes: object) -> Output:
    torch.save({"model": tensors}, folder / "released.pt")
    with torch.no_grad():
        output: Output = load_checkpoint(folder / "released.pt", architecture, **sizes)(*inputs)
    return output


def silhouettes(frames: int) -> Tensor:
    """`[2, s, 64, 44]` in [0, 1], with grey at the edges."""
    return F.interpolate(crops(frames)[1] / 255, (64, 44), mode="bilinear", align_corners=False)


def crops(frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """rgb `[2, s, 3, 128, 128]` uint8, mask `[2, s, 128, 128]` 0–255, ratio `[2, s]` of two walkers."""
    cuts = [crop(walker(160, 0.8 + 0.5 * i, 0.7 * j)) for i in range(2) for j in range(frames)]
    mask = torch.stack([torch.from_numpy(cut.mask) for cut in cuts]).view(2, frames, 128, 128)
    noise = torch.randint(0, 90, (2, frames, 3, 128, 128), generator=torch.Generator().manual_seed(0))
    rgb = (noise + mask[:, :, None] // 2).to(torch.uint8)
    return rgb, mask, torch.tensor([cut.ratio for cut in cuts]).view(2, frames)


def close(found: Tensor | None, expected: Tensor) -> None:
    assert found is not None
    torch.testing.assert_close(found, expected, atol=TOLERANCE, rtol=TOLERANCE)


@pytest.mark.parametrize("frames", [1, 2, 3, 8])
def test_gaitgl(frames: int, tmp_path: Path) -> None:
    tensors, x = state("gaitgl"), silhouettes(frames)
    output = imported(tmp_path, "gaitgl", tensors, x)
    embedding, logits = plain.gaitgl(tensors, x)
    close(output.embedding, embedding)
    close(output.logits, logits)
    assert logits.shape == (2, 11, 64)


@pytest.mark.parametrize("frames", [2, 7])
def test_gaitgl_large(frames: int, tmp_path: Path) -> None:
    tensors, x = state("gaitgl-large"), silhouettes(frames)
    output = imported(tmp_path, "gaitgl-large", tensors, x)
    embedding, logits = plain.gaitgl(tensors, x, strips=2, large=True)
    close(output.embedding, embedding)
    close(output.logits, logits)
    assert embedding.shape == (2, 64, 64)


@pytest.mark.parametrize("frames", [1, 3])
def test_gaitset(frames: int, tmp_path: Path) -> None:
    tensors, x = state("gaitset"), silhouettes(frames)
    close(imported(tmp_path, "gaitset", tensors, x).embedding, plain.gaitset(tensors, x))


@pytest.mark.parametrize("frames", [1, 2, 6])
def test_gaitpart(frames: int, tmp_path: Path) -> None:
    tensors, x = state("gaitpart"), silhouettes(frames)
    close(imported(tmp_path, "gaitpart", tensors, x).embedding, plain.gaitpart(tensors, x))


def test_unet(tmp_path: Path) -> None:
    tensors = state("unet")
    images = torch.randn(2, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    torch.save(tensors, tmp_path / "released.pt")
    with torch.no_grad():
        found = load_checkpoint(tmp_path / "released.pt", "unet")(images)
    close(found[:, 0], plain.unet(tensors, images))


@pytest.mark.parametrize("architecture", ["gaitedge", "gaitgl-e2e"])
def test_end_to_end(architecture: str, tmp_path: Path) -> None:
    tensors = state(architecture)
    rgb, mask, ratio = crops(2)
    output = imported(tmp_path, architecture, tensors, rgb, ratio, mask)
    expected = plain.end_to_end(tensors, rgb, ratio, mask if architecture == "gaitedge" else None)
    found = (output.embedding, output.logits, output.silhouettes, output.segmentation_logits)
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs)
    assert 0.05 < expected[2].mean() < 0.95


def test_an_imported_gaitedge_without_a_mask_takes_its_own(tmp_path: Path) -> None:
    tensors = state("gaitedge")
    rgb, _, ratio = crops(1)
    output = imported(tmp_path, "gaitedge", tensors, rgb, ratio)
    assert output.segmentation_logits is not None
    person = 255 * (output.segmentation_logits > 0)
    close(output.embedding, plain.end_to_end(tensors, rgb, ratio, person)[0])
    strict = imported(tmp_path, "gaitedge", tensors, rgb, ratio, mask_source="predicted")
    assert torch.equal(strict.embedding, output.embedding)
