"""What the person at the terminal reads: calm lines, and one line for a refusal."""


class Refusal(SystemExit):
    """The command cannot go on: Python prints the text, without a traceback, and ends with 1."""


def say(text: str) -> None:
    """Print one line. A terminal that has gone away (SIGHUP, closed pipe) is no reason to stop."""
    try:
        print(text, flush=True)
    except OSError:
        return
