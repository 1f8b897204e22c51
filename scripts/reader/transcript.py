"""A page's transcripts: commands with what they print, as a terminal shows them.

A fenced block of `console` is a transcript. `$ ` begins a command, which goes on in lines that begin with `> ` or follow a
`\\`; what stands below it is what it prints. Some need to be told apart, by an HTML comment in the line before the fence:

    <!-- test: stays -->    the command stays: it runs to the page's end and prints at least these lines, in this order
    <!-- test: pasted -->   the commands are what the program that stays printed for pasting, and not this text of them

and what a page takes for granted is done by comments of their own, with programs that stay and with commands:

    <!-- test: beside
    one program a line
    -->
    <!-- test: before
    commands
    -->
"""

import re
from collections import namedtuple

BLOCK = re.compile(
    r"^<!-- test: (?P<hidden>before|beside)\n(?P<commands>.*?)^-->$|(?:^<!-- test: (?P<kind>\w+) -->\n)?^```console\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

# `at` is where the text of the block begins in the page; `kind` is before, beside, stays, pasted or shown.
Block = namedtuple("Block", "kind at text")
# `shown` are the lines as the page has them, prompt and all; `run` is what the shell gets.
Command = namedtuple("Command", "shown run output")


def blocks(page):
    found = []
    for match in BLOCK.finditer(page):
        if match["hidden"]:
            found.append(Block(match["hidden"], match.start("commands"), match["commands"]))
        else:
            found.append(Block(match["kind"] or "shown", match.start("text"), match["text"]))
    return found


def commands(text):
    """The commands of a block; raises where it does not begin with one."""
    found = []
    lines = text.splitlines(keepends=True)
    while lines:
        first = lines.pop(0)
        if not first.startswith("$ "):
            raise AssertionError(f"a transcript begins with `$ `, not with:\n{first}")
        shown, run = [first], [first[2:]]
        while lines and (run[-1].endswith("\\\n") or lines[0].startswith("> ")):
            shown.append(lines.pop(0))
            run.append(shown[-1].removeprefix("> "))
        output = []
        while lines and not lines[0].startswith("$ "):
            output.append(lines.pop(0))
        found.append(Command("".join(shown), "".join(run), "".join(output)))
    return found


def printed_for_pasting(printed, command):
    """The line of `printed` that is the same command with its real values: as many words, and the same first two."""
    begin = command.split("=")[0].split()
    for line in printed.splitlines():
        if line.split("=")[0].split() == begin:
            return line.strip()
    raise AssertionError(f"nothing was printed for pasting like:\n{command}")
