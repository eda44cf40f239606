"""How messages name an argument: in the words of whoever set it."""

from typing import Protocol


class SettingNames(Protocol):
    """How messages name a setting: as a key of the stack file, or as an argument of the component."""

    def name(self, argument: str) -> str:
        """The setting's name.

        :param argument: group and name, such as `vault.vault_name`.
        """
        ...

    def instruction(self, argument: str, value: str) -> str:
        """How the user sets the value, for messages."""
        ...


class ArgumentNames:
    """Names for programs that declare `CustomerManagedKeys` themselves."""

    def name(self, argument: str) -> str:
        return argument

    def instruction(self, argument: str, value: str) -> str:
        return f"set the argument {argument} of CustomerManagedKeys to {value!r}"
