"""The settings as options: each option has its name, its help and what it can be from the setting's declaration."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.settings import FIELDS, Field
from bilstm_core.specs import LEARNING_RATES, WHOLE_NUMBERS, ModelSpec, ProblemSpec, TrainingSpec

SECTIONS: Mapping[Any, str] = {ProblemSpec: "Problem", ModelSpec: "Network", TrainingSpec: "Training"}
COMPARISON, RUNS, EVALUATION, OUTPUT = "Comparison", "Runs", "Evaluation", "Output"
ORDER = (*SECTIONS.values(), COMPARISON)  # of the sections, then all others as they come, then OUTPUT
WIDE = 40  # characters of choices that are listed below the options, not beside their own

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class SettingType(click.ParamType[Any]):
    """The value of a setting, spelt as in a link."""

    name = "setting"

    def __init__(self, declared: Field) -> None:
        self.declared = declared

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """The choices, or what kind of number it is."""
        if self.choices:
            listed = "|".join(self.choices)
            return f"[{listed}]" if len(listed) <= WIDE else "NAME"
        return "NUMBER" if self.declared.step else "N"

    @property
    def choices(self) -> list[str]:
        """What it can be, as a link has it; empty for numbers."""
        declared = self.declared
        return [declared.spell(choice) for choice in ((True, False) if _is_switch(declared) else declared.choices)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value that a text says."""
        if not isinstance(value, str):
            return value
        try:
            return self.declared.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The choices that begin like this."""
        fitting = [choice for choice in self.choices if choice.startswith(incomplete)]
        return [CompletionItem(choice) for choice in fitting]


class InSection(click.Option):
    """An option that stands in a section of the help."""

    def __init__(self, *names: Any, section: str = OUTPUT, **more: Any) -> None:
        super().__init__(*names, **more)
        self.section = section

    def get_help_extra(self, ctx: click.Context) -> Any:
        """What click adds to the help, without a range: the texts say it."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


class InSections(click.Command):
    """A command whose help has its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, and below them the problems."""
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in ORDER}
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        for option in sorted(options, key=lambda option: getattr(option, "section", OUTPUT) == OUTPUT):
            record = option.get_help_record(ctx)
            if record:
                sections.setdefault(getattr(option, "section", OUTPUT), []).append(record)
        if sections["Problem"]:
            sections["Problems"] = [(name, problem.question) for name, problem in PROBLEMS.items()]
            sections["Problems"].append((f'"formula: {EXAMPLES[1].text}"', "A formula of your own: docs/problems.md."))
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records, col_max=24)


def settings(names: Iterable[str], defaults: Any, section: str = "") -> Callable[[Decorated], Decorated]:
    """Options for these fields; one that is not given is None.

    defaults: the record that has what each setting is when nobody sets it
    section: that they stand in; each in its own where none is named
    """

    def decorate(command: Decorated) -> Decorated:
        for name in reversed(list(names)):
            command = _option(FIELDS[name], getattr(defaults, name), section)(command)
        return command

    return decorate


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were given as options, by the field's name."""
    return {name: value for name, value in options.items() if name in FIELDS and value is not None}


def _option(declared: Field, default: Any, section: str) -> Callable[[Decorated], Decorated]:
    return click.option(
        f"--{declared.link}",
        declared.name,
        cls=InSection,
        section=section or SECTIONS.get(declared.spec, COMPARISON),
        type=SettingType(declared),
        default=None,
        help=f"{_help(declared)}  [default: {declared.spell(default)}]",
    )


def _help(declared: Field) -> str:
    text = (declared.help or declared.label).split("\n\n")[0].rstrip(".:") + "."
    if declared.name == "learning_rate":
        low, high = LEARNING_RATES
        text += f" {low:g} to {high:g}."
    elif declared.name in WHOLE_NUMBERS:
        low, high = WHOLE_NUMBERS[declared.name]
        allowed = f"{low:,} to {high:,}"
        text += "" if allowed in text else f" {allowed}."
    return text


def _is_switch(declared: Field) -> bool:
    return isinstance(declared.default, bool)
