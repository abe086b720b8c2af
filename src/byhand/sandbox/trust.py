"""The programs that the user trusts: SHA-256 hashes of their text, one per line, in the user's configuration folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{64}")


def _file() -> Path | None:
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(base):  # the specification says that relative paths are ignored
        return Path(base) / "byhand" / "trusted"
    try:
        return Path.home() / ".config" / "byhand" / "trusted"
    except RuntimeError:
        return None


def trusted(sha256: str) -> bool:
    """Whether :func:`remember` was called with this hash; False if the file cannot be read."""
    file = _file()
    try:
        return file is not None and sha256.lower() in file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return False


def remember(sha256: str) -> bool:
    """Store that the program with this SHA-256 (64 hexadecimal digits) is trusted; False if the file cannot be written.

    Raises:
        ValueError: ``sha256`` is malformed.
    """
    sha256 = sha256.lower()
    if not _HASH.fullmatch(sha256):
        raise ValueError(f"`sha256` of `remember` must be 64 hexadecimal digits, got {sha256[:80]!r}.")
    file = _file()
    if file is None:
        return False
    if trusted(sha256):
        return True
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="ascii") as out:
            out.write(sha256 + "\n")
    except OSError:
        return False
    return True
