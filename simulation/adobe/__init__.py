"""The simulated Adobe: its rules, its API over HTTP, and faults in between."""
