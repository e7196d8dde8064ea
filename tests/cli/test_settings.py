"""Settings: pipeline < flags < --set; what is unknown or impossible is named."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from gaitprep.cli.settings import load_config
from gaitprep.errors import UsageError


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    deep: int = 0


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    margin: float = Field(0.08, ge=0)
    model: str = "yolov8n.pt"
    inner: Inner = Inner()


@pytest.fixture
def pipeline(tmp_path: Path) -> str:
    path = tmp_path / "p.yaml"
    path.write_text("track: {margin: 0.1, model: a.pt, inner: {deep: 3}}\ntrain:\n  joint: {margin: 0.5}\n")
    return str(path)


def test_order_of_precedence(pipeline: str) -> None:
    assert load_config(Settings, "track", None, None) == Settings()
    config = load_config(Settings, "track", pipeline, ["margin=0.3", "inner.deep=4"], model="b.pt")
    assert (config.margin, config.model, config.inner.deep) == (0.3, "b.pt", 4)
    assert load_config(Settings, "track", pipeline, None, model=None).model == "a.pt"
    assert load_config(Settings, "train.joint", pipeline, None).margin == 0.5
    assert load_config(Settings, "absent", pipeline, None) == Settings()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("margine=1", "margine.*Extra inputs"),
        ("margin=-1", "margin.*greater than or equal to 0.*it was -1"),
        ("margin", "not of the form key=value"),
        ("inner.depth=1", r"inner\.depth"),
        ("margin=[", "not a YAML value"),
    ],
)
def test_what_is_wrong_is_named(setting: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_config(Settings, "track", None, [setting])


def test_a_pipeline_that_is_no_yaml(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("a: [")
    with pytest.raises(UsageError, match="is not YAML"):
        load_config(Settings, "track", str(tmp_path / "p.yaml"), None)
