"""What people and schedulers run besides `pulumi`."""
