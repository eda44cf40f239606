"""The rotation policy of a key that Azure generates."""

from pulumi_azure_native import keyvault


def rotation_policy(days: int) -> keyvault.RotationPolicyArgs | None:
    """A new version by age, and no expiry: Adobe loses access to the data on the day that a key expires.

    Azure takes the policy with the key's creation and ignores it in later calls of the management API.

    :param days: age of a version; 0: no policy, so that Azure sets its own, which never rotates.
    """
    if not days:
        return None
    rotate = keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.ROTATE)
    trigger = keyvault.TriggerArgs(time_after_create=f"P{days}D")
    return keyvault.RotationPolicyArgs(lifetime_actions=[keyvault.LifetimeActionArgs(action=rotate, trigger=trigger)])
