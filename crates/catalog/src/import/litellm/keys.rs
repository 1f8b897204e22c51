//! Keys of LiteLLM's file that hold a price and are not charged, on purpose.

/// By their beginning or end, with why; `docs/prices.md` says more.
const STARTS: [&str; 8] = [
    // Surcharges for where a call is served: the answer does not say where, so nobody could charge them for certain.
    "regional_processing_uplift_multiplier_",
    "provider_specific_entry",
    // Storage is by the day, whoever calls.
    "vector_store_cost_per_gb_per_day",
    "file_search_cost_per_gb_per_day",
    // Moving pictures are along no route of ours.
    "input_cost_per_video",
    "output_cost_per_video",
    // A second way to say what a model's tokens cost; who is billed by tokens is not billed by these.
    "input_cost_per_second",
    "output_cost_per_second",
];

/// Tiers and kinds of call that no route of ours asks for.
const ENDS: [&str; 4] = ["_ultrafast", "_balanced", "_decisions", "_batches"];

/// Whether a key is known not to be charged.
pub(super) fn uncharged(key: &str) -> bool {
    STARTS.iter().any(|start| key.starts_with(start))
        || ENDS.iter().any(|end| key.ends_with(end))
        || key == "cache_creation_input_audio_token_cost"
}
