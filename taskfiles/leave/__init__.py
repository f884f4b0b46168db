"""Tasks of this project become tasks of another tool; one module a tool."""
