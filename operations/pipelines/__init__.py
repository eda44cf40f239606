"""What the workflows run and no action does. Standard library only, so that a failed set-up can be reported too."""
