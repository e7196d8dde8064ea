"""Stores in a bucket: a real server on this machine that speaks S3, and the same objects over plain HTTP."""

from __future__ import annotations

import http.server
import logging
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

moto_server = pytest.importorskip("moto.server", reason="moto[server] is not installed (pip install -e '.[dev]')")

from gaitprep.errors import ShardAltered, ShardMissing, StoreError  # noqa: E402
from gaitprep.store.reader import StoreReader, open_store  # noqa: E402
from gaitprep.store.schema import ARRAY_NAMES  # noqa: E402
from gaitprep.store.verify import verify  # noqa: E402

obstore = pytest.importorskip("obstore")

BUCKET = "gait"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def remote(endpoint: str, store_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, object]]:
    """The URL of an uploaded store, and a client to do damage with."""
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")).close()
    client = obstore.store.from_url(f"s3://{BUCKET}/sets/walks.zarr", client_options={"allow_http": True})
    for path in store_path.rglob("*"):
        if path.is_file():
            obstore.put(client, path.relative_to(store_path).as_posix(), path.read_bytes())
    yield f"s3://{BUCKET}/sets/walks.zarr", client
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()


def test_a_bucket_reads_as_the_folder_does(remote: tuple[str, object], store: StoreReader) -> None:
    there = open_store(remote[0])
    assert there.sequences.video.tolist() == store.sequences.video.tolist()
    for name in ARRAY_NAMES:
        np.testing.assert_array_equal(there.read(name, 0, there.frames), store.read(name, 0, store.frames))
    np.testing.assert_array_equal(there.take("rgb", 2, [12, 0, 5]), store.take("rgb", 2, [12, 0, 5]))
    assert open_store(Path(remote[0])).frames == store.frames  # as the command line hands it on


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves files, and ranges of them, as web servers do and Python's own does not."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content, wanted = path.read_bytes(), self.headers.get("Range")
        first, last = (int(n) for n in wanted.removeprefix("bytes=").split("-")) if wanted else (0, len(content) - 1)
        body = content[first : last + 1]
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{first + len(body) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_plain_http_reads_as_well(copy: Path, store: StoreReader) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=copy.parent)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{copy.name}"
        there = open_store(url)
        np.testing.assert_array_equal(there.read("mask", 5, 50), store.read("mask", 5, 50))
        np.testing.assert_array_equal(there.read("rgb", 5, 50), store.read("rgb", 5, 50))
        (copy / "mask/c/1/0/0").unlink()
        with pytest.raises(ShardMissing, match="mask/c/1/0/0 is listed"):
            open_store(url)
        server.shutdown()


def test_missing_and_short_objects_are_named_at_opening(remote: tuple[str, object]) -> None:
    url, client = remote
    obstore.delete(client, "mask/c/1/0/0")
    with pytest.raises(ShardMissing, match=f"{url}: mask/c/1/0/0 is listed"):
        open_store(url)
    obstore.put(client, "mask/c/1/0/0", b"")
    with pytest.raises(ShardAltered, match="mask/c/1/0/0 has 0 bytes"):
        open_store(url)


def test_what_changes_later_is_named_when_it_is_read(remote: tuple[str, object], store_path: Path) -> None:
    url, client = remote
    content = bytearray((store_path / "rgb/c/1/0/0/0").read_bytes())
    content[7] ^= 1
    there = open_store(url)
    obstore.put(client, "rgb/c/1/0/0/0", bytes(content))
    with pytest.raises(ShardAltered, match="rgb/c/1/0/0/0 has its listed size but other content"):
        there.read("rgb", 30, 33)
    obstore.delete(client, "mask/c/0/0/0")
    with pytest.raises(ShardMissing, match="mask/c/0/0/0"):
        there.read("mask", 0, 3)


def test_verify_works_from_afar(remote: tuple[str, object], store_path: Path) -> None:
    url, client = remote
    assert verify(url).whole
    obstore.put(client, "pts/c/9", b"leftover")
    obstore.delete(client, "box/c/0/0")
    for fast in (False, True):
        assert {item.key: item.fault for item in verify(url, fast).problems} == {
            "pts/c/9": "unlisted",
            "box/c/0/0": "missing",
        }


def test_no_store_there_and_an_unfinished_one(remote: tuple[str, object]) -> None:
    with pytest.raises(StoreError, match="not a gaitprep store"):
        open_store(f"s3://{BUCKET}/elsewhere")
    obstore.delete(remote[1], "zarr.json")
    with pytest.raises(StoreError, match="unfinished or half copied"):
        open_store(remote[0])
