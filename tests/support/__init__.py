"""Helpers of the tests: doors, trees, cases, readers, libraries in trouble."""
