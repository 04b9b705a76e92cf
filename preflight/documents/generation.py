"""How JSON Schemas are generated from pydantic models. For authoring; never imported on the start path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema


class ClosedKeys(GenerateJsonSchema):
    """Says what pydantic does: a mapping whose keys have a pattern refuses other keys.

    pydantic itself writes `patternProperties` alone, by which JSON Schema accepts every other key with any value.
    """

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Generate the schema of a mapping."""
        generated = super().dict_schema(schema)
        if "patternProperties" in generated:
            generated.setdefault("additionalProperties", False)
        return generated
