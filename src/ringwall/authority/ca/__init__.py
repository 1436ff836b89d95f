"""The certificate authority: a sealed root, a day-long intermediate, hour-long leaves, and the SPIFFE Workload API."""
