"""``python -m conventions`` is the command ``conventions``."""

from conventions.cli import run

if __name__ == "__main__":
    run()
