"""Usages to try a model with: every unit that its row has a price for, alone and together, at and around thresholds.

A case is what was used (fields as `examples/costs.rs` has them), and which keys of the row it touches.
"""

import re

TIERS = {"": "default", "_flex": "flex", "_priority": "priority"}
COUNTS = (1, 7, 1000, 123_457)
OUTPUTS = (0, 1, 333, 98_765)
TEXT_KEYS = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")


class Case:
    def __init__(self, fields, keys, tier="default"):
        self.fields = {name: count for name, count in fields.items() if count}
        self.keys = set(keys)
        self.tier = tier

    def __getattr__(self, name):
        return self.__dict__["fields"].get(name, 0)

    def text(self):
        fields = {**self.fields, **({} if self.tier == "default" else {"tier": self.tier})}
        return ",".join(f"{name}={value}" for name, value in fields.items())


def threshold(row):
    found = {re.match(r"input_cost_per_token_above_(\d+)(k?)_tokens", key) for key in row} - {None}
    spelt = {match.group(0).split("_above_")[1].split("_tokens")[0] for match in found}
    return {name: int(name.rstrip("k")) * (1000 if name.endswith("k") else 1) for name in spelt}


def sold(row, suffix):
    return row.get(f"input_cost_per_token{suffix}") is not None and row.get(f"output_cost_per_token{suffix}") is not None


def text(row):
    """A text model, in every tier that is sold, on both sides of its thresholds."""
    limits = threshold(row)
    for suffix, tier in TIERS.items():
        if not sold(row, suffix):
            continue
        around = [count for limit in limits.values() for count in (limit - 1, limit, limit + 1, 2 * limit)]
        for whole in (0, *COUNTS, *around):
            above = [f"_above_{name}_tokens" for name, limit in limits.items() if whole > limit]
            for written in OUTPUTS:
                for fields, bases in splits(row, whole, written):
                    bases = {*bases, "input_cost_per_token", "output_cost_per_token"}
                    keys = {f"{base}{part}{suffix}" for base in bases for part in ("", *above)}
                    yield Case(fields, keys | bases, tier)
    yield from tools(row)


def splits(row, whole, written):
    """The same input and output, made of different kinds of tokens."""
    plain = {"text_input": whole, "output": written}
    yield plain, ()
    third, half = whole // 3, whole // 2
    reasoned = {**plain, "reasoning": written // 2}
    yield reasoned, ("output_cost_per_reasoning_token",)
    read = "cache_read_input_token_cost"
    write = "cache_creation_input_token_cost"
    if row.get(read) is not None:
        yield {**reasoned, "cached_input": third}, (read,)
    if row.get(write) is not None:
        yield {**plain, "cache_write": third}, (write,)
        yield {**plain, "cached_input": third, "cache_write": half}, (read, write)
        for field, key in (("cache_write_1h", f"{write}_above_1hr"), ("cache_write_12h", f"{write}_above_12hr")):
            if row.get(key) is not None:
                yield {**plain, "cached_input": third, "cache_write": half, field: half // 3}, (read, write, key)
    yield from media(row, whole, written)


def media(row, whole, written):
    third = whole // 3
    spoken = {"output": written - written // 4, "audio_output": written // 4}
    has = lambda key: row.get(key) is not None  # noqa: E731
    if has("input_cost_per_audio_token"):
        heard = {"text_input": whole - third, "audio_input": third, "output": written}
        yield heard, ("input_cost_per_audio_token",)
        if has("output_cost_per_audio_token"):
            yield {**heard, **spoken}, ("input_cost_per_audio_token", "output_cost_per_audio_token")
        if has("cache_read_input_audio_token_cost"):
            yield {**heard, "cached_audio_input": third // 2}, ("cache_read_input_audio_token_cost",)
    elif has("output_cost_per_audio_token"):
        yield {"text_input": whole, **spoken}, ("output_cost_per_audio_token",)
    if has("input_cost_per_image_token"):
        yield {"text_input": whole - third, "image_input": third, "output": written}, ("input_cost_per_image_token",)


def tools(row):
    plain = {"text_input": 1000, "output": 10}
    if row.get("search_context_cost_per_query"):
        for size in ("low", "medium", "high"):
            if row["search_context_cost_per_query"].get(f"search_context_size_{size}") is not None:
                for calls in (1, 3):
                    used = {**plain, "web_searches": calls, "search_context": size}
                    yield Case(used, ["search_context_cost_per_query"])
    if row["litellm_provider"] == "openai" and "/v1/responses" in row.get("supported_endpoints", ["/v1/responses"]):
        yield Case({**plain, "file_searches": 1}, [])
        yield Case({**plain, "code_sessions": 3}, [])


def service(row, section):
    """A model that is billed by a plain list of units."""
    if row.get("input_cost_per_character") is not None:
        for count in COUNTS:
            yield Case({"input_characters": count}, ["input_cost_per_character"])
        return
    if row.get("input_cost_per_token") is not None:
        for count in COUNTS:
            yield Case({"text_input": count}, ["input_cost_per_token"])
            if row.get("output_cost_per_token"):
                yield Case({"text_input": count, "output": 333}, ["input_cost_per_token", "output_cost_per_token"])
            yield from media_of_service(row, count)
    if section == "transcription" and row.get("input_cost_per_second") is not None:
        for count in (1, 59, 3600):
            yield Case({"input_seconds": count}, ["input_cost_per_second", "output_cost_per_second"])


def media_of_service(row, count):
    if row.get("input_cost_per_audio_token") is not None:
        yield Case({"text_input": 20, "audio_input": count, "output": 333}, ["input_cost_per_audio_token"])
    if row.get("output_cost_per_audio_token") is not None:
        yield Case({"text_input": count, "audio_output": 333}, ["output_cost_per_audio_token"])


def image(row):
    """A model whose pictures are billed by their tokens."""
    for count in COUNTS:
        for pictures in (272, 4160, 12_480):
            used = {"text_input": count, "image_output": pictures, "images": 1}
            keys = ["input_cost_per_token", "output_cost_per_image_token"]
            yield Case(used, keys)
            if row.get("input_cost_per_image_token") is not None:
                yield Case({**used, "image_input": 1000 + count}, [*keys, "input_cost_per_image_token"])
            if row.get("output_cost_per_token") is not None:
                yield Case({**used, "output": 250}, [*keys, "output_cost_per_token"])
