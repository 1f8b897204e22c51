#!/usr/bin/env python3
"""Compares what usages cost by our catalogue with what litellm's own calculator says, for every model of its price file that our
routes reach and every unit that its row has a price for.

Ours is exact and rounded up to a nano-dollar once; litellm adds floats. So ours less theirs has to be in [0, 1) nano-dollars,
but for the error of their sum, which is allowed 16 units in the last place of each term and of the sum.

What is different on purpose is in `exceptions.toml`, with the reason and the models. A model or key that is neither compared nor
there fails the test, and so does an exception that is not needed any more.
"""

import fnmatch
import os
import subprocess
import sys
import tomllib
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import grid
import theirs

HERE = Path(__file__).resolve().parent
PROVIDERS = ("openai", "text-completion-openai", "anthropic")
SECTIONS = {
    "chat": "text",
    "responses": "text",
    "completion": "text",
    "embedding": "embedding",
    "audio_speech": "speech",
    "audio_transcription": "transcription",
    "moderation": "moderation",
    "image_generation": "image",
}
PRICE_WORDS = ("cost", "pric", "multiplier", "uplift", "provider_specific_entry")


class Exceptions:
    def __init__(self, path):
        self.rows = tomllib.loads(path.read_text(encoding="utf-8"))["exception"]
        self.used = defaultdict(set)

    def find(self, kind, model, key=""):
        for number, row in enumerate(self.rows):
            if row["kind"] != kind or not any(fnmatch.fnmatchcase(model, one) for one in row["models"]):
                continue
            if key and not any(fnmatch.fnmatchcase(key, one) for one in row["keys"]):
                continue
            self.used[number].update(one for one in row["models"] if fnmatch.fnmatchcase(model, one))
            return row
        return None

    def unused(self):
        for number, row in enumerate(self.rows):
            yield from (f"{row['kind']} {one}" for one in row["models"] if one not in self.used[number])


def cases(row, section):
    if section == "text":
        return grid.text(row)
    return grid.image(row) if section == "image" else grid.service(row, section)


def models(exceptions, complaints):
    """Name, provider, section and cases of every row that our routes reach."""
    for name, row in sorted(theirs.prices().items()):
        provider = row.get("litellm_provider")
        if provider not in PROVIDERS:
            continue
        if exceptions.find("model", name):
            continue
        section = SECTIONS.get(row.get("mode"))
        if section is None:
            complaints.append(f"{name}: is of the mode {row.get('mode')!r}, which nobody has thought of")
            continue
        yield name, provider, section, list(cases(row, section))
        check_keys(name, row, section, (exceptions, complaints))


def check_keys(name, row, section, results):
    exceptions, complaints = results
    touched = set().union(*(case.keys for case in cases(row, section)))
    for key, value in row.items():
        priced = any(word in key for word in PRICE_WORDS) and value not in (None, 0, 0.0, {}, [])
        if priced and key not in touched and not exceptions.find("key", name, key):
            complaints.append(f"{name}: `{key}` is not compared, and no exception")


def ours(asked):
    """Our costs, by the program that the tests have built."""
    # Callers call a model without its provider.
    lines = "".join(f"{name.removeprefix('openai/')}\t{section}\t{case.text()}\n" for name, section, case in asked)
    command = os.environ["SEAWALL_COSTS"]
    done = subprocess.run([command], input=lines, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


def differs(mine, terms):
    """Whether it is not the same within what the two ways of counting can differ by."""
    exact = [Fraction(term) * 10**9 for term in terms]
    total = Fraction(sum(terms)) * 10**9
    slack = (sum(abs(term) for term in exact) + abs(total)) * 16 / 2**53
    less = Fraction(mine) - total
    return not -slack <= less < 1 + slack


def main():
    exceptions, complaints = Exceptions(HERE / "exceptions.toml"), []
    rows = list(models(exceptions, complaints))
    asked = [(name, section, case) for name, _, section, all_cases in rows for case in all_cases]
    answers = iter(ours(asked))
    passed, wrong = 0, []
    for name, provider, section, all_cases in rows:
        found = []
        for case in all_cases:
            mine = next(answers)
            if mine.startswith("-"):
                if not exceptions.find(mine[2:], name):
                    found.append(f"{name} {section} {case.text()}: no cost of ours:{mine[1:]}")
                continue
            terms = theirs.cost(name, provider, section, case)
            if differs(int(mine), terms) and not exceptions.find("cost", name):
                found.append(f"{name} {section} {case.text()}: ours {mine}, theirs {sum(terms) * 1e9}")
        passed += not found
        wrong += found[:3]
    complaints += [f"an exception that is not needed: {what}" for what in exceptions.unused()]
    for line in wrong + complaints:
        print(line)
    print(f"{len(rows)} models, {len(asked)} usages")
    print(f"{passed} passed, {len(rows) - passed + len(complaints)} failed")
    return 1 if wrong or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
