"""What the command line says when it is used wrongly: the part that is wrong, what was probably meant, the right usage.

argparse lets a subcommand's unknown options rise to the whole command line's parser, which then shows the usage of that;
here the subcommand itself refuses them.
"""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any


class Parser(argparse.ArgumentParser):
    """A parser that suggests what was meant, and takes no abbreviated options: they would break with the next new option.

    Args:
        before_command: Whether a command of the user's own follows behind `--`, so that a bare word here is its beginning.
        settings: What argparse's own parser takes.
    """

    def __init__(self, *, before_command: bool = False, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(**{"allow_abbrev": False, **settings})
        self._before_command = before_command

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]  # noqa: ANN401 - argparse's own
        """Parse, and refuse what is left."""
        options, left = super().parse_known_args(args, namespace)
        if left and self._before_command and not left[0].startswith("-"):
            # Its arguments are not said again: one of them may be a secret.
            more = " ..." if len(left) > 1 else ""
            self.error(f"write -- before the command: {self.prog} -- {left[0]}{more}")
        if left:
            self.error("; ".join(self._left(left)))
        return options, left

    def knows(self, option: str) -> bool:
        """Say whether an option is one of this parser's own."""
        return option.partition("=")[0] in self._option_string_actions

    def _left(self, words: Sequence[str]) -> Iterator[str]:
        from preflight.documents.suggestions import did_you_mean

        for word in words:
            # A value behind `=` may be a secret that somebody meant for another program.
            option = word.partition("=")[0] if word.startswith("-") else word
            near = did_you_mean(option, self._option_string_actions) if option.startswith("--") else None
            kind = "option" if option.startswith("-") else "argument"
            yield f"there is no {kind} {option}" + (f" (did you mean {near}?)" if near else "")

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401 - argparse's own
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as bad:
            from preflight.documents.suggestions import did_you_mean

            known = [str(one) for one in action.choices or ()]
            near = did_you_mean(str(value), known)
            hint = f"did you mean {near}?" if near else f"choose from {', '.join(known)}"
            raise argparse.ArgumentError(action, f"there is no {value} ({hint})") from bad
