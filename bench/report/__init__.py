"""What becomes of the figures: JSON, a table on the screen, tables and plots in the documentation."""
