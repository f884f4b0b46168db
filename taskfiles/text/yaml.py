"""Parse YAML with the parser that fits.

`yaml_plain` parses simple frontmatter, which nearly every file has; `yaml_any` parses everything else, and
ruamel.yaml is imported only then.
"""

from __future__ import annotations

from taskfiles.text.nodes import Node
from taskfiles.text.yaml_plain import read_plain


def read_yaml(text: str) -> Node:
    """Parse one YAML document into nodes; an empty one is a null scalar.

    Raises YamlProblem: yaml-syntax, duplicate-key, complex-key, lone-surrogate, alias-expansion or too-deep.
    """
    root = read_plain(text)
    if root is not None:
        return root
    from taskfiles.text.yaml_any import read_any  # noqa: PLC0415 (ruamel.yaml takes a while to import)

    return read_any(text)
