"""What all nodes of a rule have in common: frozen, strict, and no key that nobody knows."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Instances hash and compare by value, so that equal leaves are one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
