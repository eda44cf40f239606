"""What Azure or Entra ID may refuse when a resource is created, and what to do then, in words under the error itself."""

from collections.abc import Mapping

import pulumi


def advice_on_errors(name: str, advice: Mapping[str, str]) -> pulumi.ErrorHook:
    """A hook that tells what to do about an error; there is nothing to retry.

    :param name: of the hook, unique in the program.
    :param advice: part of the error's text to what is said then, with the resource's inputs to be filled in: {vaultName}.
    """

    def tell(failure: pulumi.ErrorHookArgs) -> bool:
        for words, text in advice.items():
            if any(words in error for error in failure.errors):
                pulumi.log.error(text.format_map(_Inputs(failure.new_inputs or {})))
        return False

    return pulumi.ErrorHook(name, tell)


class _Inputs(dict[str, object]):
    """A resource's inputs; one that is missing is shown by its name."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"
