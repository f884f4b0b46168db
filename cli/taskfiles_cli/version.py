"""What `tasks --version` prints."""

from taskfiles.version import __version__

VERSION_LINE = f"tasks {__version__}\n"
