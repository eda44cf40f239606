"""Adobe's customer-managed-keys API over HTTP. Knows no Pulumi, and could serve a script."""
