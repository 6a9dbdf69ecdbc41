"""How something is measured: rows, what they run, what comes of it, and what is expected of that."""
