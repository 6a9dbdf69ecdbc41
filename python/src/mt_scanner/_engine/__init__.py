"""Runs the component: sessions, their plans, and the two backends."""
