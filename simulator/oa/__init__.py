"""The Official Account platform: its APIs as a caller meets them."""
