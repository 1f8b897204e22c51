//! The tools of a response that the provider runs itself.

use serde_json::value::RawValue;

use crate::object;
use crate::request::{self, BadRequest};

/// A tool that the provider runs itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// Searches the web. Billed by the call, by how much of what it finds the model may read.
    WebSearch {
        /// The older tool, which has another price.
        preview: bool,
        /// How much the model may read.
        context: SearchContext,
    },
    /// Searches the caller's files. Billed by the call.
    FileSearch,
    /// Runs code. Billed by the container.
    CodeInterpreter,
    /// Calls a server of somebody else's. Not billed but for what the model reads of it.
    Mcp,
    /// Paints. Billed as the model that paints.
    ImageGeneration {
        /// That model, where the caller says.
        model: Option<String>,
    },
    /// Anything else: without a price.
    Other(String),
}

/// How much of what it finds a web search may give to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchContext {
    /// `low`.
    Low,
    /// `medium`, also where the caller does not say.
    Medium,
    /// `high`.
    High,
}

/// The tools that the provider runs, in their order.
///
/// # Errors
/// [`BadRequest::Invalid`] where it is no list of objects with a type.
pub(super) fn built_in(tools: Option<&RawValue>) -> Result<Vec<BuiltIn>, BadRequest> {
    const NOT_TOOLS: BadRequest = BadRequest::Invalid {
        param: "tools",
        expected: "a list of objects with a type",
    };
    let Some(tools) = request::given(tools) else {
        return Ok(Vec::new());
    };
    let list: Vec<&RawValue> = serde_json::from_str(tools.get()).map_err(|_malformed| NOT_TOOLS)?;
    let mut built_in = Vec::new();
    for tool in list {
        let names = ["type", "search_context_size", "model"];
        let members = object::members(tool.get().as_bytes(), &names);
        let [kind, context, model] = members.map_err(|_malformed| NOT_TOOLS)?;
        let kind = object::string_of(kind).ok_or(NOT_TOOLS)?;
        let model = object::string_of(model);
        built_in.extend(of_kind(kind, context, model)?);
    }
    Ok(built_in)
}

/// `None` for a tool that the caller runs.
fn of_kind(
    kind: String,
    context: Option<&RawValue>,
    model: Option<String>,
) -> Result<Option<BuiltIn>, BadRequest> {
    Ok(Some(match &*kind {
        "function" | "custom" | "local_shell" | "apply_patch" | "namespace" => return Ok(None),
        kind if kind.starts_with("web_search") => BuiltIn::WebSearch {
            preview: kind.starts_with("web_search_preview"),
            context: search_context(context)?,
        },
        "file_search" => BuiltIn::FileSearch,
        "code_interpreter" => BuiltIn::CodeInterpreter,
        "mcp" => BuiltIn::Mcp,
        "image_generation" => BuiltIn::ImageGeneration { model },
        _ => BuiltIn::Other(kind),
    }))
}

fn search_context(raw: Option<&RawValue>) -> Result<SearchContext, BadRequest> {
    let (param, expected) = ("tools.search_context_size", "low, medium or high");
    let word: Option<String> = request::read(raw, param, expected)?;
    match word.as_deref() {
        Some("low") => Ok(SearchContext::Low),
        None | Some("medium") => Ok(SearchContext::Medium),
        Some("high") => Ok(SearchContext::High),
        Some(_) => Err(BadRequest::Invalid { param, expected }),
    }
}
