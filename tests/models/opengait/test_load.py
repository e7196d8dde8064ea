from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gaitprep.errors import CheckpointError, UsageError
from gaitprep.models.checkpoint import load_model
from gaitprep.models.opengait import import_checkpoint, load_checkpoint
from gaitprep.models.opengait.names import released_names
from gaitprep.models.registry import RELEASED, Network, build, sizes_of
from tests.models.opengait.released import SHAPES, state

SMALL: dict[str, dict[str, Any]] = {
    "unet": {"channels": (4, 6, 8, 10)},
    "gaitgl": {"channels": (4, 6, 8, 10), "classes": 3},
    "gaitgl-large": {"channels": (4, 6, 8, 10), "classes": 5},
    "gaitset": {"channels": (4, 6, 8), "embedding": 12},
    "gaitpart": {"channels": (4, 6, 8), "embedding": 12, "squeeze": 2, "parts": 8},
    "gaitgl-e2e": {"channels": (4, 6, 8, 10), "classes": 3, "unet_channels": (4, 5, 6, 7)},
    "gaitedge": {
        **{"channels": (4, 6, 8, 10), "classes": 3, "unet_channels": (4, 5, 6, 7)},
        **{"recogniser": "gaitgl-large", "mask_source": "given", "align": "opengait"},
    },
}


def network(architecture: str) -> Network:
    torch.manual_seed(0)
    made = build(architecture, **SMALL[architecture])
    for name, tensor in made.state_dict().items():
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 2.0)
        else:
            assert name.endswith("num_batches_tracked")
            tensor.fill_(17)
    return made


def exported(made: Network) -> dict[str, Tensor]:
    """Its state dict under released names."""
    result = {}
    for own, tensor in made.state_dict().items():
        names = released_names(own, made.config)
        pieces = tensor.chunk(len(names)) if len(names) > 1 else [tensor]
        result.update(zip(names, pieces, strict=True))
    return result


def assert_equal(ours: Network, theirs: Network) -> None:
    a, b = ours.state_dict(), theirs.state_dict()
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("architecture", RELEASED)
def test_sizes_are_read_and_every_tensor_finds_its_place(architecture: str, prefix: str, tmp_path: Path) -> None:
    made = network(architecture)
    torch.save({"model": {prefix + name: t for name, t in exported(made).items()}}, tmp_path / "x.pt")
    loaded = load_checkpoint(tmp_path / "x.pt", architecture)
    assert sizes_of(loaded.config).items() >= {**SMALL[architecture]}.items()
    assert not loaded.training
    assert_equal(loaded, made)


def test_a_unet_may_be_named_as_part_of_the_network_that_it_trained_in(tmp_path: Path) -> None:
    made = network("unet")
    torch.save({f"module.Backbone.{name}": t for name, t in exported(made).items()}, tmp_path / "x.pt")
    assert_equal(load_checkpoint(tmp_path / "x.pt", "unet"), made)
    with pytest.raises(CheckpointError, match="not that of a gaitset"):
        load_checkpoint(tmp_path / "x.pt", "gaitset")


def test_equal_weights_give_equal_outputs(tmp_path: Path) -> None:
    made = network("gaitpart").eval()
    torch.save(exported(made), tmp_path / "x.pt")
    clip = torch.rand(2, 4, 64, 44)
    with torch.no_grad():
        assert torch.equal(load_checkpoint(tmp_path / "x.pt", "gaitpart")(clip).embedding, made(clip).embedding)


def test_half_precision_is_widened(tmp_path: Path) -> None:
    tensors = {name: t.half() if t.is_floating_point() else t for name, t in exported(network("unet")).items()}
    torch.save(tensors, tmp_path / "x.pt")
    weight = load_checkpoint(tmp_path / "x.pt", "unet").state_dict()["decoder.last.weight"]
    assert weight.dtype == torch.float32
    assert torch.equal(weight, tensors["Conv_1x1.weight"].float())


def test_released_settings_can_be_changed_and_sizes_that_tensors_do_not_tell_given(tmp_path: Path) -> None:
    torch.save(exported(network("gaitedge")), tmp_path / "edge.pt")
    sizes = sizes_of(load_checkpoint(tmp_path / "edge.pt", "gaitedge", align="exact", mask_source="reference").config)
    assert (sizes["align"], sizes["mask_source"], sizes["recogniser"]) == ("exact", "reference", "gaitgl-large")
    torch.save(exported(network("gaitgl")), tmp_path / "gl.pt")
    assert sizes_of(load_checkpoint(tmp_path / "gl.pt", "gaitgl", strips=4).config)["strips"] == 4


@pytest.mark.parametrize(
    ("sizes", "words"), [({"classes": 74}, "classes 3, not 74"), ({"channels": (4, 6, 8, 16)}, "channels")]
)
def test_another_class_count_or_size_is_named(sizes: dict[str, Any], words: str, tmp_path: Path) -> None:
    torch.save(exported(network("gaitgl")), tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="another size than asked for") as raised:
        load_checkpoint(tmp_path / "x.pt", "gaitgl", **sizes)
    assert words in raised.value.cause


@pytest.mark.parametrize(
    ("held", "asked", "fitting"),
    [
        ("gaitset", "gaitpart", "gaitset"),
        ("gaitpart", "gaitset", "gaitpart"),
        ("gaitgl", "gaitgl-large", "gaitgl"),
        ("gaitgl-large", "gaitgl", "gaitgl-large"),
        ("gaitedge", "gaitgl", "gaitgl-e2e or gaitedge"),
        ("gaitgl", "gaitedge", "gaitgl"),
    ],
)
def test_another_architecture_is_recognised(held: str, asked: str, fitting: str, tmp_path: Path) -> None:
    tensors = exported(network(held))
    torch.save(tensors, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match=f"is not that of a {asked}") as raised:
        load_checkpoint(tmp_path / "x.pt", asked)
    assert raised.value.next_step == f"its names are those of {fitting}"
    ours = SHAPES[asked].keys()
    assert all(name in raised.value.cause for name in ours ^ tensors.keys())


def test_missing_unexpected_and_misshapen_tensors_are_all_named(tmp_path: Path) -> None:
    tensors = exported(network("gaitgl"))
    tensors["Extra.weight"] = tensors.pop("LTA.0.conv3d.weight")
    del tensors["Bn.running_mean"]
    tensors["Head0.fc_bin"] = torch.zeros(62, 10, 10)
    tensors["GLConvA1.local_conv3d.conv3d.weight"] = torch.zeros(8, 6, 3, 3)
    torch.save(tensors, tmp_path / "x.pt")
    with pytest.raises(CheckpointError) as raised:
        load_checkpoint(tmp_path / "x.pt", "gaitgl")
    assert "missing: Bn.running_mean, LTA.0.conv3d.weight; unexpected: Extra.weight;" in raised.value.cause
    assert "Head0.fc_bin is [62, 10, 10] and should be [64, 10, 10]" in raised.value.cause
    assert "local_conv3d.conv3d.weight is [8, 6, 3, 3] and should be [8, 6, 3, 3, 3]" in raised.value.cause


def test_a_missing_tensor_that_tells_a_size(tmp_path: Path) -> None:
    tensors = state("gaitpart")
    del tensors["Head.fc_bin"]
    torch.save(tensors, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match=r"missing: Head\.fc_bin\)"):
        load_checkpoint(tmp_path / "x.pt", "gaitpart")


def test_sizes_that_no_network_has(tmp_path: Path) -> None:
    tensors = exported(network("gaitgl"))
    tensors["Head1.fc_bin"] = torch.zeros(64, 10, 0)
    torch.save(tensors, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="no gaitgl that can be built"):
        load_checkpoint(tmp_path / "x.pt", "gaitgl")


def test_weights_that_are_not_finite(tmp_path: Path) -> None:
    tensors = exported(network("gaitset"))
    tensors["gl_block3.2.conv.weight"][0, 0] = float("nan")
    torch.save(tensors, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="training had failed") as raised:
        load_checkpoint(tmp_path / "x.pt", "gaitset")
    assert "gl_block3.2.conv.weight" in raised.value.cause


@pytest.mark.parametrize(
    ("architecture", "sizes", "message"),
    [
        ("gaitnet", {}, "no released network 'gaitnet'"),
        ("gaitedge", {"recogniser": "gaitset"}, "recogniser gaitset"),
        ("gaitgl", {"align": "exact"}, "no size called align"),
        ("gaitedge", {"align": "exakt"}, "exakt"),
    ],
)
def test_impossible_wishes(architecture: str, sizes: dict[str, Any], message: str, tmp_path: Path) -> None:
    torch.save(exported(network("gaitedge" if architecture == "gaitedge" else "gaitgl")), tmp_path / "x.pt")
    with pytest.raises(UsageError, match=message):
        load_checkpoint(tmp_path / "x.pt", architecture, **sizes)


def test_an_imported_checkpoint_is_one_of_ours(tmp_path: Path) -> None:
    made = network("gaitedge")
    torch.save({"model": exported(made), "iteration": 20_000}, tmp_path / "GaitEdge-20000.pt")
    out = tmp_path / "runs" / "edge.safetensors"
    import_checkpoint(tmp_path / "GaitEdge-20000.pt", "gaitedge", out, trained_on=("casia-b",))
    loaded, info = load_model(out, architecture="gaitedge", classes=3)
    assert_equal(loaded, made)
    assert (info.preset, info.trained_on, info.details["steps"]) == ("imported", ("casia-b",), 20_000)
    assert info.details["imported_from"] == "GaitEdge-20000.pt"
    assert (info.sizes["align"], info.sizes["mask_source"]) == ("opengait", "given")


def test_nothing_is_written_for_a_checkpoint_that_does_not_fit(tmp_path: Path) -> None:
    torch.save(exported(network("gaitset")), tmp_path / "x.pt")
    with pytest.raises(CheckpointError):
        import_checkpoint(tmp_path / "x.pt", "gaitgl", tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()
