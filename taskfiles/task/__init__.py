"""A file as a task: keys, words, checks, findings, attempts and the task itself."""
