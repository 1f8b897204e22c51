//! Whose words a text holds, and what was asked for. Frames of a trace tell the second and not the first: a program may
//! have any folder and call any library.

use diagnosis::Provider;

/// What only one provider or its library writes, in lower case.
const HINTS: [(&str, Provider); 15] = [
    ("openrouter", Provider::OpenRouter),
    ("azure.com", Provider::Azure),
    ("azureexception", Provider::Azure),
    ("azureopenai", Provider::Azure),
    ("azure openai", Provider::Azure),
    ("x-ms-region", Provider::Azure),
    ("apim-request-id", Provider::Azure),
    ("anthropic", Provider::Anthropic),
    ("platform.claude.com", Provider::Anthropic),
    ("resource_exhausted", Provider::Gemini),
    ("generativelanguage", Provider::Gemini),
    ("api.groq.com", Provider::Groq),
    ("api.deepseek.com", Provider::DeepSeek),
    ("api.mistral.ai", Provider::Mistral),
    ("platform.openai.com", Provider::OpenAi),
];

/// What stands in a text about an endpoint: a path, or a call of a library.
const ENDPOINTS: [(&str, &str); 14] = [
    ("/images/", "images"),
    ("images.generate", "images"),
    ("images.edit", "images"),
    ("resources/images", "images"),
    ("/batches", "batches"),
    ("batches.create", "batches"),
    ("/chat/completions", "chat"),
    ("chat.completions", "chat"),
    ("resources/chat", "chat"),
    ("/responses", "chat"),
    ("responses.create", "chat"),
    ("/messages", "chat"),
    ("/completions", "chat"),
    ("/embeddings", "chat"),
];

/// Whose words these are: what the text says, else `usual`.
pub(super) fn provider(text: &str, usual: Provider) -> Provider {
    let said: Vec<&str> = text.lines().filter(|line| !is_frame(line)).collect();
    let said = said.join("\n").to_lowercase();
    let found = HINTS.iter().find(|(word, _)| said.contains(word));
    match (found, usual) {
        // Azure's bodies name OpenAI's pages.
        (Some((_, Provider::OpenAi)), Provider::Azure) | (None, _) => usual,
        (Some((_, provider)), _) => *provider,
    }
}

/// What was asked for, where the text names it.
pub(super) fn endpoint(text: &str) -> Option<&'static str> {
    let found = ENDPOINTS.iter().find(|(path, _)| text.contains(path));
    found.map(|(_, name)| *name)
}

/// A line of a trace, in Python, Node or Java.
fn is_frame(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("File \"")
        || line.starts_with("at ")
        || line.contains("site-packages")
        || line.contains("node_modules")
}
