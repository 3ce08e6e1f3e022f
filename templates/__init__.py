"""The pages: Jinja templates and static files, found from here and never from the working directory."""

from pathlib import Path

ROOT = Path(__file__).parent
