"""Errors as the simulated clouds word them."""


class CloudError(Exception):
    """An error of Azure's or Entra's: code and message, as their APIs give them."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f'Code="{code}" Message="{message}"')
