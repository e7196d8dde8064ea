import pytest

from gaitprep.models.opengait.names import released_names
from gaitprep.models.registry import RELEASED, Network, build
from tests.models.opengait.released import SHAPES

SIZES = {
    "gaitgl": {"classes": 11},
    "gaitgl-large": {"classes": 5, "channels": (8, 16, 32, 64)},
    "gaitedge": {"classes": 7},
    "gaitgl-e2e": {"classes": 7},
}


def network(architecture: str) -> Network:
    return build(architecture, **SIZES.get(architecture, {}))


@pytest.mark.parametrize("architecture", RELEASED)
def test_released_names_and_shapes_are_ours_one_to_one(architecture: str) -> None:
    made = network(architecture)
    found: dict[str, list[int]] = {}
    for own, tensor in made.state_dict().items():
        names = released_names(own, made.config)
        for name, piece in zip(names, tensor.chunk(len(names)) if tensor.ndim else [tensor], strict=True):
            assert name not in found
            found[name] = list(piece.shape)
    assert found == SHAPES[architecture]


def test_a_tensor_without_a_rule_is_an_error() -> None:
    config = build("gaitset", channels=(2, 2, 2), embedding=2).config
    with pytest.raises(KeyError, match=r"no rule for the tensor pool\.power"):
        released_names("pool.power", config)
