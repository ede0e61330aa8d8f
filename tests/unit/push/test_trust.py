"""Certificate authorities: the system's as they lie, one more in addition, never none."""

from pathlib import Path

import pytest
from shopbell.adapters.webpush.trust import Trust, trusted


@pytest.fixture
def hashed(tmp_path: Path) -> Path:
    folder = tmp_path / "hashed"
    folder.mkdir()
    (folder / "0a1b2c3d.0").write_text("hashed")
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.pem"
    path.write_text("system")
    return path


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    path = tmp_path / "extra.pem"
    path.write_text("extra")
    return path


def test_a_hashed_directory_is_preferred_and_one_more_file_comes_beside_it(
    hashed: Path, bundle: Path, extra: Path
) -> None:
    assert trusted(None, [hashed], [bundle]) == Trust(directory=str(hashed))
    assert trusted(extra, [hashed], [bundle]) == Trust(directory=str(hashed), file=str(extra))


def test_a_directory_that_is_not_hashed_does_not_count(tmp_path: Path, bundle: Path) -> None:
    assert trusted(None, [tmp_path, tmp_path / "missing"], [bundle]) == Trust(file=str(bundle))


def test_with_a_bundle_the_two_are_read_as_one(bundle: Path, extra: Path) -> None:
    assert trusted(extra, [], [bundle]) == Trust(text=b"system\nextra")


def test_without_a_system_the_extra_file_is_enough(extra: Path, tmp_path: Path) -> None:
    assert trusted(extra, [], [tmp_path / "missing"]) == Trust(file=str(extra))


def test_without_any_authority_it_says_so_at_once() -> None:
    with pytest.raises(ValueError, match="no certificate authorities"):
        trusted(None, [], [])


def test_a_missing_file_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="missing"):
        trusted(tmp_path / "gone.pem")
