"""The command `bilstm`, which is also `python -m bilstm_core`."""

import os
import sys


def main() -> None:
    """Run the command with the process's arguments, and end the process with its exit code."""
    try:
        from bilstm_core.engine.environment import TENSORFLOW

        os.environ.update(TENSORFLOW)  # before anything imports it
        from bilstm_core.command_line.program import bilstm

        bilstm(prog_name="bilstm")
    except KeyboardInterrupt:  # before the command stands, or as it ends
        sys.exit(130)
