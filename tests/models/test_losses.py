import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from benchmarks.plain_models import triplet as explicit_triplet
from gaitprep.models.losses import (
    cross_entropy,
    joint_loss,
    overlap_loss,
    pairwise_distances,
    recognition_loss,
    segmentation,
    triplet,
)
from gaitprep.models.output import Output


def slow_triplet(embedding: Tensor, labels: list[int], margin: float) -> float:
    """The definition, triplet by triplet."""
    parts = []
    for part in embedding.double().permute(2, 0, 1):
        terms = []
        for a, anchor in enumerate(part):
            for p, positive in enumerate(part):
                for n, negative in enumerate(part):
                    if labels[p] == labels[a] != labels[n]:
                        near, far = float((anchor - positive).norm()), float((anchor - negative).norm())
                        terms.append(near - far + margin)
        active = [term for term in terms if term > 0]
        parts.append(sum(active) / len(active) if active else 0.0)
    return sum(parts) / len(parts)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=8),
    st.integers(1, 3),
    st.floats(0.01, 2.0),
    st.floats(0.05, 1.0),
    st.integers(0, 2**31),
)
def test_triplet_is_the_slow_loop(labels: list[int], parts: int, spread: float, margin: float, seed: int) -> None:
    embedding = torch.randn(len(labels), 4, parts, generator=torch.Generator().manual_seed(seed)) * spread
    result = triplet(embedding, torch.tensor(labels), margin)
    assert float(result) == pytest.approx(slow_triplet(embedding, labels, margin), rel=1e-4, abs=1e-6)


def test_gradient_of_the_triplet_loss() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([0, 0, 1, 1, 2, 2, 2])
    embedding = torch.randn(7, 5, 3, dtype=torch.float64, requires_grad=True)
    ours = torch.autograd.grad(triplet(embedding, labels, 0.5), embedding)
    theirs = torch.autograd.grad(explicit_triplet(embedding, labels, 0.5), embedding)
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-4)


def test_the_pair_with_itself_counts() -> None:
    embedding = torch.tensor([[0.0], [0.1]]).unsqueeze(-1)  # two subjects of one sequence each
    assert float(triplet(embedding, torch.tensor([0, 1]), 0.2)) == pytest.approx(0.1)


def test_no_active_triplet_gives_zero_and_a_gradient_of_zero() -> None:
    far = torch.tensor([[0.0], [100.0]]).unsqueeze(-1).requires_grad_()
    same = torch.randn(3, 4, 2, requires_grad=True)
    for embedding, labels in ((far, [0, 1]), (same, [5, 5, 5])):
        loss = triplet(embedding, torch.tensor(labels))
        assert loss.item() == 0
        (gradient,) = torch.autograd.grad(loss, embedding)
        assert gradient.abs().max() == 0


def test_identical_embeddings_have_finite_gradients() -> None:
    embedding = torch.randn(1, 6, 4).repeat(6, 1, 1).requires_grad_()
    loss = triplet(embedding, torch.tensor([0, 0, 1, 1, 2, 2]))
    assert loss.item() == pytest.approx(0.2, abs=1e-6)
    (gradient,) = torch.autograd.grad(loss, embedding)
    assert gradient.isfinite().all()
    assert gradient.abs().max() < 1


def test_nearly_identical_embeddings_far_from_the_origin_keep_their_distances() -> None:
    embedding = torch.full((3, 8, 1), 10.0)
    embedding[1] += 1e-3
    distances = pairwise_distances(embedding)[0]
    assert float(distances[0, 1]) == pytest.approx(math.sqrt(8) * 1e-3, rel=1e-3)
    assert float(distances[0, 2]) == 0


def test_cross_entropy_is_the_mean_over_parts() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(4, 5, 3), torch.tensor([0, 4, 2, 2])
    by_part = [torch.nn.functional.cross_entropy(logits[:, :, part], labels) for part in range(3)]
    torch.testing.assert_close(cross_entropy(logits, labels), torch.stack(by_part).mean())


def test_segmentation_is_the_published_form() -> None:
    torch.manual_seed(0)
    logits, mask = torch.randn(2, 8, 8) * 3, torch.rand(2, 8, 8) > 0.5
    p, y = logits.double().sigmoid(), mask.double()
    expected = -(y * (p + 1e-9).log() + (1 - y) * (1 - p + 1e-9).log()).mean()
    for same in (mask, mask.float(), mask.byte() * 255):
        assert float(segmentation(logits, same)) == pytest.approx(float(expected), abs=1e-6)


def test_confident_mistakes_stay_finite() -> None:
    logits = torch.full((1, 2, 2), 500.0, requires_grad=True)
    loss = segmentation(logits, torch.zeros(1, 2, 2))
    assert float(loss.detach()) == 500
    (gradient,) = torch.autograd.grad(loss, logits)
    assert gradient.isfinite().all()


def test_recognition_and_joint_add_up() -> None:
    torch.manual_seed(0)
    embedding, logits = torch.randn(4, 3, 2), torch.randn(4, 5, 2)
    labels = torch.tensor([0, 0, 1, 1])
    only_triplet = recognition_loss(Output(embedding), labels)
    assert set(only_triplet.terms) == {"triplet"}
    assert only_triplet.total == only_triplet.terms["triplet"]
    both = recognition_loss(Output(embedding, logits), labels)
    assert float(both.total) == pytest.approx(sum(map(float, both.terms.values())))
    mask, masks = torch.randn(4, 2, 8, 8), torch.rand(4, 2, 8, 8) > 0.5
    joint = joint_loss(Output(embedding, logits, None, mask), labels, masks)
    assert float(joint.total) == pytest.approx(float(both.total) + 10 * float(segmentation(mask, masks)), rel=1e-6)
    assert set(joint.terms) == {"triplet", "cross_entropy", "segmentation"}


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_an_embedding_that_is_not_finite_gives_a_loss_that_is_not_finite(bad: float) -> None:
    labels = torch.tensor([0, 0, 1, 1])
    embedding = torch.randn(4, 3, 5)
    embedding[2, 1, 4] = bad
    assert not triplet(embedding, labels).isfinite()
    assert not triplet(torch.full((4, 3, 5), bad), labels).isfinite()


def test_overlap_of_sure_masks_is_that_of_sets() -> None:
    found, truth = torch.zeros(2, 4, 4), torch.zeros(2, 4, 4)
    found[0, :2], truth[0, 1:3] = 1, 1  # 4 pixels of 12
    found[1], truth[1] = 1, 1
    assert float(overlap_loss(200 * found - 100, truth)) == pytest.approx(1 - (1 / 3 + 1) / 2, abs=1e-6)


@settings(deadline=None)
@given(st.integers(0, 2**31))
def test_overlap_draws_towards_the_mask(seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    truth = (torch.rand(3, 8, 8, generator=random) > 0.6).float()
    logits = torch.randn(3, 8, 8, generator=random).requires_grad_()
    (gradient,) = torch.autograd.grad(overlap_loss(logits, truth), logits)
    assert ((gradient < 0) == (truth == 1)).all()


def test_overlap_of_nothing_has_a_finite_gradient() -> None:
    logits = torch.full((1, 4, 4), -200.0, requires_grad=True)
    (gradient,) = torch.autograd.grad(overlap_loss(logits, torch.zeros(1, 4, 4)), logits)
    assert gradient.isfinite().all()
