"""The truth beside a video: who is where in every frame, to the pixel. `docs/truth.md` specifies the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import InputError
from gaitprep.run.atomic import publish

FORMAT = "gaitprep-truth"
VERSION = 2
_SUFFIX = ".truth.h5"
_SAME_TIME = 1e-3  # seconds
_ROWS = 16  # frames per compressed chunk


def truth_path(video: Path) -> Path:
    """`001-nm-01-090.mp4` → `001-nm-01-090.truth.h5`."""
    return video.with_name(video.stem + _SUFFIX)


@dataclass(frozen=True)
class PersonTruth:
    """One person through a video of `n` frames of `h` × `w` pixels.

    Attributes:
        name: the identity; about: body, gait, outfit and other facts, as JSON values.
        full, visible: `[n, h, w]` bool masks: the person as if alone, and what other people and things leave to see.
        whole: `[n]` whether all of the person is inside the picture.
        phase: `[n]` of the gait cycle in [0, 1), left heel strike = 0.
        position: `[n, 3]` root joint in the world, metres.
    """

    name: str
    about: Mapping[str, Any]
    full: NDArray[np.bool_]
    visible: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    phase: NDArray[np.float64]
    position: NDArray[np.float64]


def write_truth(
    path: Path,
    about: Mapping[str, Any],
    pts: NDArray[np.float64],
    cameras: NDArray[np.float64],
    people: Sequence[PersonTruth],
    *,
    exposure: NDArray[np.float64] | None = None,
) -> None:
    """Publishes a truth file. Equal arguments give equal bytes.

    Args:
        about: facts of the video (subject, condition, view, world, seed, fps, width, height, …), kept as attributes.
        pts: `[n]` presentation times in seconds; cameras: `[n, 3, 4]` projection matrices.
        exposure: `[n]` light that comes through; 1, which None stands for throughout, is normal.
    """
    with publish(path) as temporary, h5py.File(temporary, "w", libver=("v110", "v110")) as file:
        file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
        for name, value in about.items():
            file.attrs[name] = value
        file["pts"], file["camera"] = pts, np.round(cameras, 6)  # the last digits differ from processor to processor
        file["exposure"] = np.ones(len(pts)) if exposure is None else exposure
        for person in people:
            group = file.create_group(f"people/{person.name}")
            group.attrs["about"] = json.dumps(dict(person.about), sort_keys=True)
            group["box"], group["visible_box"] = boxes(person.full), boxes(person.visible)
            group["pixels"] = person.full.sum(axis=(1, 2), dtype=np.int32)
            group["visible_pixels"] = person.visible.sum(axis=(1, 2), dtype=np.int32)
            group["whole"] = person.whole
            group["phase"] = np.round(person.phase, 5).astype(np.float32)
            group["position"] = np.round(person.position, 4).astype(np.float32)
            _write_mask(group, "full", person.full)
            if np.array_equal(person.full, person.visible):
                group["visible"] = group["full"]  # a second name for the same data
            else:
                _write_mask(group, "visible", person.visible)


def _write_mask(group: h5py.Group, name: str, mask: NDArray[np.bool_]) -> None:
    bits = np.packbits(mask, axis=-1)
    chunk = (min(_ROWS, len(bits)), *bits.shape[1:])
    group.create_dataset(name, data=bits, chunks=chunk, compression="gzip", compression_opts=4)


def boxes(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """`[n, 4]` tight boxes x0, y0, x1, y1 of masks `[n, h, w]`, x1 and y1 exclusive; zeros where a mask is empty."""
    found = np.zeros((len(masks), 4), np.float32)
    for row, mask in enumerate(masks):
        across, down = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
        if across.size:
            found[row] = across[0], down[0], across[-1] + 1, down[-1] + 1
    return found


class Truth:
    """Reads a truth file.

    Example:
        >>> with Truth(truth_path(video)) as truth:  # doctest: +SKIP
        ...     for person in truth.people:
        ...         truth.box(person)[7], truth.mask(person, 7)

    Raises:
        InputError: the file is missing, damaged, or no truth file of this version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = h5py.File(path, "r")
        except OSError as error:
            raise InputError(f"cannot read the truth file {path}", cause=str(error)) from error
        found = (self._file.attrs.get("format"), self._file.attrs.get("version"))
        if found != (FORMAT, VERSION):
            self._file.close()
            raise InputError(
                f"{path} is not a truth file of version {VERSION}",
                cause=f"it says {found}",
                next_step="film it again with gaitprep synth" if found[0] == FORMAT else "",
            )
        self.about: dict[str, Any] = {
            name: value.item() if isinstance(value, np.generic) else value for name, value in self._file.attrs.items()
        }

    def __enter__(self) -> Truth:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._file["pts"])

    @property
    def people(self) -> list[str]:
        """The identities, sorted."""
        return sorted(self._file["people"])

    @property
    def pts(self) -> NDArray[np.float64]:
        """`[n]` presentation times in seconds."""
        return np.asarray(self._file["pts"])

    @property
    def camera(self) -> NDArray[np.float64]:
        """`[n, 3, 4]` world metres → pixels."""
        return np.asarray(self._file["camera"])

    @property
    def exposure(self) -> NDArray[np.float64]:
        """`[n]` light that came through, 1 is normal."""
        return np.asarray(self._file["exposure"])

    @property
    def stressors(self) -> list[str]:
        """What made the video harder, in alphabetical order."""
        return [name for name in str(self.about.get("stressors", "")).split(",") if name]

    def check(self, video: Path) -> None:
        """Decodes a video to see whether this is its truth: as many frames, of this size, at these times.

        Raises:
            InputError: it is not; the first difference is named.
            VideoError: the video cannot be read.
        """
        from gaitprep.video.read import read_frames

        wanted, pts = (int(self.about["height"]), int(self.about["width"])), self.pts
        count = 0
        for frame in read_frames(video):
            if frame.image.shape[:2] != wanted:
                height, width = frame.image.shape[:2]
                self._refuse(video, f"the video is {width}×{height}, the truth {wanted[1]}×{wanted[0]}")
            if count < len(pts) and abs(frame.pts - pts[count]) > _SAME_TIME:
                self._refuse(video, f"frame {count} is shown at {frame.pts:.3f} s, by the truth at {pts[count]:.3f} s")
            count += 1
        if count != len(pts):
            self._refuse(video, f"the video has {count} frames, the truth {len(pts)}")

    def _refuse(self, video: Path, why: str) -> None:
        raise InputError(
            f"the truth file {self.path} does not fit {video}", cause=why, next_step="film it again with gaitprep synth"
        )

    def person(self, name: str) -> dict[str, Any]:
        """Body, gait, outfit and other facts of a person."""
        facts: dict[str, Any] = json.loads(self._file["people"][name].attrs["about"])
        return facts

    def box(self, name: str) -> NDArray[np.float32]:
        """`[n, 4]` boxes of the full masks: x0, y0, x1, y1 in pixels, x1 and y1 exclusive; zeros where out of sight."""
        return np.asarray(self._file["people"][name]["box"])

    def visible_box(self, name: str) -> NDArray[np.float32]:
        """`[n, 4]` boxes of the visible masks, as `box`."""
        return np.asarray(self._file["people"][name]["visible_box"])

    def pixels(self, name: str, *, full: bool = False) -> NDArray[np.int32]:
        """`[n]` pixels of the visible masks, or with `full` of the full ones."""
        return np.asarray(self._file["people"][name]["pixels" if full else "visible_pixels"])

    def whole(self, name: str) -> NDArray[np.bool_]:
        """`[n]` whether all of the person is inside the picture."""
        return np.asarray(self._file["people"][name]["whole"])

    def phase(self, name: str) -> NDArray[np.float32]:
        """`[n]` of the gait cycle in [0, 1), left heel strike = 0."""
        return np.asarray(self._file["people"][name]["phase"])

    def position(self, name: str) -> NDArray[np.float32]:
        """`[n, 3]` root joint in the world, metres."""
        return np.asarray(self._file["people"][name]["position"])

    def mask(self, name: str, frame: int, *, full: bool = False) -> NDArray[np.bool_]:
        """`[h, w]` the visible pixels of a person in a frame, or with `full` also those that people or things hide."""
        bits = self._file["people"][name]["full" if full else "visible"][frame]
        return np.unpackbits(bits, axis=-1, count=int(self.about["width"])).astype(bool)
