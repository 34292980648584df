"""What must outlast a power cut."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """See what was written of a file, or the names in a folder, on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
