"""Everything at once: real processes, reports and messages, attacks, and kills of each process."""
