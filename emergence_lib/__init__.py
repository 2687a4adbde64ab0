"""The helper library of the handbook."""
