"""Reasons of Vault and OpenBao alone."""

from __future__ import annotations

from preflight.live.reasons import Reason

REASONS = {
    "extra_missing": Reason(
        retriable=False,
        message="What speaks to Vault is not installed.",
        hint="Install the extra: pip install 'preflight-startup-gate[vault]'.",
    ),
    "address_malformed": Reason(
        retriable=False,
        message="The address is no http or https URL.",
        hint="Write https://HOST:8200.",
    ),
    "token_malformed": Reason(
        retriable=False,
        message="The token, or the namespace, has characters that no header can carry.",
        hint="Look for a line end or a blank in the setting.",
    ),
    "not_vault": Reason(
        retriable=False,
        message="The server is neither Vault nor OpenBao.",
        hint="Correct the address; look for a proxy in front of it that answers by itself.",
    ),
    "not_initialised": Reason(
        retriable=True,
        message="The server is not initialised.",
        hint="Initialise it (bao operator init, vault operator init); --wait gives it time.",
    ),
    "sealed": Reason(
        retriable=True,
        message="The server is sealed.",
        hint="Unseal it (bao operator unseal, vault operator unseal); --wait gives it time.",
    ),
    "busy": Reason(
        retriable=True,
        message="The server takes no requests now.",
        hint="Look into its log and at its rate limits; --wait tries again.",
    ),
    "redirected": Reason(
        retriable=False,
        message="The server sends its clients to another address, and a token is not carried there.",
        hint="Give the address of the active node, or of the load balancer before it.",
    ),
    "token_missing": Reason(
        retriable=False,
        message="No token is configured.",
        hint="Configure it.",
    ),
    "token_in_clear": Reason(
        retriable=False,
        message="The token would cross the network in clear, so it was not sent.",
        hint="Use an https address; what needs the token can be judged then.",
    ),
    "token_refused": Reason(
        retriable=False,
        message="The server refuses the token: it is wrong, expired or revoked.",
        hint="Create a new one with the service's policy.",
    ),
    "path_malformed": Reason(
        retriable=False,
        message="The secret's path names no engine and no secret in it.",
        hint="Write MOUNT/PATH, such as secret/service/certs.",
    ),
    "secret_forbidden": Reason(
        retriable=False,
        message="The token may not read the secret, or there is no such engine.",
        hint="Give its policy the capability read on MOUNT/data/PATH (kv version 2) or MOUNT/PATH (version 1).",
    ),
    "secret_missing": Reason(
        retriable=False,
        message="There is no secret at that path.",
        hint="Write it, or correct the path.",
    ),
    "secret_deleted": Reason(
        retriable=False,
        message="The newest version of the secret was deleted.",
        hint="Restore it (bao kv undelete, vault kv undelete), or write it again.",
    ),
    "not_kv": Reason(
        retriable=False,
        message="The engine at that path is not of kind kv.",
        hint="Correct the path.",
    ),
    "request_refused": Reason(
        retriable=False,
        message="The server refuses the request for a reason that has no name here.",
        hint="Compare with bao or vault, and look into the server's log.",
    ),
}
