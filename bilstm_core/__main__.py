"""`python -m bilstm_core`: the same as the command `bilstm`."""

from bilstm_core.command_line import main

if __name__ == "__main__":
    main()
