"""The tools that tasks can be written for; each shares the table of its source."""
