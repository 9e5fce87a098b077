"""Calls: rooms in which encoded media is forwarded and recorded, and the signalling that leads there."""
