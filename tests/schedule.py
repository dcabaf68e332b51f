"""Which process runs which file of tests: those with a browser need the processors, most others wait for something."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser/"


class Mixed(LoadFileScheduling):
    """Every second process takes files of browser tests, the others all else, until there is only the other kind.

    One kind after the other would leave the processors to too many at first, and to nobody in the end.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        is_for_browsers = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        for file in self.workqueue:
            if file.startswith(BROWSER) == is_for_browsers:
                self.workqueue.move_to_end(file, last=False)
                break
        super()._assign_work_unit(node)
