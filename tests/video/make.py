"""Small videos for tests. Frame k is noise around grey with a bright bar whose place says k."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 96, 64


def picture(k: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """The upper left corner is red, so that one sees how a picture is turned."""
    image = np.random.default_rng(k).integers(40, 80, (height, width, 3), np.uint8)
    image[:, 8 * (k % 10) : 8 * (k % 10) + 8] = 200
    image[: height // 4, : width // 4] = (255, 0, 0)
    return image


def bar(image: NDArray[np.uint8]) -> int:
    """k modulo 10 of a picture."""
    row = image[-8:, :80].mean(axis=(0, 2)).reshape(10, 8).mean(axis=1)
    return int(row.argmax())


def write_video(
    path: Path,
    count: int = 50,
    *,
    codec: str = "libx264",
    times: Sequence[float] | None = None,
    keyframe_every: int = 250,
    audio: bool = False,
) -> Path:
    """Writes `count` pictures at 25/s, or at `times` (s)."""
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = keyframe_every
        stream.bit_rate = 1_500_000
        sound = container.add_stream("pcm_s16le" if path.suffix == ".avi" else "aac", rate=8000) if audio else None
        base = Fraction(1, 25)
        if times is not None:
            base = Fraction(1, 1000)
            stream.codec_context.time_base = stream.time_base = base
        for k in range(count):
            frame = av.VideoFrame.from_ndarray(picture(k), format="rgb24")
            frame.time_base = base
            frame.pts = k if times is None else round(times[k] * 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            container.mux(sound.encode(_silence()))
            container.mux(sound.encode(None))
    return path


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        container.mux(stream.encode(_silence()))
        container.mux(stream.encode(None))
    return path


def _silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.float32), format="fltp", layout="mono")
    frame.sample_rate = 8000
    frame.pts = 0
    return frame


def cut(path: Path, target: Path, share: float) -> Path:
    """The first `share` of a file."""
    data = path.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def turn(path: Path, target: Path) -> Path:
    """A copy of an mp4 that asks to be shown turned by 90° clockwise (the matrix in its `tkhd` box)."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    one, last = 0x00010000, 0x40000000
    values = (0, one, 0, -one, 0, 0, HEIGHT * one, 0, last)
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
    target.write_bytes(data)
    return target
