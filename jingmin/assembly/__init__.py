"""Puts the rooms together for each process; only what that one needs is loaded."""
