"""The hands of the people in the simulated world: what only a test or the page may do."""
