"""A toy street: a limbed walker over a still background, as a video with known masks, and the track file of it."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import write_manifest
from gaitprep.run.digest import digest_file
from gaitprep.run.ledger import Record
from gaitprep.segment.interface import Crops, Video
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter
from gaitprep.work.file import create_work_file, open_work_file
from gaitprep.work.layout import WorkDir

Image = NDArray[np.uint8]
WIDTH, HEIGHT = 200, 144


@dataclass
class Scene:
    """What is to be filmed.

    Attributes:
        frames: length.
        start, step: where the walker's middle is at first, and how far it goes in a frame, pixels.
        height, growth: the walker's height at first, and its growth in a frame, pixels.
        noise: standard deviation of the sensor noise, grey levels.
        pan: camera movement in a frame, pixels.
        shake: greatest jitter of the camera along both axes, pixels.
        shadow: brightness of the cast shadow, 1 for none.
        flicker: amplitude of the brightness' swing.
        seed: of colours and noise.
    """

    frames: int = 40
    start: float = 30.0
    step: float = 3.5
    height: float = 96.0
    growth: float = 0.0
    noise: float = 2.0
    pan: float = 0.0
    shake: int = 0
    shadow: float = 0.75
    flicker: float = 0.0
    seed: int = 0
    truths: list[Image] = field(default_factory=list)

    def background(self) -> Image:
        """A wall with bricks above a floor, wide enough to pan over."""
        rng = np.random.default_rng(self.seed)
        wide = WIDTH + 400
        rough = cv2.resize(rng.normal(0, 1, (20, 60)).astype(np.float32), (wide, HEIGHT))
        fine = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, wide)).astype(np.float32), (0, 0), 1)
        picture = 130 + 12 * rough[..., None] + 14 * fine[..., None] + np.float32([12, 4, -6])
        picture[100:] = 95 + 6 * rough[100:, :, None] + 8 * fine[100:, :, None] + np.float32([-4, 0, 6])
        picture[:100:12] -= 30
        picture[:, ::48] -= 18
        return np.clip(picture, 0, 255).astype(np.uint8)

    def film(self, path: Path) -> NDArray[np.float32]:
        """Writes the video and gives the walker's tight boxes `[frames, 4]`; masks are kept in `truths`."""
        rng = np.random.default_rng(self.seed + 1)
        background = self.background()
        self.truths.clear()
        boxes = []
        with VideoWriter(path, WIDTH, HEIGHT, 25.0, crf=16) as writer:
            for i in range(self.frames):
                left = 200 + round(self.pan * i)
                picture = background[:, left : left + WIDTH].copy()
                if self.shake:
                    picture = np.roll(picture, rng.integers(-self.shake, self.shake + 1, 2), axis=(0, 1))
                truth = self._draw(picture, i)
                gain = 1 + self.flicker * np.sin(i * 0.9)
                noisy = picture * gain + rng.normal(0, self.noise, picture.shape)
                writer.write(np.clip(noisy, 0, 255).astype(np.uint8))
                self.truths.append(truth)
                x, y, w, h = cv2.boundingRect(truth)
                boxes.append((x, y, x + w, y + h))
        return np.float32(boxes)

    def _draw(self, picture: Image, i: int) -> Image:
        tall = self.height + self.growth * i
        x, foot = self.start + self.step * i, 136.0 - 0.1 * (96 - tall)
        if self.shadow < 1:
            lie = np.zeros(picture.shape[:2], np.uint8)
            cv2.ellipse(lie, (round(x - 0.16 * tall), round(foot - 2)), (round(0.3 * tall), 5), 0, 0, 360, 255, -1)
            picture[lie > 0] = (picture[lie > 0] * self.shadow).astype(np.uint8)
        truth = np.zeros(picture.shape[:2], np.uint8)
        for shape, colour in _body(x, foot, tall, np.sin(i * 0.55)):
            cv2.fillPoly(truth, [shape], 255)
            cv2.fillPoly(picture, [shape], colour)
        stripes = (np.indices(truth.shape)[0] // 4 % 2 == 0) & (truth > 0)
        picture[stripes] = (picture[stripes] * 0.9).astype(np.uint8)
        return truth


def _body(x: float, foot: float, tall: float, swing: float) -> list[tuple[NDArray[np.int32], tuple[int, int, int]]]:
    def limb(x1: float, y1: float, x2: float, y2: float, thick: float) -> NDArray[np.int32]:
        along = np.array([x2 - x1, y2 - y1])
        across = np.array([-along[1], along[0]]) / max(np.hypot(*along), 1e-6) * thick * tall / 2
        ends = np.array([(x1, y1), (x2, y2)])
        return np.round([ends[0] + across, ends[1] + across, ends[1] - across, ends[0] - across]).astype(np.int32)

    def disc(cx: float, cy: float, rx: float, ry: float) -> NDArray[np.int32]:
        return cv2.ellipse2Poly((round(cx), round(cy)), (round(rx * tall), round(ry * tall)), 0, 0, 360, 20)

    top = foot - tall
    hip, shoulder, reach = top + 0.5 * tall, top + 0.2 * tall, 0.16 * tall * swing
    trousers, shirt, skin, hair = (52, 60, 92), (168, 62, 48), (205, 160, 130), (48, 36, 30)
    return [
        (limb(x, hip, x - reach, foot, 0.09), trousers),
        (limb(x, shoulder, x + 0.8 * reach, hip + 0.05 * tall, 0.06), skin),
        (limb(x, hip, x + reach, foot, 0.09), trousers),
        (disc(x, (shoulder + hip) / 2, 0.11, 0.2), shirt),
        (limb(x, shoulder, x - 0.8 * reach, hip + 0.05 * tall, 0.06), shirt),
        (disc(x, top + 0.09 * tall, 0.065, 0.09), skin),
        (disc(x - 0.01 * tall, top + 0.05 * tall, 0.065, 0.055), hair),
    ]


def leave_track(
    work: WorkDir, video: Path, boxes: NDArray[np.float32], margin: float = 0.08
) -> list[NDArray[np.int64]]:
    """Writes the manifest, the track file of a one-walker video and its ledger line; gives the crops' boxes."""
    pictures = [frame.image for frame in read_frames(video)]
    height, width = pictures[0].shape[:2]
    grown = boxes.copy()
    size = boxes[:, 2:] - boxes[:, :2]
    grown[:, :2] -= margin * size
    grown[:, 2:] += margin * size
    cut = np.clip(np.round(grown), 0, [width, height, width, height]).astype(np.int64)
    n = len(cut)
    rgb = [cv2.resize(p[b[1] : b[3], b[0] : b[2]], (128, 128)) for p, b in zip(pictures, cut, strict=False)]
    path = work.file("track", video.stem)
    with create_work_file(path, {"stage": "track", "input": digest_file(video)}) as writer:
        writer.attribute("video", {"width": width, "height": height, "fps": 25.0, "frames": len(pictures)})
        writer.attribute("rejected", [])
        writer.table(
            "_frames",
            {
                "frame": np.arange(len(pictures)),
                "pts": np.arange(len(pictures)) / 25,
                "persons": np.ones(len(pictures), np.int32),
            },
        )
        track = writer.tracklet("0001", n)
        track.write("rgb", np.stack(rgb))
        track.write("box", cut.astype(np.float32))
        track.write("detection", boxes)
        track.write("ratio", ((cut[:, 2] - cut[:, 0]) / (cut[:, 3] - cut[:, 1])).astype(np.float32))
        track.write("score", np.full(n, 0.9, np.float32))
        track.write("frame", np.arange(n))
        track.write("pts", np.arange(n) / 25)
    work.ledger("track").append(
        Record(
            unit=video.stem,
            key="made up",
            outcome="ok",
            output_digest=digest_file(path),
            output_bytes=path.stat().st_size,
        )
    )
    write_manifest(work.manifest, [VideoRecord(video.stem, video.resolve())])
    return list(cut)


@dataclass(frozen=True)
class Films(Crops):
    """Crops that can be cut into blocks."""

    def __getitem__(self, rows: slice) -> "Films":
        parts = {name: getattr(self, name)[rows] for name in ("rgb", "box", "detection", "frame")}
        return replace(self, **parts)


@dataclass(frozen=True)
class Tracked:
    """A filmed and tracked scene: the video, its crops, and their true masks `[n, 128, 128]`."""

    video: Video
    crops: Films
    truths: Image


def tracked(scene: Scene, folder: Path) -> Tracked:
    """Films a scene and tracks its walker."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "toy.mp4"
    boxes = scene.film(path)
    work = WorkDir(folder / "work")
    cut = leave_track(work, path, boxes)
    with open_work_file(work.file("track", "toy")) as file:
        track = file["0001"]
        crops = Films("0001", *(track[name][...] for name in ("rgb", "box", "detection", "frame")))
    video = Video(path, WIDTH, HEIGHT, scene.frames, crops.frame, crops.box)
    return Tracked(video, crops, true_masks(scene.truths, cut))


def true_masks(truths: list[Image], cut: list[NDArray[np.int64]]) -> Image:
    """The known masks as crops `[n, 128, 128]`."""
    crops = [cv2.resize(t[b[1] : b[3], b[0] : b[2]], (128, 128)) for t, b in zip(truths, cut, strict=True)]
    return np.where(np.stack(crops) > 127, 255, 0).astype(np.uint8)


def ious(masks: Image, truths: Image) -> NDArray[np.float64]:
    """Intersection over union of each pair `[n]`."""
    one, other = masks > 0, truths > 0
    return (one & other).sum(axis=(1, 2)) / np.maximum((one | other).sum(axis=(1, 2)), 1)
