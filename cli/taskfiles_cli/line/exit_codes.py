"""What each exit code means."""

EXITS = {
    0: "done: an empty list too, and a change that was so already",
    1: "the answer is no: findings, a refused change, part done",
    2: "usage",
    3: "no such task, or an ambiguous id",
    4: "conflict: the lock was not had in time, the file changed underneath, `--if-match` differs",
    5: "no project here, or its configuration can't be used",
    6: "the system refused: disk full, permission, input or output failed",
    70: "a bug of ours: one line, and details in the log file that it names",
    129: "ended by SIGHUP: the terminal was closed",
    130: "interrupted",
    141: "standard output was closed by its reader",
    143: "ended by SIGTERM",
}
