"""Phenotypes: adults of human size."""

import numpy as np

from gaitprep.synth.body import Body
from gaitprep.synth.bodydata import body_data
from gaitprep.synth.phenotype import Phenotype, shape_weights


def test_statures_are_those_of_adults() -> None:
    drawn = [Phenotype.draw(2, "indoor", str(i)) for i in range(40)]
    tall = np.array([np.ptp(Body.of(phenotype).rest[:, 2]) for phenotype in drawn])
    female = np.array([phenotype.gender > 0.5 for phenotype in drawn])
    assert 10 < female.sum() < 30
    assert 1.58 < tall[female].mean() < 1.7
    assert 1.71 < tall[~female].mean() < 1.84
    assert tall.min() > 1.4
    assert tall.max() < 2.05


def test_shape_weights_are_products_of_shares() -> None:
    mask = body_data()["mask"]
    universal = mask[mask.sum(axis=1) == 4]  # gender × age × muscle × weight
    assert len(universal) == 2 * 2 * 3 * 3
    weights = shape_weights(Phenotype(gender=0.25, age=1.0, muscle=0.5, weight=1.0), universal)
    assert weights.sum() == 1.0
    assert sorted(weights[weights > 0]) == [0.25, 0.75]
