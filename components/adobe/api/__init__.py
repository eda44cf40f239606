"""Client of Adobe's customer-managed-keys API over HTTP. Does not depend on Pulumi and can be used in a script."""
