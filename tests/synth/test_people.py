"""People: the same subject in walks and in poses."""

import numpy as np
import pytest

from gaitprep.synth.people import Subject, person, posed


@pytest.mark.parametrize("condition", ["nm-01", "bg-01", "cl-01"])
def test_a_pose_is_that_of_the_walk_it_was_taken_from(condition: str) -> None:
    walker = person(1, "indoor", "001", condition, 3)
    subject = Subject.draw(1, "indoor", "001")
    figure = posed(subject, walker.outfit, walker.thing, walker.walk.rotations, walker.walk.origin)
    np.testing.assert_array_equal(figure.faces, walker.faces)
    for frame in range(3):
        walked, stood = walker.vertices(frame), figure.vertices(frame)
        np.testing.assert_allclose(np.ptp(walked[:, 2]), np.ptp(stood[:, 2]), atol=1e-9)
        across = np.linalg.norm(walked[::50] - walked[7], axis=1)
        np.testing.assert_allclose(across, np.linalg.norm(stood[::50] - stood[7], axis=1), atol=1e-9)
    assert figure.faces.max() < len(figure.vertices(0)) == len(figure.paint.places)
    assert len(figure.faces) == len(figure.paint.kinds)
