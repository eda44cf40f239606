"""The import of a key that somebody generated elsewhere; needs azure-identity and azure-keyvault-keys."""
