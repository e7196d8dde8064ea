from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from gaitprep.evaluate.distances import METRICS, Metric, distance_blocks, distances


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(9, 6, 4, generator=generator), torch.randn(7, 6, 4, generator=generator)


def test_per_part_is_the_mean_of_scipys_distances(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    probe, gallery = pair
    expected = np.mean([cdist(probe[:, :, p], gallery[:, :, p]) for p in range(4)], axis=0)
    np.testing.assert_allclose(distances(probe, gallery), expected, rtol=1e-9)


def test_concat_and_cosine_are_scipys(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    probe, gallery = pair
    flat = probe.flatten(1).double().numpy(), gallery.flatten(1).double().numpy()
    np.testing.assert_allclose(distances(probe, gallery, "concat"), cdist(*flat), rtol=1e-9)
    np.testing.assert_allclose(distances(probe, gallery, "cosine"), cdist(*flat, "cosine"), rtol=1e-9)


def test_nearly_equal_embeddings_keep_their_distance() -> None:
    probe = torch.full((1, 128, 2), 100.0)
    gallery = probe.clone()
    gallery[0, 0] += 0.01
    expected = abs(float(gallery[0, 0, 0]) - 100.0)
    assert float(distances(probe, gallery)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("values", [1, 7, 20, 10_000])
def test_blocks_put_together_are_the_whole(
    pair: tuple[torch.Tensor, torch.Tensor], metric: Metric, values: int
) -> None:
    whole = distances(*pair, metric)
    built = torch.full_like(whole, torch.nan)
    for block, part in distance_blocks(*pair, metric, values=values):
        assert part.numel() <= max(values, whole.shape[1])
        built[block] = part
    torch.testing.assert_close(built, whole, rtol=1e-12, atol=1e-12)
