//! The tools of a message that the provider runs itself.

use serde_json::value::RawValue;

use crate::object;
use crate::request::{self, BadRequest};

/// The most uses that are taken for a bound; no message makes as many.
const MOST_USES: u64 = 1_000;
/// Tools that have a type but are run by the caller, by how their type begins.
const OF_THE_CALLER: [&str; 5] = ["custom", "bash_", "text_editor_", "computer_", "memory_"];

/// A tool that the provider runs itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTool {
    /// Its type without the date, as `web_search`.
    pub kind: String,
    /// How often it may be used, where the caller says.
    pub max_uses: Option<u64>,
}

/// The tools that the provider runs, in their order.
///
/// # Errors
/// [`BadRequest::Invalid`] where it is no list of objects.
pub(super) fn server_tools(tools: Option<&RawValue>) -> Result<Vec<ServerTool>, BadRequest> {
    const NOT_TOOLS: BadRequest = BadRequest::Invalid {
        param: "tools",
        expected: "a list of tools",
    };
    let Some(tools) = request::given(tools) else {
        return Ok(Vec::new());
    };
    let list: Vec<&RawValue> = serde_json::from_str(tools.get()).map_err(|_malformed| NOT_TOOLS)?;
    let mut server_tools = Vec::new();
    for tool in list {
        let members = object::members(tool.get().as_bytes(), &["type", "max_uses"]);
        let [kind, max_uses] = members.map_err(|_malformed| NOT_TOOLS)?;
        let Some(kind) = object::string_of(kind) else {
            continue;
        };
        if OF_THE_CALLER.iter().any(|start| kind.starts_with(start)) {
            continue;
        }
        server_tools.push(ServerTool {
            max_uses: request::count(max_uses, "tools.max_uses", MOST_USES)?,
            kind: undated(&kind).to_owned(),
        });
    }
    Ok(server_tools)
}

fn undated(kind: &str) -> &str {
    match kind.rsplit_once('_') {
        Some((name, date)) if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) => {
            name
        }
        _ => kind,
    }
}
