"""The stage that draws what was found into the source video: boxes, identities and masks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import WorkError
from gaitprep.report.config import PreviewConfig
from gaitprep.report.draw import PAPER, Image, fit, identity_colour, text, text_width, tint
from gaitprep.report.upstream import Shown, shown_videos
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.video.damage import DamagedVideo
from gaitprep.video.frame import Frame
from gaitprep.video.info import probe
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter
from gaitprep.work.file import WorkReader, open_work_file
from gaitprep.work.layout import WorkDir


class PreviewStage(Stage[PreviewConfig]):
    """Annotated videos `pictures/<video_id>.preview.mp4`.

    Args:
        config: settings.
        work: the work folder.
        limit: draw so many videos, evenly spread; None for all.
    """

    name: ClassVar[str] = "preview"
    version: ClassVar[int] = 1

    def __init__(self, config: PreviewConfig, work: WorkDir, limit: int | None = None) -> None:
        super().__init__(config)
        self.work = work
        self.limit = limit

    def units(self) -> list[Unit]:
        """One unit for each video that is shown."""
        return [
            Unit(shown.video_id, shown.digest, preview_path(self.work, shown.video_id), shown)
            for shown in shown_videos(self.work, self.limit)
        ]

    def process(self, unit: Unit) -> Result:
        """Draws one video.

        Raises:
            WorkError: the source video is gone, or a work file is missing or damaged.
            VideoError: the source cannot be read.
        """
        shown: Shown = unit.source
        assert unit.output is not None
        if shown.video is None or not shown.video.is_file():
            raise WorkError(f"the source of {shown.video_id} is gone", cause=f"it was {shown.video}")
        reason = ""
        info = probe(shown.video)
        scale = min(1.0, self.config.max_height / info.height)
        height, width = round(info.height * scale), round(info.width * scale)
        count = 0
        with ExitStack() as files:
            tracks = files.enter_context(open_work_file(shown.track))
            masks = files.enter_context(open_work_file(shown.segment)) if shown.segment else None
            overlay = _Overlay(tracks, masks, scale)
            writer = files.enter_context(VideoWriter(unit.output, width, height, info.fps))
            start: float | None = None
            try:
                for frame in read_frames(shown.video):
                    start = frame.pts if start is None else start
                    writer.write(overlay.draw(frame, height, width), frame.pts - start)
                    count += 1
            except DamagedVideo as error:
                reason = str(error)
        return Result.of_file(
            unit.output, outcome="partial" if reason else "ok", reason=reason, counts={"frames": count}
        )


class _Overlay:
    def __init__(self, tracks: WorkReader, masks: WorkReader | None, scale: float) -> None:
        self._masks = masks
        self._scale = scale
        self._rows: dict[int, list[tuple[str, int]]] = {}
        self._boxes: dict[str, NDArray[np.float32]] = {}
        self._scores: dict[str, NDArray[np.float32]] = {}
        for name in tracks.tracklets:
            self._boxes[name] = tracks[name]["box"][...]
            self._scores[name] = tracks[name]["score"][...]
            for row, frame in enumerate(tracks[name]["frame"][...]):
                self._rows.setdefault(int(frame), []).append((name, row))

    def draw(self, frame: Frame, height: int, width: int) -> Image:
        image = np.ascontiguousarray(fit(frame.image, height, width))
        for name, row, (left, top, right, bottom) in self._present(frame.index):
            colour = identity_colour(name)
            if self._masks is not None and name in self._masks.tracklets and right > left and bottom > top:
                mask = fit(self._masks[name]["mask"][row], bottom - top, right - left)
                tint(image[top:bottom, left:right], mask, colour)
            cv2.rectangle(image, (left, top), (right - 1, bottom - 1), colour, 1)
            score = float(self._scores[name][row])
            words = f"{name} {score:.2f}" if score > 0 else f"{name} interpolated"
            line = max(top, 13)
            cv2.rectangle(image, (left, line - 13), (left + text_width(words, 0.38) + 5, line), PAPER, -1)
            text(image, words, left + 2, line - 3, scale=0.38, colour=colour)
        return image

    def _present(self, index: int) -> Iterator[tuple[str, int, tuple[int, int, int, int]]]:
        for name, row in self._rows.get(index, []):
            box = np.round(self._boxes[name][row] * self._scale).astype(int)
            yield name, row, (int(box[0]), int(box[1]), int(box[2]), int(box[3]))


def preview_path(work: WorkDir, video_id: str) -> Path:
    """Where the preview of a video is."""
    return work.pictures / f"{video_id}.preview.mp4"
