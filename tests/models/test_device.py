import pytest
import torch

from gaitprep.errors import UsageError
from gaitprep.models.device import multiplies_bf16, resolve_device


def test_auto_is_a_device_that_computes() -> None:
    device = resolve_device("auto")
    assert torch.ones(2, device=device).sum().item() == 2


def test_a_device_that_is_not_here_is_refused() -> None:
    absent = "cuda" if not torch.cuda.is_available() else "mps"
    with pytest.raises(UsageError, match=absent):
        resolve_device(absent)


@pytest.mark.parametrize(("avx", "amx", "pays"), [(True, False, True), (False, True, True), (False, False, False)])
def test_bf16_pays_where_the_processor_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, avx: bool, amx: bool, pays: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    assert multiplies_bf16("cpu") is pays
    assert not multiplies_bf16("mps")
