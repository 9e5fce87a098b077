"""Everything that survives a crash: MongoDB through motor, embedded or a cluster by URI."""
