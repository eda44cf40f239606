"""Protection against data loss: deletion guards, immutable settings, preflight checks, and the state of the stack."""
