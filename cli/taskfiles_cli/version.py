"""What `tasks --version` prints."""

from taskfiles import __version__

VERSION_LINE = f"tasks {__version__}\n"
