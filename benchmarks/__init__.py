"""Measurements kept beside the code: each module prints one table for docs/."""
