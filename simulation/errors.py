"""Errors of the simulated clouds."""


class CloudError(Exception):
    """An error of Azure or Entra ID, with code and message as in their APIs; or a provider's own, which has no code."""

    def __init__(self, code: str, message: str, inner: str = "") -> None:
        """
        :param inner: code of the inner error, where the API gives one.
        """
        self.code, self.message, self.inner = code, message, inner
        nested = f' InnerError={{"code":"{inner}"}}' if inner else ""
        super().__init__(f'Code="{code}" Message="{message}"{nested}' if code else message)
