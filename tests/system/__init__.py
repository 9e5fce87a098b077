"""Tests with what stands around the product: a real nginx, Firefox, coturn. ``make system-test``."""
