"""The application built inside `main()` and served by the development server, with its reloader under --debug."""

import sys

from tests.integration.hosts.mounted_host import build


def main():
    # Nothing is watched: whoever edits a file while the tests run would restart this process.
    build().run(port=int(sys.argv[1]), debug="--debug" in sys.argv, threaded=True, exclude_patterns=["*"])


if __name__ == "__main__":
    main()
