"""Reads a leaf of a foreign tree: its files, their digest, and the sequence they hold."""

from __future__ import annotations

from gaitprep.bridge import pickles, pictures
from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.content import Content
from gaitprep.bridge.leaves import Leaf
from gaitprep.run.digest import digest_bytes, digest_json


def suffixes(config: ImportConfig) -> tuple[str, ...]:
    """Endings of the files that count."""
    return pickles.SUFFIXES if config.form == "opengait" else pictures.SUFFIXES


def read_leaf(leaf: Leaf, config: ImportConfig) -> tuple[Content, str]:
    """The sequence of a leaf, and the digest of its files.

    Raises:
        InputError: its files hold no sequence; the file at fault is named.
        OSError: a file cannot be read.
    """
    files = [(name, (leaf.folder / name).read_bytes()) for name in leaf.files]
    digest = digest_json([[name, digest_bytes(data)] for name, data in files])
    return (pickles.read_pickles if config.form == "opengait" else pictures.read_pictures)(files, config), digest
