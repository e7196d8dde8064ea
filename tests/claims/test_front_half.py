"""What the README claims of tracking and masks, on both demo worlds at full size: `make test-slow`."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitprep.manifest.table import read_manifest
from gaitprep.truth.file import Truth, truth_path
from gaitprep.video.info import probe
from gaitprep.work.file import open_work_file
from gaitprep.work.layout import WorkDir
from tests.e2e.command import gaitprep

pytestmark = pytest.mark.slow

SHARE_UNBROKEN = 0.98
MEDIAN_IOU = 0.90
STEP = 8


@pytest.fixture(scope="module", params=["indoor", "outdoor"])
def work(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WorkDir:
    root = tmp_path_factory.mktemp(request.param)
    gaitprep("synth", "--out", root / "raw", "--world", request.param, "--preset", "demo")
    gaitprep(
        "track", root / "raw", "--dataset", f"synth-{request.param}", "--work", root / "work", "--pipeline", "demo"
    )
    gaitprep("segment", "--work", root / "work", "--pipeline", "demo")
    return WorkDir(root / "work")


def test_walkers_are_unbroken_tracklets(work: WorkDir) -> None:
    records = read_manifest(work.manifest)
    unbroken = 0
    for record in records:
        with open_work_file(work.file("track", record.video_id)) as tracks, Truth(truth_path(record.path)) as truth:
            whole = np.flatnonzero(truth.whole(truth.people[0]))
            frames = [set(tracks[name]["frame"][...].tolist()) for name in tracks.tracklets]
            unbroken += len(frames) == 1 and set(whole.tolist()) <= frames[0]
    assert unbroken / len(records) >= SHARE_UNBROKEN


def test_masks_agree_with_the_truth(work: WorkDir) -> None:
    scores = []
    for record in read_manifest(work.manifest):
        info = probe(record.path)
        with (
            open_work_file(work.file("track", record.video_id)) as tracks,
            open_work_file(work.file("segment", record.video_id)) as masks,
            Truth(truth_path(record.path)) as truth,
        ):
            for name in tracks.tracklets:
                boxes = tracks[name]["box"][...].round().astype(int)
                frames = tracks[name]["frame"][...]
                for row in range(0, len(frames), STEP):
                    seen = in_frame(masks[name]["mask"][row], boxes[row], info.height, info.width)
                    true = truth.mask(truth.people[0], int(frames[row]))
                    scores.append((seen & true).sum() / (seen | true).sum())
    print(
        f"IoU: median {np.median(scores):.3f}, 10th percentile {np.quantile(scores, 0.1):.3f}, least {min(scores):.3f}"
    )
    assert np.median(scores) >= MEDIAN_IOU


def in_frame(mask: np.ndarray, box: np.ndarray, height: int, width: int) -> np.ndarray:
    """The mask of a crop, back in the picture that it was cut from."""
    seen = np.zeros((height, width), bool)
    size = (int(box[2] - box[0]), int(box[3] - box[1]))
    seen[box[1] : box[3], box[0] : box[2]] = cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 127
    return seen
