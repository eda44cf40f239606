"""What every dynamic resource of this package has in common, whoever it calls."""
