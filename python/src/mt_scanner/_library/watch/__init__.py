"""Keeps a library up to date with folders: from events of the system to syncs."""
