"""What the workflows of GitHub and Azure DevOps run. Standard library only, so that a failed set-up can be reported too."""
