"""Equal contents have equal names, different ones differ."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitprep.run.digest import digest_bytes, digest_file, digest_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_digest_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"gait" * 1000)
    assert digest_file(tmp_path / "f") == digest_bytes(b"gait" * 1000) == hashlib.sha256(b"gait" * 1000).hexdigest()


@given(values)
def test_json_digest_survives_a_round_trip(value: object) -> None:
    assert digest_json(value) == digest_json(json.loads(json.dumps(value)))


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_json_digest_ignores_order_of_keys(value: dict[str, int]) -> None:
    assert digest_json(value) == digest_json(dict(reversed(value.items())))


@given(values, values)
def test_different_values_differ(one: object, other: object) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digest_json(one) == digest_json(other)) == same


def test_nan_has_no_digest() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest_json(float("nan"))
