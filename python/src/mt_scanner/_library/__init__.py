"""Keeps an SQLite library: the connection, syncs, and watching."""
