"""Advice that is printed below an error of Azure or Entra ID when a resource cannot be created."""

from collections.abc import Mapping

import pulumi

# The azure-native provider's words: a create never takes over what exists.
EXISTS = "cannot create already existing resource"


def advice_on_errors(name: str, advice: Mapping[str, str]) -> pulumi.ErrorHook:
    """An error hook that logs what to do about an error and does not retry.

    :param name: name of the hook, unique in the program.
    :param advice: maps a part of the error's text to the advice; the resource's inputs are filled in, such as {vaultName}.
    """

    def tell(failure: pulumi.ErrorHookArgs) -> bool:
        for words, text in advice.items():
            if any(words in error for error in failure.errors):
                pulumi.log.error(text.format_map(_Inputs(failure.new_inputs or {})))
        return False

    return pulumi.ErrorHook(name, tell)


class _Inputs(dict[str, object]):
    """A resource's inputs; a missing one is shown by its name."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"
