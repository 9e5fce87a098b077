"""The position room: datums, jurisdiction boundaries, and which station answers for a place."""
