use catalog::{CacheLife, Parts};

use crate::message::{Facts, ServerTool};

fn read(rest: &str) -> Result<(Parts, CacheLife), Option<String>> {
    let body = format!(r#"{{"model":"m","max_tokens":10,{rest}}}"#);
    match Facts::read(body.as_bytes()) {
        Ok(facts) => Ok((facts.parts(), facts.cache())),
        Err(bad) => Err(bad.param().map(str::to_owned)),
    }
}

#[test]
fn what_is_in_the_body_is_text_and_what_is_elsewhere_is_not() {
    use Parts::{Opaque, TextOnly};
    for (rest, parts) in [
        (r#""messages":[{"role":"user","content":"a"}]"#, TextOnly),
        (
            r#""system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]"#,
            TextOnly,
        ),
        (
            r#""messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
               {"type":"tool_use","id":"i","name":"f","input":{"x":1}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"i","content":[{"type":"text","text":"r"}]}]}]"#,
            TextOnly,
        ),
        (
            r#""messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}]"#,
            Opaque,
        ),
        (
            r#""messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","source":{}}]}]}]"#,
            Opaque,
        ),
        (
            r#""messages":[{"role":"user","content":[{"type":"document","source":{}}]}]"#,
            Opaque,
        ),
        (
            r#""messages":[{"role":"user","content":"a"}],"container":"c""#,
            Opaque,
        ),
        (
            r#""messages":[{"role":"user","content":"a"}],"mcp_servers":[{"url":"u"}]"#,
            Opaque,
        ),
        (
            r#""messages":[{"role":"user","content":"a"}],"mcp_servers":[ ]"#,
            TextOnly,
        ),
    ] {
        assert_eq!(read(rest), Ok((parts, CacheLife::Short)), "{rest}");
    }
}

#[test]
fn an_hour_in_the_cache_is_seen_wherever_it_is_asked_for() {
    let hour = r#"{"type":"ephemeral","ttl":"1h"}"#;
    let five = r#"{"type":"ephemeral","ttl":"5m"}"#;
    let plain = r#"{"type":"ephemeral"}"#;
    let hidden = r#"{"type":"ephemeral","\u0074tl":"1h"}"#;
    for (control, cache) in [
        (hour, CacheLife::Long),
        (hidden, CacheLife::Long),
        (five, CacheLife::Short),
        (plain, CacheLife::Short),
    ] {
        let text = format!(r#"{{"type":"text","text":"a","cache_control":{control}}}"#);
        for rest in [
            format!(r#""messages":[{{"role":"user","content":[{text}]}}]"#),
            format!(r#""messages":[],"system":[{text}]"#),
            format!(r#""messages":[],"tools":[{{"name":"f","cache_control":{control}}}]"#),
            format!(r#""messages":[],"cache_control":{control}"#),
        ] {
            assert_eq!(read(&rest), Ok((Parts::TextOnly, cache)), "{rest}");
        }
    }
}

#[test]
fn tools_that_anthropic_runs_are_told_from_the_callers_own() {
    let body = br#"{"model":"m","max_tokens":1,"messages":[],"tools":[{"name":"f","input_schema":{}},
        {"type":"custom","name":"g"},{"type":"bash_20250124","name":"bash"},{"type":"computer_20250124","name":"c"},
        {"type":"web_search_20250305","name":"web_search","max_uses":5},{"type":"web_fetch_20250910","name":"web_fetch"}]}"#;
    let tool = |kind: &str, max_uses| ServerTool {
        kind: kind.to_owned(),
        max_uses,
    };
    let facts = Facts::read(body).unwrap();
    assert_eq!(
        facts.server_tools,
        [tool("web_search", Some(5)), tool("web_fetch", None)]
    );
    let length = u64::try_from(body.len()).unwrap();
    assert_eq!(
        facts.body_len(),
        length + 1_024,
        "tools come with instructions that are not in the body"
    );
}

#[test]
fn whom_it_is_for_and_how_much_it_must_write_is_read() {
    let body =
        br#"{"model":"m","max_tokens":2000,"messages":[],"stream":true,"service_tier":"auto",
        "metadata":{"user_id":"u"},"thinking":{"type":"enabled","budget_tokens":1024}}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(facts.end_user.as_deref(), Some("u"));
    assert_eq!((facts.max_output, facts.least_output), (Some(2000), 1025));
    assert!(facts.stream);
    let bare = Facts::read_to_count(br#"{"model":"m","messages":[]}"#).unwrap();
    assert_eq!((bare.max_output, bare.least_output), (None, 1));
}

#[test]
fn a_bad_request_for_a_message_says_what_is_bad() {
    for (rest, param) in [
        (r#""messages":"#.to_owned() + "1", "messages"),
        (r#""messages":[1]"#.to_owned(), "messages"),
        (r#""messages":[],"system":5"#.to_owned(), "messages"),
        (r#""messages":[],"speed":"fast""#.to_owned(), "speed"),
        (
            r#""messages":[],"inference_geo":"us""#.to_owned(),
            "inference_geo",
        ),
        (
            r#""messages":[],"context_management":{"edits":[{"type":"compact_20260112"}]}"#
                .to_owned(),
            "context_management",
        ),
        (r#""messages":[],"thinking":true"#.to_owned(), "thinking"),
        (r#""messages":[],"tools":[1]"#.to_owned(), "tools"),
        (r#""messages":[],"Max_tokens":1"#.to_owned(), "max_tokens"),
    ] {
        assert_eq!(read(&rest), Err(Some(param.to_owned())), "{rest}");
    }
    assert_eq!(
        Facts::read(br#"{"model":"m","messages":[]}"#)
            .unwrap_err()
            .param(),
        Some("max_tokens")
    );
}

#[test]
fn model_and_max_tokens_are_changed_and_nothing_else() {
    let body = br#"{"model":"m", "max_tokens" : 10,"messages":[]}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(&*facts.edited("m", None), body);
    assert_eq!(&*facts.edited("m", Some(10)), body);
    assert_eq!(
        &*facts.edited("n", Some(5)),
        br#"{"model":"n", "max_tokens" : 5,"messages":[]}"#
    );
}
