use catalog::{CacheLife, Parts};

use crate::response::{BuiltIn, Edit, Facts, SearchContext};

fn read(rest: &str) -> Result<(Parts, CacheLife), Option<String>> {
    let body = format!(r#"{{"model":"m",{rest}}}"#);
    match Facts::read(body.as_bytes()) {
        Ok(facts) => Ok((facts.parts(), facts.cache())),
        Err(bad) => Err(bad.param().map(str::to_owned)),
    }
}

#[test]
fn what_is_in_the_body_is_text_and_what_is_elsewhere_is_not() {
    use Parts::{Opaque, TextOnly};
    for (rest, parts) in [
        (r#""input":"a""#, TextOnly),
        (
            r#""instructions":"be brief","input":[{"role":"user","content":"a"}]"#,
            TextOnly,
        ),
        (
            r#""input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]}]"#,
            TextOnly,
        ),
        (
            r#""input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
               {"type":"function_call_output","call_id":"c","output":"x"}]"#,
            TextOnly,
        ),
        (
            r#""input":[{"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"gA"}]"#,
            TextOnly,
        ),
        (
            r#""input":[{"role":"user","content":[{"type":"input_image","image_url":"https://x/y"}]}]"#,
            Opaque,
        ),
        (
            r#""input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]"#,
            Opaque,
        ),
        (r#""input":[{"type":"item_reference","id":"i"}]"#, Opaque),
        (
            r#""input":[{"type":"function_call_output","output":[{"type":"input_image","file_id":"f"}]}]"#,
            Opaque,
        ),
        (r#""input":[{"type":"something_new","text":"a"}]"#, Opaque),
        (
            r#""input":[{"role":"user","content":"a","elsewhere":1}]"#,
            Opaque,
        ),
        (r#""input":"a","previous_response_id":"r""#, Opaque),
        (r#""input":"a","conversation":{"id":"c"}"#, Opaque),
        (r#""input":"a","prompt":{"id":"p"}"#, Opaque),
        (r#""input":"a","previous_response_id":null"#, TextOnly),
    ] {
        assert_eq!(read(rest), Ok((parts, CacheLife::Short)), "{rest}");
    }
}

#[test]
fn a_long_life_in_the_cache_is_seen_wherever_it_is_asked_for() {
    for (rest, cache) in [
        (
            r#""input":"a","prompt_cache_options":{"ttl":"12h"}"#,
            CacheLife::Long,
        ),
        (
            r#""input":"a","prompt_cache_options":{"ttl":"30m"}"#,
            CacheLife::Short,
        ),
        (
            r#""input":[{"role":"user","content":[{"type":"input_text","text":"a","prompt_cache_breakpoint":{"ttl":"24h"}}]}]"#,
            CacheLife::Long,
        ),
        (
            r#""input":"a","tools":[{"type":"function","name":"f","cache":{"ttl":"12h"}}]"#,
            CacheLife::Long,
        ),
    ] {
        assert_eq!(read(rest), Ok((Parts::TextOnly, cache)), "{rest}");
    }
}

#[test]
fn tools_that_the_provider_runs_are_told_from_the_callers_own() {
    let body = br#"{"model":"m","input":"a","max_tool_calls":3,"tools":[
        {"type":"function","name":"f","parameters":{}},{"type":"custom","name":"c"},
        {"type":"web_search","search_context_size":"high"},{"type":"web_search_preview_2025_03_11"},
        {"type":"file_search","vector_store_ids":["v"]},{"type":"code_interpreter","container":{"type":"auto"}},
        {"type":"mcp","server_url":"https://x"},{"type":"image_generation","model":"gpt-image-1"},{"type":"telescope"}]}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(facts.max_tool_calls, Some(3));
    let search = |preview, context| BuiltIn::WebSearch { preview, context };
    assert_eq!(
        facts.built_in,
        [
            search(false, SearchContext::High),
            search(true, SearchContext::Medium),
            BuiltIn::FileSearch,
            BuiltIn::CodeInterpreter,
            BuiltIn::Mcp,
            BuiltIn::ImageGeneration {
                model: Some("gpt-image-1".to_owned())
            },
            BuiltIn::Other("telescope".to_owned()),
        ]
    );
}

#[test]
fn a_bad_request_for_a_response_says_what_is_bad() {
    for (rest, param) in [
        (r#""input":1"#, "input"),
        (r#""input":["a",2]"#, "input"),
        (r#""input":"a","tools":[{}]"#, "tools"),
        (r#""input":"a","tools":{}"#, "tools"),
        (
            r#""input":"a","tools":[{"type":"web_search","search_context_size":"vast"}]"#,
            "tools.search_context_size",
        ),
        (r#""input":"a","max_output_tokens":0"#, "max_output_tokens"),
        (
            r#""input":"a","max_output_tokens":1,"max_output_tokens":9"#,
            "max_output_tokens",
        ),
        (r#""input":"a","max_tool_calls":-1"#, "max_tool_calls"),
        (r#""input":"a","background":"yes""#, "background"),
        (
            r#""input":"a","context_management":[{"type":"compaction"}]"#,
            "context_management",
        ),
        (r#""input":"a","audio":{}"#, "audio"),
    ] {
        assert_eq!(read(rest), Err(Some(param.to_owned())), "{rest}");
    }
    assert_eq!(
        Facts::read(br#"{"input":"a"}"#).unwrap_err().param(),
        Some("model")
    );
}

#[test]
fn what_bounds_a_response_is_put_in_and_nothing_else_changes() {
    let edit = Edit {
        model: "n",
        max_output: Some(5),
        max_tool_calls: Some(2),
    };
    for (before, after) in [
        (
            r#"{"model":"m", "input" : "a"}"#,
            r#"{"max_output_tokens":5,"max_tool_calls":2,"model":"n", "input" : "a"}"#,
        ),
        (
            r#"{"max_tool_calls":9,"model":"m","input":"a","max_output_tokens":100}"#,
            r#"{"max_tool_calls":2,"model":"n","input":"a","max_output_tokens":5}"#,
        ),
    ] {
        let facts = Facts::read(before.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&facts.edited(&edit)), after);
    }
    let same = br#"{"model":"n","input":"a","max_output_tokens":5,"max_tool_calls":2}"#;
    assert_eq!(&*Facts::read(same).unwrap().edited(&edit), same);
}
