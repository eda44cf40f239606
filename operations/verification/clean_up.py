"""Deletes what a run has made, whatever became of the run."""

from __future__ import annotations

from .azure_cli import AzFailed, AzureCli
from .steps import Names


def clean_up(az: AzureCli, names: Names, application_id: str) -> list[str]:
    """Delete the resource group with all that is in it, and the app with its service principal.

    :param application_id: of the app registration; empty when it was not made.
    :returns: what could not be deleted, with the error.
    """
    left = []
    try:
        if az.group_exists(names.name):
            az.delete_group(names.name)
    except AzFailed as error:
        left.append(f"the resource group {names.name}: {error}")
    try:
        if application_id:
            az.delete_app(application_id)
    except AzFailed as error:
        left.append(f"the app registration {application_id}: {error}")
    return left
