"""Connection strings that are no URLs are not shown, whatever the setting is called."""

from __future__ import annotations

import pytest

from preflight.bindings import Bindings
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._redaction import Redaction


@pytest.mark.parametrize(
    "text",
    [
        "Host=db.internal;Username=app;Password=hunter2",
        "host=db.internal dbname=app password=hunter2",
        "Server=h;Uid=u;Pwd = hunter2",
        "host=h dbname=d password = 'hunter2'",
    ],
)
@pytest.mark.parametrize("name", ["ConnectionStrings__Default", "STORE"])
def test_a_password_among_keywords_hides_the_whole_value(name, text):
    one = Setting(name=name, value=SecretText(text), origin=Origin(setting=name))
    assert Redaction(Bindings(), [one]).setting(one) is None
