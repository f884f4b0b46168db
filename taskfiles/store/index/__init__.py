"""The index: records of earlier scans, so that unchanged files are not read again; disposable."""
