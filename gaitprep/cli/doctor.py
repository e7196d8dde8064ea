"""`gaitprep doctor`: is this machine ready, and for what."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from gaitprep.cli.options import JsonOption

_LOW_DISK = 5 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `state` is `ok`, `note` (works, with a limit) or `bad` (something will fail)."""

    what: str
    state: str
    fact: str
    next_step: str = ""


def doctor(
    work: Annotated[Path, typer.Option("--work", help="Folder whose disk is looked at.")] = Path(),
    json: JsonOption = False,
) -> None:
    """Look at versions, device, weights, disk and decoder; exit with 1 when something will fail."""
    import json as json_module

    findings = list(examine(work))
    if json:
        typer.echo(json_module.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, show_header=False)
        marks = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}
        for finding in findings:
            fact = finding.fact + (f"\n→ {finding.next_step}" if finding.next_step else "")
            table.add_row(marks[finding.state], finding.what, fact)
        Console(file=sys.stdout).print(table)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


def examine(folder: Path) -> Iterator[Finding]:
    """All findings, in order; a check that breaks is a finding itself."""
    checks: dict[str, Callable[[], Finding]] = {
        "versions": _versions,
        "device": _device,
        "detector": _detector,
        "walkers": _walkers,
        "decoder": _decoder,
        "disk": lambda: _disk("disk of " + str(folder.resolve()), folder),
        "cache": _cache,
    }
    for name, check in checks.items():
        try:
            yield check()
        except Exception as error:  # a doctor does not fall ill
            yield Finding(name, "bad", f"{type(error).__name__}: {error}", "reinstall gaitprep with pip")


def _versions() -> Finding:
    import gaitprep
    from gaitprep.run.provenance import library_versions

    libraries = library_versions()
    absent = [name for name, version in libraries.items() if version == "absent"]
    fact = f"gaitprep {gaitprep.__version__}, Python {platform.python_version()}, " + ", ".join(
        f"{name} {version}" for name, version in libraries.items()
    )
    return Finding("versions", "bad" if absent else "ok", fact, f"pip install {' '.join(absent)}" if absent else "")


def _device() -> Finding:
    import torch

    from gaitprep.models.device import multiplies_bf16, resolve_device

    device = resolve_device("auto")
    if device != "cpu":
        return Finding("device", "ok", f"cuda: {torch.cuda.get_device_name()}" if device == "cuda" else device)
    bf16 = multiplies_bf16(device)
    fact = f"CPU, {torch.get_num_threads()} threads, bf16 {'in hardware' if bf16 else 'not in hardware: fp32 is used'}"
    return Finding("device", "note", fact, "preset cpu trains here; preset paper wants a GPU")


def _detector() -> Finding:
    from gaitprep.models.cache import cache_folder
    from gaitprep.models.weights import DIGESTS
    from gaitprep.run.digest import digest_file

    name = "yolov8n.pt"
    path = cache_folder("weights") / name
    if not path.is_file():
        return Finding("detector", "note", f"{name} is not in the cache yet", "the first gaitprep track fetches it")
    if digest_file(path) != DIGESTS[name]:
        return Finding("detector", "bad", f"{path} is not the official {name}", f"rm {path}")
    return Finding("detector", "ok", f"{path}, SHA-256 as published")


def _walkers() -> Finding:
    from gaitprep.synth.bodydata import body_file

    path = body_file()
    if not path.is_file():
        fact = "the body model of synthetic walkers is not built yet"
        return Finding("walkers", "note", fact, f"the first gaitprep synth builds it (13 MB in {path.parent})")
    return Finding("walkers", "ok", f"{path}, {path.stat().st_size / 2**20:.0f} MiB")


def _decoder() -> Finding:
    import tempfile

    import av
    import numpy as np

    from gaitprep.video.read import read_frames
    from gaitprep.video.writer import VideoWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "probe.mp4"
        with VideoWriter(path, 64, 48, 25) as writer:
            for value in (40, 200):
                writer.write(np.full((48, 64, 3), value, np.uint8))
        levels = [int(frame.image.mean()) for frame in read_frames(path)]
    good = len(levels) == 2 and abs(levels[0] - 40) < 8 and abs(levels[1] - 200) < 8
    ffmpeg = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return Finding(
        "decoder",
        "ok" if good else "bad",
        f"PyAV {av.__version__} with libavcodec {ffmpeg}: " + ("wrote and read h264" if good else f"read {levels}"),
        "" if good else "pip install --force-reinstall av",
    )


def _disk(what: str, folder: Path) -> Finding:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    low = free < _LOW_DISK
    return Finding(
        what,
        "note" if low else "ok",
        f"{free / 2**30:.0f} GiB free",
        "a million 128×128 crops take 49 GB in the work folder, and as much in the store" if low else "",
    )


def _cache() -> Finding:
    from gaitprep.models.cache import cache_folder

    root = cache_folder("weights").parent
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) if root.is_dir() else 0
    return Finding("cache", "ok", f"{root}: {size / 2**20:.0f} MiB (GAITPREP_CACHE moves it)")
