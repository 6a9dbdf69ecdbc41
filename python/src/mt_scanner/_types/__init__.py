"""The values and errors of the package. Everything else may import them; they import nothing else
of it.
"""
