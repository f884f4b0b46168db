"""`python -m taskfiles_cli` is `tasks`."""

from taskfiles_cli.entry import run

if __name__ == "__main__":
    run()
