"""Training crops: the same for the same number, and labels that fit what is shown."""

import dataclasses

import numpy as np
import pytest

from gaitprep.synth.crops import crop as module
from gaitprep.synth.crops import figure
from gaitprep.synth.crops.crop import render
from gaitprep.synth.crops.cut import squeeze
from gaitprep.synth.crops.figure import Layer
from gaitprep.synth.crops.recipe import RECIPE
from gaitprep.track.crop import cut

PLAIN = dataclasses.replace(RECIPE, company=0.0, occluder=0.0, cut=0.0, camouflage=0.0, dark=0.0, white=0.0)


def test_a_crop_depends_on_its_number_alone() -> None:
    alone = render(3, 40)
    render(3, 7)
    again = render(3, 40)
    assert (alone.rgb == again.rgb).all()
    assert (alone.mask == again.mask).all()
    assert (render(3, 41).rgb != alone.rgb).any()
    assert (render(2, 40).rgb != alone.rgb).any()


def test_held_out_crops_have_other_backgrounds() -> None:
    assert (render(3, 0, held_out=True).rgb != render(3, 0).rgb).any()


def test_crops_are_resampled_as_tracking_does() -> None:
    image = np.random.default_rng(0).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    for box in ((10, 20, 60, 110), (0, 0, 200, 300)):
        assert (squeeze(image, box) == cut(image, np.array(box, np.float32))).all()


@pytest.mark.parametrize("number", range(6))
def test_the_label_is_where_the_person_is(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Painted white before a black scene, the person is the label."""

    def white(layer: Layer, picture: figure.Picture, *_: object) -> tuple[Layer, figure.Picture]:
        return dataclasses.replace(layer, light=np.ones_like(layer.light)), np.zeros_like(picture)

    monkeypatch.setattr(module, "disguise", white)
    monkeypatch.setattr(module, "film", lambda picture, *_: np.clip(picture, 0, 255).astype(np.uint8))
    plain = dataclasses.replace(PLAIN, reflection=0.0, shadow=0.0)
    shown = render(3, number, recipe=plain)
    body, label = shown.rgb.mean(axis=2) > 127, shown.mask > 127
    assert (body & label).sum() / (body | label).sum() > 0.97


def test_the_person_fills_the_crop_but_for_the_margin() -> None:
    for number in range(8):
        mask = render(3, number, recipe=PLAIN).mask > 127
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        for first, last in ((rows[0], rows[-1]), (columns[0], columns[-1])):
            assert 0 <= first < 22
            assert 106 <= last <= 127


def test_somebody_else_is_not_the_label() -> None:
    both = dataclasses.replace(PLAIN, company=1.0)
    share = [float((render(3, number, recipe=both).mask > 127).mean()) for number in range(8)]
    assert 0.1 < np.median(share) < 0.6


def test_a_person_cut_by_the_frame_reaches_the_crops_edge() -> None:
    always = dataclasses.replace(PLAIN, cut=1.0)
    for number in range(8):
        mask = render(3, number, recipe=always).mask > 127
        assert mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
