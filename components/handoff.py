"""Texts of the outputs that people act on."""


def consent_url_of_tenant(consent_url: str, tenant_id: str) -> str:
    """Adobe's consent URL with the tenant in place of `common`.

    An administrator who is at home in several tenants could otherwise consent in the wrong one (Adobe, "Set up with the
    UI", multiple subscriptions).
    """
    return consent_url.replace(
        "https://login.microsoftonline.com/common/", f"https://login.microsoftonline.com/{tenant_id}/"
    )


def not_activated(instruction: str) -> str:
    """The status of a stack that is prepared and has sent nothing to Adobe.

    :param instruction: what the reader does to activate.
    """
    return (
        "NOT ACTIVATED: all is prepared, and no configuration was sent to Adobe. Switching on cannot be undone and covers "
        f"the whole organisation; when that is meant: {instruction}"
    )
