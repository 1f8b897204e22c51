"""What a usage costs by litellm's own calculator, called as its `completion_cost` calls it."""

import os

# Its price file is the one that is installed with it; nothing is asked for over the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm  # noqa: E402
from litellm.cost_calculator import cost_per_token  # noqa: E402
from litellm.litellm_core_utils.llm_cost_calc.tool_call_cost_tracking import (  # noqa: E402
    StandardBuiltInToolCostTracking as Tools,
)
from litellm.litellm_core_utils.llm_cost_calc.utils import CostCalculatorUtils  # noqa: E402
from litellm.llms.anthropic.cost_calculation import get_cost_for_anthropic_web_search  # noqa: E402
from litellm.types.utils import (  # noqa: E402
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    ImageResponse,
    PromptTokensDetailsWrapper,
    ServerToolUse,
    Usage,
)

CALLS = {"embedding": "embedding", "speech": "speech", "transcription": "transcription", "moderation": "moderation"}


def prices():
    return litellm.model_cost


def path():
    return os.path.join(os.path.dirname(litellm.__file__), "model_prices_and_context_window_backup.json")


def usage(case):
    """The usage as litellm has it once it has read an answer: its input is the whole, as ours is."""
    whole = case.text_input + case.audio_input + case.image_input
    cached = case.cached_input + case.cached_audio_input
    details = {}
    if cached:
        details["cached_tokens"] = cached
    if case.cached_audio_input:
        details["cached_tokens_details"] = {"audio_tokens": case.cached_audio_input}
    if case.audio_input:
        details["audio_tokens"] = case.audio_input
    if case.image_input:
        details["image_tokens"] = case.image_input
    if case.cache_write:
        details["cache_creation_tokens"] = case.cache_write
        if case.cache_write_1h or case.cache_write_12h:
            details["cache_creation_token_details"] = CacheCreationTokenDetails(
                ephemeral_5m_input_tokens=case.cache_write - case.cache_write_1h - case.cache_write_12h,
                ephemeral_1h_input_tokens=case.cache_write_1h,
                ephemeral_12h_input_tokens=case.cache_write_12h,
            )
    written = case.output + case.audio_output
    return Usage(
        prompt_tokens=whole,
        completion_tokens=written,
        total_tokens=whole + written,
        prompt_tokens_details=PromptTokensDetailsWrapper(**details) if details else None,
        completion_tokens_details=CompletionTokensDetailsWrapper(
            reasoning_tokens=case.reasoning, audio_tokens=case.audio_output
        ),
    )


def cost(model, provider, section, case):
    """The terms of the sum, as the floats that litellm adds up."""
    if section == "image":
        return [image(model, provider, case)]
    tier = None if case.tier == "default" else case.tier
    tokens = cost_per_token(
        model=model,
        custom_llm_provider=provider,
        usage_object=usage(case),
        call_type=CALLS.get(section, "completion"),
        service_tier=tier,
        prompt_characters=case.input_characters or None,
        audio_transcription_file_duration=float(case.input_seconds),
    )
    return [*tokens, *tools(model, provider, case)]


def tools(model, provider, case):
    info = litellm.get_model_info(model=model, custom_llm_provider=provider)
    if case.web_searches and provider == "anthropic":
        used = Usage(server_tool_use=ServerToolUse(web_search_requests=case.web_searches))
        yield get_cost_for_anthropic_web_search(model_info=info, usage=used)
    elif case.web_searches:
        options = {"search_context_size": case.search_context}
        yield Tools.get_cost_for_web_search(web_search_options=options, model_info=info) * case.web_searches
    if case.file_searches:
        yield Tools.get_cost_for_file_search(file_search={}, provider=provider, model_info={})
    if case.code_sessions:
        yield Tools.get_cost_for_code_interpreter(sessions=case.code_sessions, provider=provider, model_info={})


def image(model, provider, case):
    whole = case.text_input + case.image_input
    written = case.image_output + case.output
    answer = ImageResponse(
        data=[{"b64_json": ""}] * case.images,
        usage={
            "input_tokens": whole,
            "input_tokens_details": {"text_tokens": case.text_input, "image_tokens": case.image_input},
            "output_tokens": written,
            "output_tokens_details": {"text_tokens": case.output, "image_tokens": case.image_output},
            "total_tokens": whole + written,
        },
    )
    return CostCalculatorUtils.route_image_generation_cost_calculator(
        model=model, completion_response=answer, custom_llm_provider=provider
    )
