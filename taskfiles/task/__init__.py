"""A file as a task: keys, words, rules, findings, attempts."""
