"""The ``jingmin`` command: what operators ask of it. Knows every room; nobody imports it but ``main``."""
