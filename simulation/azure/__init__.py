"""The simulated Azure: its rules, and its APIs over HTTPS."""
