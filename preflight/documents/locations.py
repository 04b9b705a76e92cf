"""Where the files that ship with preflight lie."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def data_path(name: str) -> str:
    """Return the folder `rules` or `schemas`.

    In the wheel it is `preflight/_data/NAME`, in an editable installation it lies beside the package.

    Args:
        name: `rules` or `schemas`.

    Raises:
        FileNotFoundError: It is in neither place, so the installation is broken.
    """
    shipped = f"{_PACKAGE}/_data/{name}"
    if os.path.isdir(shipped):
        return shipped
    root = os.path.dirname(_PACKAGE)
    # Beside an installed package lies site-packages, where a folder of that name would be somebody else's.
    if os.path.isfile(f"{root}/pyproject.toml") and os.path.isdir(f"{root}/{name}"):
        return f"{root}/{name}"
    raise FileNotFoundError(f"preflight/_data/{name}")
