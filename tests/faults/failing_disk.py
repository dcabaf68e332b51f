"""A file system that its own kernel makes read-only, as it does where the disk has reported an error, with files on it
that are open for writing. By a word to it this can only be had where nobody writes. Root may mount one, and not
everywhere: elsewhere SQLite is forbidden to write."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path

from tests.faults.small_disk import ENDED_S, unmounted
from tests.servers import wait_for

MEGABYTES = 64
KERNEL = Path("/sys/fs/ext4")


class FailingDisk:
    """In a file, seen at `folder`. Raises OSError where it cannot be made."""

    def __init__(self) -> None:
        self._image = tempfile.NamedTemporaryFile(prefix="monitoring-image-")  # noqa: SIM115 - it goes with `close`
        self._image.truncate(MEGABYTES * 1024 * 1024)
        self.folder = tempfile.mkdtemp(prefix="monitoring-disk-")
        self._mounted = 0
        try:
            _run("mkfs.ext4", "-q", self._image.name)
            # What lies beneath takes no files: while the disk is away none may be begun there.
            self._mount("-t", "tmpfs", "-o", "ro,size=4k", "none")
            self._mount_image()
            if not self._trigger.exists():
                raise OSError(errno.ENOSYS, "this kernel makes no errors on demand")
        except (OSError, subprocess.SubprocessError) as error:
            self.close()
            raise OSError(errno.EPERM, "no file system can be mounted here") from error

    def _mount_image(self) -> None:
        self._mount("-t", "ext4", "-o", "loop,errors=remount-ro", self._image.name)

    def _mount(self, *arguments: str) -> None:
        _run("mount", *arguments, self.folder)
        self._mounted += 1

    def _unmount(self) -> None:
        """As soon as nobody has a file open there."""
        wait_for(lambda: unmounted(self.folder), ENDED_S, 0.05, "the end of all that is open on the disk")
        self._mounted -= 1

    @property
    def _trigger(self) -> Path:
        device = os.stat(self.folder).st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        return KERNEL / name / "trigger_fs_error"

    def fail(self) -> None:
        """It reports an error, and takes no changes from now on."""
        self._trigger.write_text("made by a test")

    def mend(self) -> None:
        """It is mounted anew, which is the only way out of it."""
        self._unmount()
        self._mount_image()

    def close(self) -> None:
        while self._mounted:
            self._unmount()
        self._image.close()
        os.rmdir(self.folder)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=ENDED_S)
