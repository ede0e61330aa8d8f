"""The scripts for shells: they know every word that the parser knows."""

import shutil
import subprocess

import pytest
from shopbell.local.cli import main
from shopbell.local.client.groups import COMMANDS


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (["shopbell", "camp"], ["campaigns"]),
        (["shopbell", "campaigns", "pa"], ["pause"]),
        (["shopbell", "campaigns", "report", "c1", "--cs"], ["--csv"]),
        (["shopbell", "--stage", "segments", "l"], ["list", "log"]),
    ],
    ids=" ".join,
)
def test_bash_completes(capsys: pytest.CaptureFixture[str], typed: list[str], known: list[str]) -> None:
    assert main(["completion", "bash"]) == 0
    words = " ".join(typed)
    asked = f'COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _shopbell; echo "${{COMPREPLY[@]}}"'
    shell = shutil.which("bash") or "bash"
    ran = subprocess.run([shell, "-c", capsys.readouterr().out + asked], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == known


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_known(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(command.name in script and command.group in script for command in COMMANDS)
