"""Pulumi resources for Adobe: app registration, role propagation, submission record, key configuration and activation."""
