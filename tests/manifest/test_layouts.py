"""Every bundled protocol on a tree of empty files in its layout: labels, split, gallery and probes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from gaitprep.bridge.leaves import find_leaves
from gaitprep.bridge.partition import with_partition
from gaitprep.errors import StoreError
from gaitprep.evaluate.protocol import Sequences, rounds, rows_under_test
from gaitprep.manifest.bundled import bundled_names
from gaitprep.manifest.protocol import load_protocol
from gaitprep.manifest.scan import scan

CASIA = [f"nm-{n:02d}" for n in range(1, 7)] + ["bg-01", "bg-02", "cl-01", "cl-02"]
PLACES = [f"{height}-{scene}" for height in "HL" for scene in ("scene1", "scene2", "scene3_s")]
TWO_VIEWS = ("000", "090")


def casia(*subjects: str, form: str) -> list[str]:
    return [form.format(s=s, c=c, v=v) for s in subjects for c in CASIA for v in TWO_VIEWS]


def grid(form: str, subjects: Iterable[str], conditions: Iterable[str], views: Iterable[object] = ("1",)) -> list[str]:
    return [form.format(s=s, c=c, v=v) for s in subjects for c in list(conditions) for v in list(views)]


@dataclass(frozen=True)
class Layout:
    """A small copy of a set: its files, who trains and is tested, and how many are enrolled and sought by group."""

    files: Callable[[], list[str]]
    train: list[str]
    test: list[str]
    gallery: dict[str, int]
    probes: dict[str, int]


BY_CASIA = ({"NM": 8, "BG": 8, "CL": 8}, {"NM": 4, "BG": 4, "CL": 4})
MULTI = {"ALL": 4}, {"ALL": 4}
LAYOUTS = {
    "casia-b": Layout(
        lambda: [*casia("074", "075", form="{s}-{c}-{v}.avi"), "075-bkgrd-090.avi"], ["074"], ["075"], *BY_CASIA
    ),
    "casia-b-folders": Layout(lambda: casia("074", "075", form="{s}/{c}/{v}.avi"), ["074"], ["075"], *BY_CASIA),
    "casia-b-star": Layout(
        lambda: [
            f"{leaf}/{leaf[-3:]}-{kind}.pkl"
            for leaf in casia("001", "124", form="{s}/{c}/{v}")
            for kind in ("aligned-sils", "ratios", "rgbs", "sils")
        ],
        ["001"], ["124"], *BY_CASIA,
    ),
    "ttg-200": Layout(
        lambda: grid("{s}/{c}/{v}.mp4", ["120", "121"], "123456", ["1", "12"]),
        ["120"], ["121"], {"ALL": 2}, {"ALL": 10},
    ),
    "ou-mvlp": Layout(
        lambda: grid("{s}/{c}/{v}/{v}.pkl", ["00001", "00002", "10305", "10307"], ["00", "01"], ["000", "270"]),
        ["00001", "10305"], ["00002", "10307"], *MULTI,
    ),
    "ou-mvlp-released": Layout(
        lambda: grid("Silhouette_{v}-{c}/{s}/0001.png", ["00001", "00002", "10307"], ["00", "01"], ["000", "270"]),
        ["00001"], ["00002", "10307"], *MULTI,
    ),
    "grew": Layout(
        lambda: [
            *grid("{s}/{c}/00/00.pkl", ["00001train", "00001test", "00002test"], ["01", "02"]),
            *grid("{s}/{c}/00/00.pkl", ["probe"], ["03"]),
            *grid("{s}/{c}/0001.png", ["train/00002", "test/00003"], ["01", "02"]),
        ],
        ["00001train", "train/00002"], ["00001test", "00002test", "test/00003"], {"ALL": 3}, {"ALL": 3},
    ),
    "fvg": Layout(
        lambda: grid("{s}-{v:02d}.mp4", ["136/1", "137/1", "148/2"], ["-"], range(1, 13)),
        ["136"], ["137", "148"], {"WS": 2, "CB": 2, "CL": 2, "CBG": 2}, {"WS": 9, "CB": 3, "CL": 3, "CBG": 3},
    ),
    "ccpg": Layout(
        lambda: grid(
            "{s}/{c}/{v}/{v}.pkl",
            ["001", "002"],
            ["U0_D0", "U0_D0_BG", "U0_D3", "U1_D0", "U1_D1", "U2_D2", "U3_D3"],
            ["a", "b"],
        ),
        ["001"], ["002"], {"CL": 6, "UP": 2, "DN": 2, "BG": 2}, {"CL": 4, "UP": 2, "DN": 2, "BG": 2},
    ),
    "sustech1k": Layout(
        lambda: grid(
            "{s}/{c}/{v}/sils.pkl",
            ["0000", "0001", "0002", "0003"],
            ["00-nm", "01-nm", "bg", "01-bg-nt", "cl", "cr", "ub", "uf", "oc", "nt"],
            ["000", "180-far"],
        ),
        ["0000"], ["0001", "0002", "0003"],
        dict.fromkeys(("NM", "BG", "CL", "CR", "UB", "UF", "OC", "NT"), 6),
        {"NM": 6, "BG": 12, "CL": 6, "CR": 6, "UB": 6, "UF": 6, "OC": 6, "NT": 12},
    ),
    "casia-e": Layout(
        lambda: grid(
            "{s}/{c}/{v}/{v}.pkl",
            ["200", "201"],
            [f"{place}-{kind}-{n}" for place in PLACES for kind in ("nm", "bg") for n in (1, 2)],
            ["000", "270"],
        ),
        ["200"], ["201"], {"NM": 4, "BG": 4, "CL": 4}, {"NM": 8, "BG": 8, "CL": 0},
    ),
    "gait3d": Layout(
        lambda: grid("{s}/{c}/{v}/{v}.pkl", ["0001", "0002", "0003", "0004"], ["camid0_videoid2"], ["seq0", "seq1"]),
        ["0001", "0002", "0003"], ["0004"], {"ALL": 2}, {"ALL": 0},
    ),
}  # fmt: skip


def labels(root: Path, name: str) -> list[tuple[str, str, str]]:
    """By `scan` for videos, as `import` does it for pickles and images."""
    protocol = load_protocol(name)
    if any(path.suffix in (".avi", ".mp4") for path in root.rglob("*")):
        return [(str(r.subject), str(r.condition), str(r.view)) for r in scan(root, protocol).records]
    leaves = [leaf for leaf in find_leaves(root, (".pkl", ".png"), protocol) if not protocol.ignores(leaf.name)]
    return [leaf.labels for leaf in leaves if leaf.labels]


@pytest.mark.parametrize("name", LAYOUTS)
def test_labels_split_gallery_and_probes(name: str, tmp_path: Path) -> None:
    layout, protocol = LAYOUTS[name], load_protocol(name)
    files = layout.files()
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    found = labels(tmp_path, name)
    sequences = Sequences(*(np.array(column) for column in zip(*found, strict=True)))
    split = protocol.split(sequences.subject.tolist())
    assert (split.train, split.test) == (layout.train, layout.test)
    if not any(layout.probes.values()):
        with pytest.raises(StoreError, match="nothing to look for"):
            rounds(sequences, rows_under_test(sequences, protocol), protocol)
        lists = {"TRAIN_SET": split.train, "TEST_SET": split.test, "PROBE_SET": ["-".join(found[-1])]}
        protocol = with_partition(protocol, lists, found)
        layout = replace(layout, gallery={"ALL": 1}, probes={"ALL": 1})
    chosen = rounds(sequences, rows_under_test(sequences, protocol), protocol)
    assert {group: len(rows) for group, rows in chosen.galleries.items()} == layout.gallery
    assert {group: len(rows) for group, rows in chosen.probes.items()} == layout.probes


def test_every_bundled_set_has_a_layout_here() -> None:
    assert set(bundled_names("manifests")) - set(LAYOUTS) == {"synth-indoor", "synth-outdoor"}


def test_the_official_numbers_of_ou_mvlp_and_casia_b() -> None:
    everyone = load_protocol("ou-mvlp").split([f"{number:05d}" for number in range(1, 10308)])
    assert (len(everyone.train), len(everyone.test)) == (5153, 5154)
    protocol = load_protocol("casia-b")
    nominal = {f"{s:03d}/{c}/{v:03d}" for s in range(1, 125) for c in CASIA for v in range(0, 181, 18)}
    assert len(nominal) == protocol.expected["videos"] == 13640
    assert set(protocol.missing) <= nominal
    # 20 more are missing of subjects 068 and 088, which nobody has listed.
    assert len(set(protocol.missing)) == 13640 - 13592 - 20
    assert load_protocol("casia-b-folders").missing == protocol.missing
