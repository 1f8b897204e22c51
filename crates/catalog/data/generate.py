#!/usr/bin/env python3
"""Writes catalog.toml from LiteLLM's public price file.

    python3 generate.py model_prices_and_context_window.json > catalog.toml

Only what that file states is taken over: prices, windows, shutdown dates, and a dated snapshot as an alias where its
row has the same facts as the model it is a snapshot of. What it does not state (which tokenizer, how many tokens an
image has) is written out below, with where it comes from. Audio, search, fine-tuned and computer-use models are left
out: they are billed in units that are not priced here yet, and what is not in the catalogue is refused.
"""

import json
import re
import sys
from decimal import Decimal

VERSION = "2026-11-22"
FROM = "2026-01-01"
LONG = 272_000

# tiktoken 0.14, model.py. Later families are not in it: their input is bounded by bytes alone.
TOKENIZERS = [
    (re.compile(r"gpt-5|gpt-4\.1|gpt-4o|o1|o3|o4-mini"), "o200k"),
    (re.compile(r"gpt-4|gpt-3\.5-turbo"), "cl100k"),
]
LEFT_OUT = re.compile(r"^ft:|audio|search|computer-use|/")

IMAGE_TABLES = {
    # OpenAI's image guide, "models before gpt-image-2".
    "before-2": {"low": (272, 408, 400), "medium": (1056, 1584, 1568), "high": (4160, 6240, 6208)},
    # Not published as tokens: at $30 per 1M, the least that comes to more than what rounds to the published dollars.
    "from-2": {"low": (217, 184, 184), "medium": (1784, 1384, 1384), "high": (7050, 5517, 5517)},
}
IMAGE_SIZES = ("1024x1024", "1024x1536", "1536x1024")
IMAGE_MODELS = {
    "gpt-image-2.5-sunburst": "from-2",
    "gpt-image-2.5-flare": "from-2",
    "gpt-image-2": "from-2",
    "gpt-image-1.5": "before-2",
    "chatgpt-image-latest": "before-2",
    "gpt-image-1": "before-2",
    "gpt-image-1-mini": "before-2",
}
# gpt-image-1.5 and its alias also write text, which is billed; how much at most is not published. This is generous,
# and more than it shows as an overrun.
TEXT_OUTPUT_AT_MOST = 2048


def usd(per_token):
    """Dollars per million tokens, exactly, without an exponent."""
    text = format((per_token * 1_000_000).normalize(), "f")
    return f'"{text}"'


def rates(row, suffix, long=False):
    """One inline table of prices, or None where the file has no input and output price for it."""
    above = "_above_272k_tokens" if long else ""
    keys = [
        ("input", f"input_cost_per_token{above}{suffix}"),
        ("cached_input", f"cache_read_input_token_cost{above}{suffix}"),
        ("cache_write", f"cache_creation_input_token_cost{above}{suffix}"),
        ("cache_write_12h", f"cache_creation_input_token_cost_above_12hr{above}{suffix}"),
        ("output", f"output_cost_per_token{above}{suffix}"),
    ]
    if row.get(keys[0][1]) is None or row.get(keys[-1][1]) is None:
        return None
    parts = [f"{name} = {usd(row[key])}" for name, key in keys if row.get(key) is not None]
    return "{ " + ", ".join(parts) + " }"


def tokenizer(name):
    return next((encoding for pattern, encoding in TOKENIZERS if pattern.match(name)), None)


def chat_section(name, row):
    lines = ["[model.chat]", f"context = {row['max_input_tokens']}", f"max_output = {row['max_output_tokens']}"]
    if encoding := tokenizer(name):
        lines.append(f'tokenizer = "{encoding}"')
    lines += ["bytes_per_token_at_least = 1", "[[model.chat.prices]]", f"from = {FROM}"]
    for tier, suffix in (("standard", ""), ("flex", "_flex"), ("priority", "_priority")):
        if table := rates(row, suffix):
            lines.append(f"{tier} = {table}")
    if rates(row, "", long=True):
        lines += ["[model.chat.prices.long_context]", f"above = {LONG}"]
        for tier, suffix in (("standard", ""), ("flex", "_flex"), ("priority", "_priority")):
            if table := rates(row, suffix, long=True):
                lines.append(f"{tier} = {table}")
    return lines


def image_section(row, table):
    lines = ["[model.image]", 'tokenizer = "o200k"', "[[model.image.prices]]", f"from = {FROM}"]
    for name, key in (
        ("text_input", "input_cost_per_token"),
        ("cached_text_input", "cache_read_input_token_cost"),
        ("image_input", "input_cost_per_image_token"),
        ("cached_image_input", "cache_read_input_image_token_cost"),
        ("image_output", "output_cost_per_image_token"),
        ("text_output", "output_cost_per_token"),
    ):
        if row.get(key):
            lines.append(f"{name} = {usd(row[key])}")
    if row.get("output_cost_per_token"):
        lines.append(f"text_output_at_most = {TEXT_OUTPUT_AT_MOST}")
    lines.append("output_tokens = [")
    for quality, tokens in IMAGE_TABLES[table].items():
        for size, count in zip(IMAGE_SIZES, tokens):
            lines.append(f'    {{ size = "{size}", quality = "{quality}", tokens = {count} }},')
    return lines + ["]"]


def is_snapshot(name, of):
    return re.fullmatch(re.escape(of) + r"-(\d{4}-\d{2}-\d{2}|\d{4})", name) is not None


def with_aliases(rows, section):
    """Groups each dated snapshot with its model where their sections and shutdown dates are the same."""
    groups = []
    for name in sorted(rows):
        body = (section(name, rows[name]), rows[name].get("deprecation_date"))
        for names, known in groups:
            if known == body and is_snapshot(name, names[0]):
                names.append(name)
                break
        else:
            groups.append(([name], body))
    return groups


def write_model(names, shutdown, sections):
    print("\n[[model]]")
    print("names = [" + ", ".join(f'"{name}"' for name in names) + "]")
    if shutdown:
        print(f"shutdown = {shutdown}")
    print("\n".join(sections))


def flat_section(price):
    """An image model of one price for every picture, whatever its size and quality."""
    shapes = [(size, quality) for quality in ["low", "medium", "high"] for size in IMAGE_SIZES]
    rows = [f'    {{ size = "{size}", quality = "{quality}", price = "{price}" }},' for size, quality in shapes]
    return ["[model.image]", "[[model.image.prices]]", f"from = {FROM}", "per_image = [", *rows, "]"]


def main(path):
    with open(path, encoding="utf-8") as file:
        everything = json.load(file, parse_float=Decimal, parse_int=lambda text: Decimal(text))
    rows = {name: row for name, row in everything.items() if row.get("litellm_provider") == "openai"}
    chat = {
        name: row
        for name, row in rows.items()
        if row.get("mode") == "chat" and not LEFT_OUT.search(name) and row.get("max_input_tokens") and rates(row, "")
    }
    image = {
        name: row
        for name, row in rows.items()
        if any(name == model or is_snapshot(name, model) for model in IMAGE_MODELS)
    }
    print("# What OpenAI's models cost, in USD per million tokens (or per image). Written by generate.py; the prices are")
    print("# those of LiteLLM 1.109.1, read on 22 November 2026. A price list counts from its `from` (UTC) until the next.")
    print(f'version = "{VERSION}"')
    for names, (section, shutdown) in with_aliases(chat, chat_section):
        write_model(names, shutdown, section)

    def section_of(name, row):
        base = next(model for model in IMAGE_MODELS if name == model or is_snapshot(name, model))
        return image_section(row, IMAGE_MODELS[base])

    print("\n# Image models from gpt-image-2 on: OpenAI publishes dollars per image, not tokens. The tokens here are the")
    print("# least that cost more than anything that rounds to those dollars: $0.006 is at most $0.0065, and at $30 per")
    print("# 1M 217 tokens cost $0.00651.")
    for names, (section, shutdown) in with_aliases(image, section_of):
        write_model(names, shutdown, section)
    print("\n# The simulated provider's names, at the prices of gpt-5-mini and gpt-image-1.")
    write_model(
        ["sim/*"], None, chat_section("gpt-5-mini", rows["gpt-5-mini"]) + section_of("gpt-image-1", rows["gpt-image-1"])
    )
    print("\n# The simulated provider's model that is priced by the picture.")
    write_model(["sim/image-flat"], None, flat_section("0.04"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: generate.py model_prices_and_context_window.json")
    main(sys.argv[1])
