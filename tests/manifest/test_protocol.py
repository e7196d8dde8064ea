"""Protocols: patterns, splits, and errors that name the field."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.errors import ManifestError
from gaitprep.manifest.bundled import bundled_names
from gaitprep.manifest.protocol import Protocol, load_protocol, natural


@pytest.mark.parametrize("name", bundled_names("manifests"))
def test_bundled_protocols_load_under_their_own_name(name: str) -> None:
    assert load_protocol(name).name == name


def test_casia_b() -> None:
    protocol = load_protocol("casia-b")
    assert protocol.labels("videos/001-nm-01-090") == ("001", "nm-01", "090")
    assert protocol.labels("124-cl-02-180") == ("124", "cl-02", "180")
    assert protocol.labels("x001-nm-01-090") is None
    assert protocol.labels("001-xx-01-090") is None
    assert protocol.ignores("001-bkgrd-090")
    split = protocol.split([f"{i:03d}" for i in range(1, 125)])
    assert (len(split.train), len(split.test)) == (74, 50)
    assert (split.train[-1], split.test[0]) == ("074", "075")


def test_casia_b_in_folders() -> None:
    protocol = load_protocol("casia-b-folders")
    assert protocol.labels("CASIA/001/bg-02/054") == ("001", "bg-02", "054")
    assert protocol.labels("001/bg-02/054/video") == ("001", "bg-02", "054")


def test_ttg_200() -> None:
    protocol = load_protocol("ttg-200")
    assert protocol.labels("7/3/12") == ("7", "3", "12")
    assert len(protocol.split([str(i) for i in range(1, 201)]).train) == 120
    assert not protocol.exclude_identical_view


@given(st.sets(st.integers(0, 999), min_size=1), st.floats(0.05, 0.95))
def test_a_fraction_splits_in_natural_order(numbers: set[int], fraction: float) -> None:
    protocol = load_protocol("casia-b").model_copy(update={"train": fraction})
    split = protocol.split([str(number) for number in numbers])
    assert sorted([*split.train, *split.test], key=natural) == [str(number) for number in sorted(numbers)]
    assert len(split.train) == round(len(numbers) * fraction)
    if split.train and split.test:
        assert int(split.train[-1]) < int(split.test[0])


def test_natural_order() -> None:
    assert sorted(["a10", "a2", "b1", "a"], key=natural) == ["a", "a2", "a10", "b1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pattern": r"(?P<subject>\d+)"}, "pattern.*lacks the named groups condition, view"),
        ({"pattern": "("}, "pattern.*not a regular expression"),
        ({"train": 1.5}, "train"),
        ({"gallery": []}, "gallery"),
        ({"galery": ["x"]}, "galery.*Extra inputs"),
        ({"ranks": [0]}, "ranks"),
    ],
)
def test_a_bad_field_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    import yaml

    content = {**Protocol.model_dump(load_protocol("casia-b")), **change}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ManifestError, match=message):
        load_protocol(str(path))


def test_unknown_names_list_what_is_bundled() -> None:
    with pytest.raises(ManifestError, match="casia-b, casia-b-folders"):
        load_protocol("nonesuch")
    with pytest.raises(ManifestError, match=r"there is no file nonesuch\.yaml"):
        load_protocol("nonesuch.yaml")
