"""Templates compiled once on this machine, and not once in every web process after every start.

Jinja takes about 30 ms a template, so the first pages after a start came up to half a second late.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


def cache(environment: Path) -> jinja2.BytecodeCache | None:
    """In a folder under the system's temporary one that only we can write, or None where there can be no such folder.

    What is kept goes by the template's text, so a changed template is compiled anew; so is every one when Jinja or
    *environment*, the module that says which filters and options templates have, is another.
    """
    made_by = sha256(version("jinja2").encode() + environment.read_bytes()).hexdigest()[:12]
    try:
        return _Stored(pattern=f"ibalanse-{made_by}-%s")
    except (OSError, RuntimeError):  # no room, read only, or somebody else has taken the folder's name
        return None


class _Stored(jinja2.FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        """A full disk costs time and no page."""
        try:
            super().dump_bytecode(bucket)
        except OSError:
            return
