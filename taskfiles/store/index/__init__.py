"""What an earlier scan remembered of each file; disposable."""
