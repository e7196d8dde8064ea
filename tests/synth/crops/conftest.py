"""A few textures instead of hundreds: making them takes longer than any test here."""

from collections.abc import Iterator

import pytest

from gaitprep.synth.crops import backgrounds


@pytest.fixture(autouse=True, scope="package")
def few_textures() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backgrounds, "_TEXTURES", 6)
        backgrounds.load_backgrounds.cache_clear()
        yield
    backgrounds.load_backgrounds.cache_clear()
