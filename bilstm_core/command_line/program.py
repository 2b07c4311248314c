"""The command as a whole: what it can do, its exit codes, and a sentence for whatever goes wrong."""

from typing import Any

import click

from bilstm_core.command_line.compare import compare
from bilstm_core.command_line.evaluate import evaluate
from bilstm_core.command_line.export import export
from bilstm_core.command_line.record import record
from bilstm_core.command_line.run import run

INTERRUPTED = 130
EXIT_CODES = (
    ("0", "done"),
    ("1", "failed: the training, or writing the results"),
    ("2", "bad usage: an option, a link or a file that is not as it must be"),
    (str(INTERRUPTED), "interrupted by Ctrl-C; what was finished is kept"),
)


class Program(click.Group):
    """The group of commands. Nothing that goes wrong ends in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Carry a command out."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nInterrupted. What was finished is kept.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # whoever read the output has enough of it; click ends quietly
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}.") from None
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        except ModuleNotFoundError as error:  # of an extra that is not installed
            raise click.ClickException(f"{error}.") from None
        except MemoryError:
            raise click.ClickException("There is not enough memory. Ask for fewer units or timesteps.") from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, as they were added."""
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what the exit codes mean, and where runs are kept."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)
        super().format_epilog(ctx, formatter)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Finished runs are kept in the folder that the pages have, too: BILSTM_STORE names it, or --store. "
    "`bilstm COMMAND --help` has the settings of a command.",
)
def bilstm() -> None:
    """Bidirectional LSTMs, trained, compared and taken home.

    Settings have the names that they have in links of BiLSTM Explorer, and a link itself can be given in their place:

    \b
      bilstm run --units 40 --merge sum --seed 7
      bilstm compare "http://localhost:8501/directions?units=40&starts=3"

    Results go to the standard output or to a file; progress and sentences to the standard error.
    """


for command in (run, compare, evaluate, export, record):
    bilstm.add_command(command)
