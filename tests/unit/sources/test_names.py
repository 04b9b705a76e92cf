"""Which names can be shown: those that people give, and no pieces of keys."""

from __future__ import annotations

import random
import string

import pytest

from preflight.sources.names import UNNAMED, presentable, presentable_variable

NAMES = """PGHOST2 Base64Key k8sToken OAuth2ClientId S3Bucket myService1 ipV4Address sha256Sum EC2InstanceId Http2Enabled x509Cert
    ed25519Key Log4jLevel Utf8Mode B2BToken i18nPath e2eToken Web3Url h2Console Rs256Key db1Password DB2Password Neo4jAuth V2RayPort
    Auth0Domain auth0ClientSecret R2Bucket mp3Dir Mp4Path aes256GcmKey AES256Key RSA4096Key P256Key Tls13Only Win32Path X25519Key
    a11yMode K3sToken D3Url ipv6Prefix L10nDir s3AccessKeyId v2ApiKey apiV2Key ApiKey1 Node2 Db2Host C3p0Size ServerIPv6 DB PATH
    POSTGRES_PASSWORD SPRING_DATASOURCE_URL Logging__LogLevel__Default spring.datasource.url AWS_S3_BUCKET_V2 TLS1_2_ONLY X_1_Y_2
    APP_KEY_20240131 KEY_SHA256_B64 N8N_PORT IPV4 e2e k8s-token""".split()


@pytest.mark.parametrize("name", NAMES)
def test_names_that_people_give(name):
    assert presentable(name, 3, assigned=True) == name
    if name.isidentifier():
        assert presentable_variable(name, f"a${{{name}:-b}}") == name


@pytest.mark.parametrize(
    "name",
    [
        "aB3xK9pQ2mZ", "aB3xKpQmZ", "Zk3vQwRtPq", "x7Kd93mQ", "KEY_aB3xK9pQ2mZ", "live-aB3xKpQmZ", "x1y2z3w4", "A1B2C3D4",
        "prefix_0123456789abcdef01234567", "3starts", "a/b", "a" * 20, "",
    ],
)  # fmt: skip
def test_pieces_of_keys(name):
    assert presentable(name, 3, assigned=True) == "line 3"


@pytest.mark.parametrize("name", ["aB3xK9pQ2mZ", "KEY_aB3xK9pQ2mZ", "k0123456789abcdef01234567"])
def test_pieces_of_keys_that_look_like_variables(name):
    assert presentable_variable(name, f"${{{name}}}") == UNNAMED


def test_most_keys_of_letters_and_digits_are_hidden():
    """Measured: 87 % of 8 characters, 91 % of 11, 96 % of 19, of those that mix capitals, small letters and digits."""
    choice = random.Random(1)
    for size, share in ((8, 0.8), (11, 0.85), (19, 0.9)):
        drawn = ["".join(choice.choices(string.ascii_letters + string.digits, k=size)) for _ in range(2000)]
        keys = [
            key
            for key in drawn
            if not key[0].isdigit() and all(any(map(kind, key)) for kind in (str.isupper, str.islower, str.isdigit))
        ]
        assert sum(presentable(key, 1, assigned=True) != key for key in keys) >= share * len(keys)


def test_the_variables_of_a_very_long_line_are_not_named():
    assert presentable_variable("HOST", "${HOST}") == "HOST"
    assert presentable_variable("HOST", "${HOST}" + "x" * 5000) == UNNAMED
