"""What lossless coding makes of masks and silhouettes, in bytes and time a frame; JSON lines on stdout.

    python benchmarks/bench_codecs.py [STORE …] [--frames 480]

For each store, and for the drawn walkers of the other benchmarks: chunks of 10 masks and of 15 silhouettes through
the store's own codecs, through others that zarr-python and tensorstore both read (zstd, blosc, zstd over blosc, zstd
at high levels after the same turns), and through lossless WebP, which is no Zarr codec, to see what a coder made for
pictures can do. Silhouettes also cut to 0 and 255. Times are microseconds of processor time a frame, best of three;
`grey` is how many pixels of a frame are neither 0 nor 255, `entropy_bytes` what their values alone have by their
frequencies.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
from numcodecs import blosc
from numcodecs.blosc import Blosc
from numcodecs.zstd import Zstd
from numpy.typing import NDArray
from plain_store import pictures

from gaitprep.store.codecs import CodecName, compress_chunk, expand_chunk
from gaitprep.store.reader import open_store

CHUNK_FRAMES = {"mask": 10, "silhouette": 15}

Chunk = NDArray[np.uint8]
Code = Callable[[Any], Any]


def codecs(shape: tuple[int, ...]) -> Iterator[tuple[str, Code, Code]]:
    """Name, encoder and decoder of every way; `shape` is that of a chunk."""
    size, blosc.use_threads = math.prod(shape), False
    for own in get_args(CodecName)[1:]:
        yield (
            own,
            lambda c, own=own: compress_chunk(c, own),
            lambda d, own=own: expand_chunk(d, own, shape, size).copy(0, size, np.empty(size, np.uint8)),
        )
    plain: dict[str, Any] = {f"zstd {level}": Zstd(level) for level in (1, 9, 12)}
    plain |= {"blosc lz4hc 5": Blosc("lz4hc", 5, Blosc.NOSHUFFLE), "blosc lz4 5": Blosc("lz4", 5, Blosc.NOSHUFFLE)}
    for name, level in (("zstd", 1), ("zstd", 3), ("lz4", 1), ("lz4hc", 5)):
        plain[f"blosc bitshuffle {name} {level}"] = Blosc(name, level, Blosc.BITSHUFFLE, size)
    for name, codec in plain.items():
        yield name, codec.encode, codec.decode
    inner, outer = Blosc("lz4hc", 3, Blosc.NOSHUFFLE), Zstd(1)
    yield "blosc lz4hc 3, zstd 1", lambda c: outer.encode(inner.encode(c)), lambda d: inner.decode(outer.decode(d))
    across = math.prod(shape[:2])
    for what, rows, level in (("pixels", shape[0], 9), ("columns", across, 9), ("columns", across, 19)):
        code = Zstd(level)
        yield (
            f"{what}, zstd {level}",
            lambda c, code=code, rows=rows: code.encode(cv2.transpose(c.reshape(rows, -1))),
            lambda d, code=code, rows=rows: cv2.transpose(np.frombuffer(code.decode(d), np.uint8).reshape(-1, rows)),
        )
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101]
    yield (
        "WebP lossless",
        lambda c: cv2.imencode(".webp", c.reshape(-1, c.shape[-1]), lossless)[1],
        lambda d: cv2.imdecode(d, cv2.IMREAD_GRAYSCALE),
    )


def timed(work: Callable[[], Any]) -> float:
    """Seconds of processor time, the best of three."""
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def measure(source: str, name: str, frames: Chunk, chunk_frames: int) -> None:
    """Prints a line for each way."""
    grey = frames[(frames > 0) & (frames < 255)]
    counts = np.bincount(grey, minlength=256)
    share = counts[counts > 0] / max(len(grey), 1)
    of = {"bench": "codecs", "source": source, "array": name, "grey": round(len(grey) / len(frames))}
    of["entropy_bytes"] = round(float(-(share * np.log2(share)).sum()) * len(grey) / 8 / len(frames))
    chunks = np.split(frames, len(frames) // chunk_frames)
    for way, encode, decode in codecs(chunks[0].shape):
        encoded = [encode(chunk) for chunk in chunks]
        line = of | {"codec": way, "bytes": round(sum(map(len, encoded)) / len(frames))}
        for what, work, items in (("encode_us", encode, chunks), ("decode_us", decode, encoded)):
            seconds = timed(lambda work=work, items=items: [None for item in items if work(item) is None])
            line[what] = round(seconds / len(frames) * 1e6, 2)
        print(json.dumps(line), flush=True)


def main() -> None:
    """Goes through the sources."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", type=Path)
    parser.add_argument("--frames", type=int, default=480)
    options = parser.parse_args()
    drawn = pictures(options.frames)
    for source in [None, *options.stores]:
        store = open_store(source) if source else None
        for name, chunk_frames in CHUNK_FRAMES.items():
            if store is not None and name not in store.arrays:
                continue
            frames = drawn[name] if store is None else store.read(name, 0, min(options.frames, store.frames))
            frames = frames[: len(frames) // chunk_frames * chunk_frames]
            label = source.name if source else "drawn"
            measure(label, name, frames, chunk_frames)
            if name == "silhouette":
                measure(
                    label, "silhouette cut to 0 and 255", np.where(frames > 127, 255, 0).astype(np.uint8), chunk_frames
                )


if __name__ == "__main__":
    main()
