"""Calls: rooms that forward and record encoded media, and the signalling that leads to them."""
