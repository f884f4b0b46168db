"""Write everything that is generated: schemas, help topics, the reference pages.

Run `python docs/generate.py` after a change to the models, codes or commands; `--check` compares
instead and exits 1 on a difference, as CI does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from taskfiles.schema import SCHEMAS, build_schema

ROOT = Path(__file__).parent.parent


def generated() -> dict[str, str]:
    """Map each generated file's path to its text."""
    return {
        f"taskfiles/schemas/{name}.json": json.dumps(build_schema(name), indent=2) + "\n" for name in SCHEMAS
    }


def main(check: bool) -> int:
    """Write or compare; give the exit code."""
    stale = []
    for name, text in generated().items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if check else 'written'}: {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
