"""What the program declares: the vault, the key, Adobe's access to it, and Adobe's side of the hand-over."""
