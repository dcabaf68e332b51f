"""A file system of a few megabytes for a database, and no room left on it. Root may mount one, and not everywhere:
elsewhere SQLite has a limit to its pages, and in PostgreSQL a trigger refuses what is written, by the code with which
the server tells that its disk is full."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path

from tests.servers import wait_for

MEGABYTES = 128  # a new database takes 8; then samples of some minutes
ENDED_S = 30


class SmallDisk:
    """In memory, for the user to whom `owner` belongs. Raises OSError where it cannot be made."""

    def __init__(self, owner: str):
        self.folder = tempfile.mkdtemp(prefix="monitoring-disk-")
        found = os.stat(owner)
        options = f"size={MEGABYTES}m,uid={found.st_uid},gid={found.st_gid},mode=0700"
        try:
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.folder], check=True,
                           capture_output=True, timeout=ENDED_S)
        except (OSError, subprocess.SubprocessError) as error:
            os.rmdir(self.folder)
            raise OSError(errno.EPERM, "no file system can be mounted here") from error
        self._ballast = Path(self.folder, "ballast")

    def fill(self) -> None:
        """Until there is no room for another byte."""
        with self._ballast.open("wb", buffering=0) as file:
            for size in (1024 * 1024, 4096, 1):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        self._ballast.unlink()

    def close(self) -> None:
        """As soon as those who were killed are gone."""
        wait_for(lambda: unmounted(self.folder), ENDED_S, 0.05, "the end of all that is open on the disk")
        os.rmdir(self.folder)


def unmounted(folder: str) -> bool:
    """Whether nobody had a file open there, so that it could be done."""
    return subprocess.run(["umount", folder], capture_output=True, timeout=ENDED_S).returncode == 0
