from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import zarr

from gaitprep.errors import SchemaMismatch, ShardAltered, ShardMissing, StoreError
from gaitprep.run.digest import digest_json
from gaitprep.store.reader import open_store
from gaitprep.store.root import json_bytes


def test_no_store_at_all(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store .*gaitprep pack"):
        open_store(tmp_path / "nothing.zarr")


def test_an_empty_folder_and_a_file_are_no_stores(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a gaitprep store"):
        open_store(tmp_path)
    (tmp_path / "file").write_text("hello")
    with pytest.raises(StoreError, match="not a gaitprep store"):
        open_store(tmp_path / "file")


def test_a_foreign_group_is_no_store(tmp_path: Path) -> None:
    zarr.create_group(tmp_path / "foreign.zarr").create_array("rgb", shape=(3,), dtype="u1")
    with pytest.raises(StoreError, match="not a gaitprep store .*no attribute 'gaitprep'"):
        open_store(tmp_path / "foreign.zarr")


def test_probe_groups_keep_their_order(copy: Path) -> None:
    protocol = open_store(copy).protocol
    assert protocol is not None
    assert list(protocol.probes) == ["NM", "BG", "CL"]


@pytest.mark.parametrize("text", ["[]", '{"attributes": {"gaitprep": 3}}', '{"attributes": {}}'])
def test_a_root_that_is_not_one(copy: Path, text: str) -> None:
    (copy / "zarr.json").write_text(text)
    with pytest.raises(StoreError, match="not a gaitprep store"):
        open_store(copy)


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", b"\x00" * 90])
def test_a_root_that_is_no_json_is_damage_only_where_shards_are(copy: Path, tmp_path: Path, content: bytes) -> None:
    (copy / "zarr.json").write_bytes(content)
    with pytest.raises(ShardAltered, match=r"zarr\.json is damaged .*--repair"):
        open_store(copy)
    (tmp_path / "zarr.json").write_bytes(content)
    with pytest.raises(StoreError, match="not a gaitprep store .*no JSON"):
        open_store(tmp_path)


def test_a_group_of_zarr_2_is_no_half_store(tmp_path: Path) -> None:
    zarr.create_group(tmp_path / "old.zarr", zarr_format=2).create_array("rgb", shape=(3,), dtype="u1")
    with pytest.raises(StoreError, match="not a gaitprep store .*Zarr v2"):
        open_store(tmp_path / "old.zarr")


def test_an_unfinished_store_says_so(copy: Path) -> None:
    (copy / "zarr.json").unlink()
    with pytest.raises(StoreError, match="unfinished or half copied"):
        open_store(copy)


def test_a_half_copied_store_names_what_is_missing(copy: Path) -> None:
    shutil.rmtree(copy / "mask")
    with pytest.raises(ShardMissing, match=r"mask/c/0/0/0 is listed .*5 of \d+ objects"):
        open_store(copy)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (99, "version 99, this gaitprep reads version 1; use the gaitprep that wrote it, or a newer one"),
        (0, "version 0, this gaitprep reads version 1; run gaitprep pack again"),
        ("1", "version '1', this gaitprep reads version 1; run gaitprep pack again"),
    ],
)
def test_another_version_is_named(copy: Path, version: object, message: str) -> None:
    root = json.loads((copy / "zarr.json").read_text())
    root["attributes"]["gaitprep"]["schema_version"] = version
    (copy / "zarr.json").write_bytes(json_bytes(root))
    with pytest.raises(SchemaMismatch, match=message):
        open_store(copy)


@pytest.mark.parametrize("field", ["inventory", "protocol", "frames", "excluded"])
def test_a_root_that_lacks_what_this_version_has_is_named(copy: Path, field: str) -> None:
    root = json.loads((copy / "zarr.json").read_text())
    attributes = root["attributes"]["gaitprep"]
    del attributes[field], attributes["digest"]
    attributes["digest"] = digest_json(attributes)
    (copy / "zarr.json").write_bytes(json_bytes(root))
    with pytest.raises(SchemaMismatch, match=f"not as the format says .*{field}"):
        open_store(copy)


def test_a_protocol_from_the_future_is_named(copy: Path) -> None:
    root = json.loads((copy / "zarr.json").read_text())
    attributes = root["attributes"]["gaitprep"]
    attributes["protocol"]["weather"] = "rain"
    del attributes["digest"]
    attributes["digest"] = digest_json(attributes)
    (copy / "zarr.json").write_bytes(json_bytes(root))
    with pytest.raises(SchemaMismatch, match="protocol"):
        open_store(copy)


@pytest.mark.parametrize(("old", "new"), [('"name":"walks"', '"name":"Walks"'), ('{"attributes"', '{ "attributes"')])
def test_an_edited_root_is_noticed(copy: Path, old: str, new: str) -> None:
    text = (copy / "zarr.json").read_text()
    assert old in text
    (copy / "zarr.json").write_text(text.replace(old, new))
    with pytest.raises(ShardAltered, match=r"zarr\.json was changed"):
        open_store(copy)
