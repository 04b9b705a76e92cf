"""`preflight schema NAME`: print a JSON Schema."""

from __future__ import annotations

from preflight.cli.output import write
from preflight.documents.locations import data_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Print the schema that was asked for."""
    with open(f"{data_path('schemas')}/{options.name}.schema.json", encoding="utf-8") as file:
        write(file.read())
    return 0
