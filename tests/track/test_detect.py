from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from gaitprep.errors import WeightsError
from gaitprep.models.ultralytics_env import import_ultralytics
from gaitprep.models.weights import Weights
from gaitprep.track.config import TrackConfig
from gaitprep.track.detect import NetworkDetector, UltralyticsDetector, make_detector
from gaitprep.track.network import BareNetwork, person_class

FP32 = TrackConfig(device="cpu", precision="fp32", score_low=0.25)


@pytest.mark.parametrize(("precision", "pixels"), [("fp32", 0.6), ("bf16", 3.0)])
def test_boxes_are_those_of_ultralytics(
    weights: Weights, street: NDArray[np.uint8], precision: str, pixels: float
) -> None:
    config = FP32.model_copy(update={"precision": precision})
    ours = make_detector(weights.path, config, 640).detect([street, street])
    (theirs,) = UltralyticsDetector(weights.path, 0, FP32, 640).detect([street])
    theirs = theirs[theirs[:, 4] > 0.4]
    assert len(theirs) >= 3
    for found in ours:
        for person in theirs:
            distance = np.abs(found[:, :4] - person[:4]).max(axis=1)
            assert distance.min() < pixels
            assert abs(found[distance.argmin(), 4] - person[4]) < 0.03


def test_an_empty_scene_has_nobody(weights: Weights) -> None:
    detector = make_detector(weights.path, FP32, 320)
    (found,) = detector.detect([np.full((240, 320, 3), 90, np.uint8)])
    assert found.shape == (0, 5)
    assert found.dtype == np.float32
    assert detector.detect([]) == []


def test_large_pictures_come_in_smaller_batches(weights: Weights) -> None:
    assert make_detector(weights.path, FP32, 320).batch_size(320, 240) == 16
    assert make_detector(weights.path, FP32, 1280).batch_size(3840, 2160) == 4


def test_the_number_of_threads_does_not_change_a_bit(weights: Weights, street: NDArray[np.uint8]) -> None:
    images = [np.ascontiguousarray(street[k : k + 240, 40:360]) for k in range(0, 180, 20)]
    before = torch.get_num_threads()
    found = []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        found.append(NetworkDetector(BareNetwork(weights.path, "cpu", bf16=True), FP32, 320).detect(images))
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    for other in found[1:]:
        for one, same in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(one, same)


def save_untrained(path: Path, architecture: str, person: str) -> Path:
    module = import_ultralytics()
    torch.manual_seed(0)
    model = module.YOLO(f"{architecture}.yaml")
    model.model.names = {index: f"thing {index}" for index in range(80)} | {3: person}
    for name, parameter in model.model.model[-1].named_parameters():
        if "cv3" in name and name.endswith("2.bias"):
            parameter.data[3] = 1.0
    model.save(str(path))
    return path


def test_an_end_to_end_network_with_its_own_classes_works(tmp_path: Path, street: NDArray[np.uint8]) -> None:
    path = save_untrained(tmp_path / "own.pt", "yolo26n", "Person")
    detector = make_detector(path, FP32, 160)
    assert isinstance(detector, NetworkDetector)
    (ours,) = detector.detect([street])
    (theirs,) = UltralyticsDetector(path, 3, FP32, 160).detect([street])
    assert len(ours) == len(theirs) > 10
    # Scores of an untrained network are nearly alike, so their order is not to be relied upon.
    np.testing.assert_allclose(np.sort(ours[:, 4]), np.sort(theirs[:, 4]), atol=1e-3)


def test_a_network_with_another_head_runs_as_ultralytics_runs_it(tmp_path: Path, street: NDArray[np.uint8]) -> None:
    path = save_untrained(tmp_path / "masks.pt", "yolov8n-seg", "person")
    detector = make_detector(path, FP32, 160)
    assert isinstance(detector, UltralyticsDetector)
    (found,) = detector.detect([street])
    assert found.shape[1] == 5
    assert len(found) > 0


def test_a_network_that_does_not_know_people_is_refused_with_its_classes() -> None:
    with pytest.raises(WeightsError, match="person") as caught:
        person_class({0: "cat", 1: "dog"}, Path("animals.pt"))
    assert "cat, dog" in caught.value.cause


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.pt").write_text("dear network")
    with pytest.raises(WeightsError, match="letter.pt"):
        make_detector(tmp_path / "letter.pt", FP32, 320)
    with pytest.raises(WeightsError, match="gone"):
        make_detector(tmp_path / "absent.pt", FP32, 320)
