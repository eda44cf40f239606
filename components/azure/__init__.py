"""Components for Azure and Entra ID: the vault, the key, and Adobe's access to it."""
