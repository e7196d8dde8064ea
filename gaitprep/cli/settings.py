"""Settings of a verb: its section of a pipeline file, then the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from gaitprep.errors import UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

    ConfigT = TypeVar("ConfigT", bound=BaseModel)


def load_config(
    kind: type[ConfigT], section: str, pipeline: str | None, settings: Sequence[str] | None, **flags: Any
) -> ConfigT:
    """Builds a verb's config: pipeline section, then flags that were given (not None), then `--set key=value`.

    Args:
        kind: the config class.
        section: its place in a pipeline file, dotted for nested ones (`train.joint`).
        pipeline: bundled name or path of a pipeline file.
        settings: `key=value` texts; values are YAML; dotted keys reach into nested settings.

    Raises:
        UsageError: an unknown key or an impossible value, named with what is possible.
    """
    from pydantic import ValidationError

    values = _section(pipeline, section) if pipeline else {}
    for name, value in flags.items():
        if value is not None:
            values[name] = value
    values = parse_settings(settings, values)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or section
        raise UsageError(
            f"setting {place} of '{section}': {first['msg']}",
            cause=f"it was {first['input']!r}" if first["type"] != "extra_forbidden" else "",
            next_step=f"settings: {', '.join(kind.model_fields)}",
        ) from error


def parse_settings(settings: Sequence[str] | None, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Puts `key=value` texts into a copy of `values`.

    Raises:
        UsageError: a text is not of that form.
    """
    result = dict(values or {})
    for setting in settings or []:
        _put(result, setting)
    return result


def _section(pipeline: str, section: str) -> dict[str, Any]:
    import yaml

    from gaitprep.manifest.bundled import read_yaml_source

    text, source = read_yaml_source("pipelines", pipeline)
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"{source} is not YAML", cause=str(error)) from error
    for part in section.split("."):
        if not isinstance(content, dict):
            raise UsageError(f"{source}: {section} is no section", next_step="see pipelines/demo.yaml")
        content = content.get(part) or {}
    if not isinstance(content, dict):
        raise UsageError(f"{source}: {section} holds no settings", next_step="see pipelines/demo.yaml")
    return dict(content)


def _put(values: dict[str, Any], setting: str) -> None:
    import yaml

    key, sign, text = setting.partition("=")
    if not sign or not key:
        raise UsageError(f"--set {setting!r} is not of the form key=value", next_step="e.g. --set model=yolo11n.pt")
    *path, last = key.split(".")
    for part in path:
        inner = values.get(part)
        values[part] = dict(inner) if isinstance(inner, dict) else {}
        values = values[part]
    try:
        values[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"--set {key}: {text!r} is not a YAML value", cause=str(error)) from error
