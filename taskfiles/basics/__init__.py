"""Small things that everything else uses: instants, ids, digests, patterns, optional extras."""
