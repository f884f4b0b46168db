"""What everything else uses: instants, ids, digests, patterns, optional extras."""
