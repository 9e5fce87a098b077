"""Tests with what stands around the product: a real nginx, Firefox, coturn, a disk that fills up.

``make system-test``.
"""
