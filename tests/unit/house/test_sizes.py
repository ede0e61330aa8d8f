"""The house style that no linter checks: short files, short functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("layers/shopbell/python", "functions", "infra", "tests", "benchmarks")
MAX_FILE = 200
MAX_TEST_FILE = 300
MAX_BODY = 30


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, source: list[str]) -> int:
    """Lines of code: no docstring, no blank or comment line."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    lines = source[body[0].lineno - 1 : body[-1].end_lineno]
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


@pytest.mark.parametrize("path", list(_files()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_and_its_functions_stay_short(path: Path) -> None:
    source = path.read_text().splitlines()
    limit = MAX_TEST_FILE if "tests" in path.relative_to(ROOT).parts else MAX_FILE
    assert len(source) <= limit, "a concept is missing a name"
    for node in ast.walk(ast.parse("\n".join(source))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert _body_lines(node, source) <= MAX_BODY, f"{node.name} is too long"
