"""A folder of bad files: each is named with its reason, costs only itself, and everything else is finished."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from gaitprep.errors import ManifestError, SchemaMismatch
from gaitprep.manifest.table import read_manifest, write_manifest
from gaitprep.run.ledger import Record
from gaitprep.store.reader import open_store
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter
from gaitprep.work.layout import WorkDir
from tests.builders import build_store
from tests.e2e.command import gaitprep, gaitprep_json


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with two good videos among every kind of bad one, after the front half of the pipeline."""
    root = tmp_path_factory.mktemp("bad")
    gaitprep(
        "synth", "--out", root / "film", "--subjects", 2, "--workers", 1,
        "--set", "frames=40", "--set", "conditions=[nm-01]", "--set", "views=['090']",
    )  # fmt: skip
    raw = root / "raw"
    raw.mkdir()
    one, other = sorted((root / "film").rglob("*.mp4"))
    shutil.copy(one, raw / "good.mp4")
    (raw / "zero.mp4").touch()
    (raw / "text.mp4").write_text("this is not a video\n" * 100)
    _truncate(one, raw / "cut.mkv")
    _nobody(raw / "nobody.mp4")
    _sound(raw / "sound.mp4")
    _two(one, other, raw / "two.mp4")
    _variable_rate(one, raw / "variable.mp4")
    work = ["--work", root / "work", "--workers", 1]
    gaitprep("track", raw, *work)
    gaitprep("segment", *work)
    gaitprep("align", *work)
    gaitprep("pack", "--out", root / "store.zarr", *work)
    return root


def _truncate(source: Path, target: Path) -> None:
    """As a recording that ended when the power did: a container without an end, cut in the middle of a frame."""
    whole = target.with_suffix(".whole.mkv")
    with VideoWriter(whole, 320, 240, 25) as writer:
        for frame in read_frames(source):
            writer.write(frame.image)
    data = whole.read_bytes()
    whole.unlink()
    target.write_bytes(data[: int(len(data) * 0.7)])


def _nobody(path: Path) -> None:
    rng = np.random.default_rng(0)
    with VideoWriter(path, 320, 240, 25) as writer:
        for _ in range(30):
            writer.write(rng.integers(90, 110, (240, 320, 3), dtype=np.uint8))


def _sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


def _two(one: Path, other: Path, path: Path) -> None:
    """Two people side by side in one picture."""
    with VideoWriter(path, 640, 240, 25) as writer:
        for left, right in zip(read_frames(one), read_frames(other), strict=True):
            writer.write(np.hstack([left.image, right.image]))


def _variable_rate(source: Path, path: Path) -> None:
    """Every second frame is shown three times as long."""
    time = 0.0
    with VideoWriter(path, 320, 240, 25) as writer:
        for frame in read_frames(source):
            writer.write(frame.image, time)
            time += 0.12 if frame.index % 2 else 0.04


def _records(root: Path, stage: str = "track") -> dict[str, Record]:
    return WorkDir(root / "work").ledger(stage).latest()


def test_every_file_has_an_outcome(root: Path) -> None:
    outcomes = {name: record.outcome for name, record in _records(root).items()}
    assert outcomes == {
        "good": "ok", "two": "ok", "variable": "ok", "cut": "partial",
        "zero": "failed", "text": "failed", "nobody": "failed", "sound": "failed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [("zero", "empty"), ("text", "video"), ("nobody", "person"), ("sound", "no video"), ("cut", "frames")],
)
def test_the_reason_is_said(root: Path, name: str, words: str) -> None:
    assert words in _records(root)[name].reason.lower()


def test_the_rest_is_finished(root: Path) -> None:
    assert {name for name, record in _records(root, "align").items() if record.outcome != "failed"} == {
        "good", "two", "variable", "cut",
    }  # fmt: skip
    store = open_store(root / "store.zarr")
    assert sorted(set(store.sequences.video)) == ["cut", "good", "two", "variable"]
    assert list(store.sequences.video).count("two") == 2
    excluded = {entry["video"] for entry in gaitprep_json("info", root / "store.zarr")["excluded"]}
    assert excluded == {"zero", "text", "nobody", "sound"}


def test_time_is_that_of_the_container(root: Path) -> None:
    store = open_store(root / "store.zarr")
    row = list(store.sequences.video).index("variable")
    steps = np.diff(store.sequence("pts", row))
    assert set(np.round(steps, 2)) == {0.04, 0.12}


def test_status_names_what_failed(root: Path) -> None:
    track = gaitprep_json("status", "--work", root / "work")[0]
    assert (track["ok"], track["partial"], track["failed"]) == (3, 1, 4)
    assert {"zero", "text", "nobody", "sound", "cut"} <= set(track["problems"])


def test_a_manifest_with_missing_and_repeated_rows_costs_only_these(root: Path, tmp_path: Path) -> None:
    good = root / "raw" / "good.mp4"
    (tmp_path / "m.csv").write_text(f"path,video_id\n{good},a\n{good},a\n{tmp_path}/absent.mp4,b\n")
    done = gaitprep_json("track", tmp_path / "m.csv", "--work", tmp_path / "work", "--workers", 1)
    assert (done["ok"], done["failed"]) == (1, 2)
    assert "taken by an earlier row" in done["reasons"]["a#2"]
    assert "absent.mp4" in done["reasons"]["b"]
    assert len(read_manifest(tmp_path / "work" / "manifest.parquet")) == 3


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="there is no file or folder"):
        gaitprep("track", tmp_path / "absent.mp4", "--work", tmp_path / "work")
    write_manifest(tmp_path / "empty.csv", [])
    with pytest.raises(ManifestError, match="no rows"):
        gaitprep("track", tmp_path / "empty.csv", "--work", tmp_path / "work")


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    root = store / "zarr.json"
    text = root.read_text()
    assert '"schema_version"' in text, "the test must know the field"
    import json

    content = json.loads(text)
    _raise_version(content)
    root.write_text(json.dumps(content))
    with pytest.raises(SchemaMismatch, match="version"):
        open_store(store)


def _raise_version(content: object) -> None:
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "schema_version":
                content[key] = value + 1
            else:
                _raise_version(value)
