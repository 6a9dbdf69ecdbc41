"""Counts in plain Python, without wasmtime. It imports nothing else of the package."""
