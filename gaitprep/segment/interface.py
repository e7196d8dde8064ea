"""What every segmenter gives and gets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gaitprep.video.read import Decoder

Images: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Video:
    """A video whose people are tracked.

    Attributes:
        path: the source file.
        width, height: size of its pictures, pixels.
        frames: number of pictures that could be read.
        person_frame: `[r]` i8, the frame of every box of every tracklet, rising.
        person_box: `[r, 4]` f4, these boxes (the crops' extent), xyxy in source pixels.
        decoder: the library that read the frames when they were tracked.
    """

    path: Path
    width: int
    height: int
    frames: int
    person_frame: NDArray[np.int64]
    person_box: NDArray[np.float32]
    decoder: Decoder = "pyav"

    def boxes_at(self, frame: int) -> NDArray[np.float32]:
        """Boxes `[k, 4]` of all tracked people in one frame."""
        first, last = np.searchsorted(self.person_frame, [frame, frame + 1])
        return self.person_box[first:last]

    def boxes_between(self, first: int, last: int) -> NDArray[np.float32]:
        """Boxes `[k, 4]` of all tracked people in the frames from `first` to before `last`."""
        begin, end = np.searchsorted(self.person_frame, [first, last])
        return self.person_box[begin:end]


@dataclass(frozen=True)
class Crops:
    """Crops of one tracklet, in order of time.

    Attributes:
        tracklet: its name.
        rgb: `[n, 128, 128, 3]` u1.
        box: `[n, 4]` f4, what each crop covers, xyxy in source pixels.
        detection: `[n, 4]` f4, the person's box before the margin was added, xyxy in source pixels.
        frame: `[n]` i8, index of the frame.
    """

    tracklet: str
    rgb: Images
    box: NDArray[np.float32]
    detection: NDArray[np.float32]
    frame: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rgb)

    @property
    def size(self) -> NDArray[np.float32]:
        """Width and height of what each crop covers, source pixels, `[n, 2]`."""
        return np.asarray(np.maximum(self.box[:, 2:] - self.box[:, :2], 1), np.float32)

    @property
    def person(self) -> NDArray[np.float32]:
        """The person's box in pixels of the crop, xyxy, `[n, 4]` f4, clipped to the crop."""
        height, width = self.rgb.shape[1:3]
        corners = (self.detection.reshape(-1, 2, 2) - self.box[:, None, :2]) / self.size[:, None]
        inside: NDArray[np.float32] = np.clip(corners, 0, 1) * np.array([width, height], np.float32)
        return inside.reshape(-1, 4).astype(np.float32)


class VideoSegmenter(ABC):
    """Makes the masks of one video. Frames are asked for in order of time, tracklets within them in any order."""

    @abstractmethod
    def masks(self, crops: Crops) -> Images:
        """Masks `[n, 128, 128]` u1, 0 or 255, of the person that each crop is about; not yet cleaned."""

    certainty: NDArray[np.float32] | None = None
    """How sure the masks are that were asked for last, `[n]` f4 in [0, 1]; None where the method cannot tell."""

    @property
    def details(self) -> Mapping[str, Any]:
        """What is worth knowing of how this video was done; JSON values."""
        return {}

    @property
    def warnings(self) -> list[str]:
        """Why these masks should not be relied upon; empty when they can be."""
        return []


class Segmenter(ABC):
    """A way of making masks."""

    @abstractmethod
    def prepare(self, video: Video) -> AbstractContextManager[VideoSegmenter]:
        """Gets ready for one video; what was opened is closed when the block ends.

        Raises:
            InputError: the video is at fault.
        """
