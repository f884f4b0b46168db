"""The figures of `stats` computed from a dataset by plain Python, DuckDB or Spark.

docs/how-to/fleet.md shows them at work.
"""
