"""Run in processes of their own, since an import happens once."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROBE = """
import os, json, socket
import cv2, numpy, torch
torch.set_num_threads(2); cv2.setNumThreads(2)
save, printed = torch.save, str(numpy.array([1.23456789]))
calls = []
socket.getaddrinfo = lambda *a, **k: calls.append(a)
from gaitprep.models.ultralytics_env import import_ultralytics, preserved
module = import_ultralytics()
with preserved():
    torch.set_num_threads(1)
from ultralytics.utils import SETTINGS_FILE
from ultralytics.utils.events import events
print(json.dumps({
    "version": module.__version__, "threads": [torch.get_num_threads(), cv2.getNumThreads()],
    "omp": os.environ.get("OMP_NUM_THREADS"), "save": torch.save is save, "looked_up": calls,
    "prints": str(numpy.array([1.23456789])) == printed, "settings": str(SETTINGS_FILE), "tells": events.enabled,
}))
"""


def test_the_import_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YOLO", "OMP", "PYTEST"))}
    environment |= {"GAITPREP_CACHE": str(tmp_path), "HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    found = json.loads(done.stdout)  # nothing else may be on stdout
    assert found["threads"] == [2, 2]
    assert found["omp"] is None
    assert found["save"]
    assert found["prints"]
    assert found["looked_up"] == []
    assert not found["tells"]
    assert found["settings"].startswith(str(tmp_path / "ultralytics"))
    assert not (tmp_path / "home").exists()
