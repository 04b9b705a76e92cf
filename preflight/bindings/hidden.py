"""Names of what is never shown, whether or not rules judge it as a secret.

Who shows a value can be wrong in one way only: these names are more than those of `roles`, and looser.
"""

from __future__ import annotations

from preflight.bindings.roles import secret_role
from preflight.bindings.tokens import tokens

_ANYWHERE = frozenset(
    """password passwd passwort kennwort passphrase passcode keyphrase pgpass pass pw creds cred credential credentials login
    auth authorization signature""".split()
)
# Words that say so only where nothing stands before them: what stands before `token` or `key` is judged by its role.
_ALONE = frozenset({"token", "pwd", "secrets", "apikey"})
# Names that are written as one word: `dbpassword`, `clientsecret`, `accountkey`.
_ENDS = (
    "password", "passwd", "passwort", "passphrase", "secret", "apikey", "accountkey", "accesskey", "secretkey", "privatekey",
    "accesstoken", "authtoken", "apitoken",
)  # fmt: skip
_BEHIND = frozenset({"old", "new", "previous", "current", "next", "primary", "secondary", "base64", "b64"})
# Parameters of URLs that carry one (RFC 6749; signed URLs of the cloud providers), by their last word.
_PARAMETERS = frozenset(
    """code key keys sig token tokens apikey pwd secret secrets session sessionid jsessionid sid ticket assertion hmac jwt otp pin
    cookie""".split()
)
_IN_PARAMETERS = ("password", "passwd", "pwd", "secret", "token", "key", "sig", "cred")


def is_hidden_name(name: str) -> bool:
    """Whether a value of this name is never shown.

    Args:
        name: The name of a setting, of an option, of a key in JSON.
    """
    words = tokens(name)
    while len(words) > 1 and (words[-1] in _BEHIND or words[-1].isdecimal()):
        words = words[:-1]
    if not words:
        return False
    last = words[-1].rstrip("0123456789") or words[-1]
    if last in {"keys", "tokens", "apikeys"} and secret_role("_".join((*words[:-1], last[:-1]))) is not None:
        return True  # several of them: `SESSION_KEYS`
    return last in _ANYWHERE or (len(words) == 1 and last in _ALONE) or last.endswith(_ENDS)


def is_hidden_parameter(name: str) -> bool:
    """Whether the value of a parameter of a URL is never shown.

    Args:
        name: Its name, such as `access_token`.
    """
    words = tokens(name)
    lowered = name.lower()
    return bool(words) and (words[-1] in _PARAMETERS or any(word in lowered for word in _IN_PARAMETERS))
