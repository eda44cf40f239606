"""Adobe's side as Pulumi resources: the app registration, the key configuration and the wait for the switch-over."""
