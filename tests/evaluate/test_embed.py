from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gaitprep.evaluate import embed
from gaitprep.evaluate.buckets import Bucket, read_buckets
from gaitprep.evaluate.embed import Embedder, ValidFrames, segment
from gaitprep.models.checkpoint import load_model
from gaitprep.models.compute import compute
from gaitprep.models.unet import UNet
from gaitprep.store.reader import StoreReader, open_store

CPU = compute("cpu", "fp32")


def read(reader: StoreReader, names: tuple[str, ...], row: int, frames: np.ndarray) -> Bucket:  # type: ignore[type-arg]
    (bucket,) = read_buckets(reader, names, [row], lambda _: frames)
    return bucket


def embedding(embedder: Embedder, reader: StoreReader, row: int, frames: np.ndarray) -> torch.Tensor:  # type: ignore[type-arg]
    return embedder.embed(read(reader, embedder.names, row, frames))[0]


def row_of(reader: StoreReader, *labels: str) -> int:
    table = reader.sequences
    return next(
        row for row in range(len(table)) if (table.subject[row], table.condition[row], table.view[row]) == labels
    )


def test_only_valid_frames_count(home: Path) -> None:
    reader = open_store(home)
    frames = ValidFrames(reader)
    assert frames(row_of(reader, "003", "nm-02", "090")).tolist() == [2, 3, 4, 5]
    assert frames(row_of(reader, "003", "nm-02", "000")).tolist() == [0, 1, 2, 3, 4, 5]


def test_silhouettes_go_through_in_order(home: Path, networks: dict[str, Path]) -> None:
    reader = open_store(home)
    model, _ = load_model(networks["gaitgl"])
    row = row_of(reader, "003", "nm-02", "090")
    silhouettes = torch.from_numpy(reader.sequence("silhouette", row)[2:]).float() / 255
    with torch.inference_mode():
        expected = model(silhouettes[None]).embedding[0]
    found = embedding(Embedder(model, CPU), reader, row, ValidFrames(reader)(row))
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["gaitedge", "gaitgl-e2e", "reference"])
@pytest.mark.parametrize("crops", [1, 4, 100])
def test_end_to_end_networks_may_see_a_sequence_in_pieces(
    name: str, crops: int, home: Path, networks: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "CROPS", crops)
    reader = open_store(home)
    model, _ = load_model(networks[name])
    rgb = torch.from_numpy(reader.sequence("rgb", 14)).permute(0, 3, 1, 2)[None]
    ratio = torch.from_numpy(reader.sequence("ratio", 14))[None]
    mask = torch.from_numpy(reader.sequence("mask", 14))[None]
    with torch.inference_mode():
        whole = model(rgb, ratio, mask)
    seen: list[torch.Tensor] = []
    embedder = Embedder(model, CPU, lambda row, frames, logits: seen.append(logits))
    found = embedding(embedder, reader, 14, ValidFrames(reader)(14))
    torch.testing.assert_close(found, whole.embedding[0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(torch.cat(seen), whole.segmentation_logits[0], rtol=1e-3, atol=1e-4)


def test_end_to_end_networks_need_no_masks(networks: dict[str, Path]) -> None:
    assert Embedder(load_model(networks["gaitedge"])[0], CPU).names == ("rgb", "ratio")
    assert Embedder(load_model(networks["reference"])[0], CPU).names == ("rgb", "ratio", "mask")
    assert Embedder(load_model(networks["gaitgl"])[0], CPU).names == ("silhouette",)


def test_sequences_of_a_bucket_do_not_meet(home: Path, networks: dict[str, Path]) -> None:
    reader = open_store(home)
    for name in ("gaitgl", "gaitedge"):
        embedder = Embedder(load_model(networks[name])[0], CPU)
        (bucket,) = read_buckets(reader, embedder.names, [3, 1, 2], lambda _: np.arange(1, 5))
        assert bucket.rows.tolist() == [1, 2, 3]
        for row, found in zip(bucket.rows.tolist(), embedder.embed(bucket), strict=True):
            alone = embedding(embedder, reader, row, np.arange(1, 5))
            torch.testing.assert_close(found, alone, rtol=1e-3, atol=1e-4)


def test_segment_gives_the_logits_of_every_frame(home: Path, networks: dict[str, Path]) -> None:
    reader = open_store(home)
    model, _ = load_model(networks["unet"])
    assert isinstance(model, UNet)
    frames = np.array([0, 2, 5])
    pieces = list(segment(model, read(reader, ("rgb",), 1, frames), CPU))
    assert np.concatenate([piece for _, piece, _ in pieces]).tolist() == [0, 2, 5]
    images = torch.from_numpy(reader.sequence("rgb", 1)[frames]).permute(0, 3, 1, 2)
    with torch.inference_mode():
        expected = model(images)[:, 0]
    torch.testing.assert_close(torch.cat([logits for _, _, logits in pieces]), expected, rtol=1e-3, atol=1e-4)
