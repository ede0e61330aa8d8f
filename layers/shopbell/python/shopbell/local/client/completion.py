"""`shopbell completion`: what a shell completes, read off the parser itself."""

import argparse
from collections.abc import Iterator
from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")
Words = tuple[str, ...]

_BASH: Final = """_shopbell() {{
  local words="" at=1
  while [ $at -lt $COMP_CWORD ]; do
    case "${{COMP_WORDS[$at]}}" in -*) ;; *) words="$words ${{COMP_WORDS[$at]}}" ;; esac
    at=$((at + 1))
  done
  local group known=""
  group=$(echo $words | cut -d' ' -f1-2)
  case "$group" in
{cases}
    *) case "${{group%% *}}" in
{groups}
       esac ;;
  esac
  COMPREPLY=($(compgen -W "$known" -- "${{COMP_WORDS[$COMP_CWORD]}}"))
}}
complete -o default -F _shopbell shopbell
"""


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script that a shell sources; of zsh too, through its reader of bash completions."""
    known = dict(tree(parser))
    if shell == "fish":
        return _fish(known)
    made = _bash(known)
    return made if shell == "bash" else f"autoload -Uz compinit bashcompinit && compinit && bashcompinit\n{made}"


def tree(parser: argparse.ArgumentParser, words: Words = ()) -> Iterator[tuple[Words, Words]]:
    """Every run of words that makes a command or a group, with what may come next."""
    below: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:  # noqa: SLF001 - argparse tells it nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            below |= action.choices
    flags = [
        flag
        for action in parser._actions  # noqa: SLF001 - as above
        if action.help != argparse.SUPPRESS
        for flag in action.option_strings
        if flag.startswith("--")
    ]
    yield words, (*below, *flags)
    for name, one in below.items():
        yield from tree(one, (*words, name))


def _bash(known: dict[Words, Words]) -> str:
    def case(words: Words) -> str:
        return f'    "{" ".join(words)}") known="{" ".join(known[words])}" ;;'

    pairs = [case(words) for words in known if len(words) == 2]  # noqa: PLR2004 - a group and its command
    singles = [case(words) for words in known if len(words) < 2]  # noqa: PLR2004 - as above
    return _BASH.format(cases="\n".join(pairs), groups="\n".join(singles))


def _fish(known: dict[Words, Words]) -> str:
    lines = ["complete -c shopbell -f"]
    for words, after in known.items():
        seen = " && ".join(f"__fish_seen_subcommand_from {word}" for word in words) or "__fish_use_subcommand"
        lower = [one[-1] for one in known if len(one) == len(words) + 1 and one[:-1] == words]
        none = f" && not __fish_seen_subcommand_from {' '.join(lower)}" if lower and words else ""
        for word in after:
            told = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            lines.append(f"complete -c shopbell -n '{seen}{none}' {told}")
    return "\n".join(lines) + "\n"
