import functools
from typing import Any

import pytest
import torch
from torch import Tensor

from benchmarks import plain_models as plain
from gaitprep.errors import UsageError
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.losses import joint_loss, segmentation
from gaitprep.models.registry import build
from gaitprep.models.synthesis import dilate, erode
from tests.models.figures import crop, walker

SMALL = {
    "gaitgl": {"channels": (4, 4, 8, 8), "classes": 3},
    "gaitgl-large": {"channels": (4, 4, 8, 8), "classes": 3},
    "gaitset": {"channels": (4, 4, 8)},
    "gaitpart": {"channels": (4, 4, 8)},
}
UNET = {"unet_channels": (4, 4, 8, 8)}


def network(architecture: str = "gaitedge", recogniser: str = "gaitgl", **sizes: Any) -> EndToEnd:
    """With a U-Net that has seen a walker or two."""
    torch.manual_seed(0)
    made = build(architecture, recogniser=recogniser, **SMALL[recogniser], **UNET, **sizes)
    assert isinstance(made, EndToEnd)
    made.segmenter.load_state_dict(segmenter_state())
    return made


@functools.cache
def segmenter_state() -> dict[str, Tensor]:
    torch.manual_seed(0)
    unet = build("unet", channels=UNET["unet_channels"])
    optimiser = torch.optim.Adam(unet.parameters(), lr=0.01)
    rgb, _, mask = clips(2, 2)
    for _ in range(30):
        optimiser.zero_grad()
        segmentation(unet(rgb.flatten(0, 1))[:, 0], mask.flatten(0, 1)).backward()
        optimiser.step()
    return unet.state_dict()


def clips(n: int = 2, s: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    """Bright walkers on a dark ground: rgb `[n, s, 3, 128, 128]`, ratio `[n, s]`, mask `[n, s, 128, 128]` uint8."""
    cuts = [crop(walker(160, 0.8 + 0.3 * i, 0.7 * j)) for i in range(n) for j in range(s)]
    mask = torch.stack([torch.from_numpy(cut.mask > 127) for cut in cuts]).view(n, s, 128, 128)
    noise = torch.randint(0, 60, (n, s, 3, 128, 128), generator=torch.Generator().manual_seed(0))
    rgb = (noise + 150 * mask[:, :, None]).to(torch.uint8)
    ratio = torch.tensor([cut.ratio for cut in cuts]).view(n, s)
    return rgb, ratio, mask.byte() * 255


@pytest.mark.parametrize("architecture", ["gaitgl-e2e", "gaitedge"])
@pytest.mark.parametrize("recogniser", ["gaitgl", "gaitgl-large", "gaitset", "gaitpart"])
@pytest.mark.parametrize("frames", [1, 2, 3])
def test_any_recogniser_fits(architecture: str, recogniser: str, frames: int) -> None:
    rgb, ratio, _ = clips(2, frames)
    made = network(architecture, recogniser).eval()
    output = made(rgb, ratio)
    assert output.embedding.shape[0] == 2
    assert (output.logits is None) == (recogniser in ("gaitset", "gaitpart"))
    assert output.silhouettes.shape == (2, frames, 64, 44)
    assert output.segmentation_logits.shape == (2, frames, 128, 128)
    assert output.silhouettes.mean() > 0.1
    torch.testing.assert_close(made.recogniser(output.silhouettes).embedding, output.embedding)


@pytest.mark.parametrize("align", ["exact", "paper", "opengait"])
@pytest.mark.parametrize("source", ["predicted", "reference"])
@pytest.mark.parametrize("kernel_size", [3, 9])
def test_gaitedge_equals_the_plain_form(align: str, source: str, kernel_size: int) -> None:
    rgb, ratio, mask = clips()
    made = network(align=align, mask_source=source, kernel_size=kernel_size)
    made.segmenter.eval()  # statistics of maps that hardly vary are coarse: pixels at the threshold would flip
    result, expected = made(rgb, ratio, mask), plain.end_to_end(made, rgb, ratio, mask)
    torch.testing.assert_close(result.silhouettes, expected.silhouettes, atol=1e-4, rtol=0)
    torch.testing.assert_close(result.embedding, expected.embedding, atol=1e-3, rtol=1e-3)


def test_e2e_shows_the_recogniser_every_grey_and_gaitedge_only_those_of_the_edge() -> None:
    rgb, ratio, _ = clips()
    end_to_end, edge = network("gaitgl-e2e").eval(), network("gaitedge").eval()
    edge.load_state_dict(end_to_end.state_dict())

    def grey(output: Any) -> float:
        return float(((output.silhouettes > 0.02) & (output.silhouettes < 0.98)).float().mean())

    assert grey(end_to_end(rgb, ratio)) > 2 * grey(edge(rgb, ratio))


def test_recognition_reaches_the_segmentation_only_through_edges() -> None:
    rgb, ratio, mask = clips(2, 2)
    made = network(mask_source="reference")
    caught: list[Tensor] = []
    made.segmenter.register_forward_hook(lambda _, __, logits: (logits.retain_grad(), caught.append(logits))[0])
    made(rgb, ratio, mask).embedding.square().sum().backward()
    gradient = caught[0].grad
    assert gradient is not None
    person = mask.flatten(0, 1) > 127
    edge = dilate(person, 3) ^ erode(person, 3)
    assert (gradient[:, 0][edge] != 0).float().mean() > 0.3
    assert gradient[:, 0][~edge].abs().max() == 0


def test_predicted_interiors_need_rgb_alone_and_ignore_a_mask() -> None:
    rgb, ratio, mask = clips()
    made = network(mask_source="predicted").eval()
    assert torch.equal(made(rgb, ratio).embedding, made(rgb, ratio, mask).embedding)


def test_reference_interiors_need_the_mask() -> None:
    rgb, ratio, mask = clips()
    made = network(mask_source="reference").eval()
    with pytest.raises(UsageError, match="reference masks"):
        made(rgb, ratio)
    with pytest.raises(ValueError, match="mask must be"):
        made(rgb, ratio, mask[:, :1])
    torch.testing.assert_close(made(rgb, ratio, mask).embedding, made(rgb, ratio, mask > 127).embedding)


def test_given_masks_are_taken_and_missing_ones_predicted() -> None:
    rgb, ratio, mask = clips()
    mask = mask.roll(3, -1)
    given, predicted, reference = (network(mask_source=source).eval() for source in ("given", "predicted", "reference"))
    assert torch.equal(given(rgb, ratio, mask).embedding, reference(rgb, ratio, mask).embedding)
    assert torch.equal(given(rgb, ratio).embedding, predicted(rgb, ratio).embedding)
    assert not torch.equal(given(rgb, ratio).embedding, given(rgb, ratio, mask).embedding)


def strange_masks(frames: int) -> Tensor:
    """Nobody, somebody everywhere, and somebody at each border, a clip each: `[6, s, 128, 128]` bool."""
    masks = torch.zeros(6, frames, 128, 128, dtype=torch.bool)
    masks[1] = True
    masks[2, ..., :30, 40:70] = True
    masks[3, ..., -30:, 40:70] = True
    masks[4, ..., 20:110, :15] = True
    masks[5, ..., 20:110, -15:] = True
    return masks


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("align", ["exact", "paper", "opengait"])
def test_strange_masks_in_short_clips_do_no_harm(align: str, frames: int) -> None:
    masks = strange_masks(frames)
    rgb = torch.randint(0, 256, (6, frames, 3, 128, 128), dtype=torch.uint8)
    made = network(mask_source="reference", align=align)
    output = made(rgb, torch.full((6, frames), 0.4), masks)
    assert output.silhouettes[0].abs().max() == 0
    assert (output.silhouettes[1:].amax((2, 3)) > 0.9).all()
    joint_loss(output, torch.tensor([0, 0, 1, 1, 2, 2]), masks).total.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in made.parameters())


@pytest.mark.parametrize("architecture", ["gaitgl-e2e", "gaitedge"])
@pytest.mark.parametrize(("bias", "level"), [(-200.0, 0.0), (200.0, 1.0)])
def test_a_network_that_sees_nobody_or_only_people(architecture: str, bias: float, level: float) -> None:
    rgb, ratio, mask = clips(2, 1)
    made = network(architecture)
    with torch.no_grad():
        made.segmenter.decoder.last.bias.fill_(bias)
    output = made(rgb, ratio)
    torch.testing.assert_close(output.silhouettes[..., 16:28], torch.full((2, 1, 64, 12), level))
    joint_loss(output, torch.tensor([0, 1]), mask).total.backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in made.parameters())


def test_a_frame_without_a_person_is_black_and_harmless() -> None:
    rgb, ratio, mask = clips()
    mask[0, 1] = 0
    made = network(mask_source="reference")
    output = made(rgb, ratio, mask)
    assert output.silhouettes[0, 1].abs().max() == 0
    joint_loss(output, torch.tensor([0, 1]), mask).total.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in made.parameters())


@pytest.mark.parametrize("architecture", ["gaitgl-e2e", "gaitedge"])
def test_joint_training_lowers_every_loss_and_leaves_the_encoder_alone(architecture: str) -> None:
    rgb, ratio, mask = clips(4, 3)
    made = network(architecture).train()
    made.segmenter.freeze_first_half()
    encoder = {name: value.clone() for name, value in made.segmenter.encoder.state_dict().items()}
    optimiser = torch.optim.Adam([p for p in made.parameters() if p.requires_grad], lr=3e-3)
    terms = []
    for _ in range(8):
        with torch.autocast("cpu", torch.bfloat16):
            output = made(rgb, ratio, mask)
        loss = joint_loss(output, torch.tensor([0, 0, 1, 1]), mask)
        optimiser.zero_grad()
        loss.total.backward()
        optimiser.step()
        terms.append(loss.terms)
    # The mean is over active triplets, so when few are left it jumps.
    assert min(term["triplet"] for term in terms) < 0.7 * terms[0]["triplet"]
    assert all(terms[-1][name] < 0.93 * terms[0][name] for name in ("cross_entropy", "segmentation"))
    assert all(torch.equal(value, encoder[name]) for name, value in made.segmenter.encoder.state_dict().items())


def test_shapes_are_checked() -> None:
    rgb, ratio, _ = clips()
    with pytest.raises(ValueError, match=r"ratio \[n, s\]"):
        network()(rgb, ratio[:, :1])


@pytest.mark.parametrize("sizes", [{"align": "exakt"}, {"mask_source": "both"}, {"kernel_size": 4}])
def test_impossible_settings(sizes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        network(**sizes)
