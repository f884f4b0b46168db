"""Tasks of other tools become tasks of this project; one module a source."""
