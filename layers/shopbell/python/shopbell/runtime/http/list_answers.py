"""What the calls about static lists answer; every field is always there."""

from pydantic import BaseModel


class VisitorListOut(BaseModel):
    """`size`: when it last changed. `used_by`: segments whose rule reads it."""

    id: str
    name: str
    description: str | None
    size: int
    used_by: int
    created_at: str
    last_changed_at: str


class LineFaultOut(BaseModel):
    """The first line is 1."""

    line: int
    message: str


class FilledOut(BaseModel):
    """`errors` name the first 100 of the rejected lines; `added` and `removed` are those whom it changed."""

    accepted: int
    rejected: int
    errors: list[LineFaultOut]
    added: int
    removed: int
    size: int


class FillingOut(BaseModel):
    """More than are put on while the caller waits: the job says whom it changed."""

    job_id: str
    accepted: int
    rejected: int
    errors: list[LineFaultOut]
