"""The figures of `stats` from a dataset, by whichever engine: plain Python, DuckDB, or Spark.

docs/how-to/fleet.md shows them at work.
"""
