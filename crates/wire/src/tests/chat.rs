use catalog::{CacheLife, Parts};

use crate::chat::Facts;
use crate::request::BadRequest;

const MESSAGES: &str = r#""messages":[{"role":"user","content":"hi"}]"#;

/// A body with these members beside a model and a message.
fn with(members: &str) -> String {
    format!(
        r#"{{"model":"gpt-5",{MESSAGES}{}{members}}}"#,
        if members.is_empty() { "" } else { "," }
    )
}

fn messages(messages: &str) -> String {
    format!(r#"{{"model":"gpt-5","messages":{messages}}}"#)
}

#[test]
fn a_bare_request_has_the_defaults() {
    let body = with("");
    let facts = Facts::read(body.as_bytes()).unwrap();
    assert_eq!(facts.model, "gpt-5");
    assert_eq!(
        (facts.max_output, facts.n, facts.stream, facts.include_usage),
        (None, 1, false, false)
    );
    assert_eq!((facts.service_tier, facts.end_user), (None, None));
    assert_eq!(
        (facts.parts, facts.cache),
        (Parts::TextOnly, CacheLife::Short)
    );
}

#[test]
fn what_decides_money_is_read() {
    let body = with(
        r#""max_completion_tokens":77, "n":3,"stream":true,"stream_options":{"include_usage":true,"x":[]},
        "service_tier":"flex","user":"u1","temperature":0.7,"unknown":{"model":"other"}"#,
    );
    let facts = Facts::read(body.as_bytes()).unwrap();
    assert_eq!(
        (facts.max_output, facts.n, facts.stream, facts.include_usage),
        (Some(77), 3, true, true)
    );
    assert_eq!(facts.service_tier.as_deref(), Some("flex"));
    assert_eq!(facts.end_user.as_deref(), Some("u1"));
    let both = with(r#""user":"u1","safety_identifier":"s1","max_tokens":5"#);
    let facts = Facts::read(both.as_bytes()).unwrap();
    assert_eq!(
        (facts.end_user.as_deref(), facts.max_output),
        (Some("s1"), Some(5))
    );
}

#[test]
fn null_is_absent() {
    let body = with(
        r#""max_tokens":null,"max_completion_tokens":9,"n":null,"stream":null,"stream_options":null,"tools":null,
        "service_tier":null,"user":null,"audio":null,"prediction":null,"web_search_options":null,"modalities":null"#,
    );
    let facts = Facts::read(body.as_bytes()).unwrap();
    assert_eq!(
        (facts.max_output, facts.n, facts.stream),
        (Some(9), 1, false)
    );
    assert!(facts.prompt().json.is_empty());
}

#[test]
fn a_member_that_decides_money_is_refused_when_it_is_there_twice() {
    for (members, name) in [
        (r#""max_tokens":1,"max_tokens":1000"#, "max_tokens"),
        (r#""model":"gpt-5""#, "model"),
        (r#""m\u006fdel":"gpt-4""#, "model"),
        (r#""Model":"gpt-4""#, "model"),
        (r#""MAX_TOKENS":100000"#, "max_tokens"),
        (r#""n":1,"n":null"#, "n"),
        (r#""messages":[]"#, "messages"),
        (
            r#""stream_options":{"include_usage":true,"include_usage":false}"#,
            "include_usage",
        ),
    ] {
        let body = with(members);
        let error = Facts::read(body.as_bytes()).unwrap_err();
        assert_eq!(error, BadRequest::Duplicate(name.to_owned()), "{members}");
        assert_eq!(error.param(), Some(name));
        assert!(error.to_string().contains("parsers differ"), "{error}");
    }
    assert!(
        Facts::read(with(r#""x":1,"x":2"#).as_bytes()).is_ok(),
        "what we do not read may be there twice"
    );
}

#[test]
fn a_wrong_type_is_refused_with_the_name_of_the_member() {
    for (members, param) in [
        (r#""max_tokens":"5""#, "max_tokens"),
        (r#""max_tokens":-1"#, "max_tokens"),
        (r#""max_tokens":0"#, "max_tokens"),
        (r#""max_tokens":1.5"#, "max_tokens"),
        (r#""max_tokens":99999999999999999999"#, "max_tokens"),
        (r#""max_tokens":5,"max_completion_tokens":5"#, "max_tokens"),
        (r#""max_completion_tokens":{}"#, "max_completion_tokens"),
        (r#""n":0"#, "n"),
        (r#""n":129"#, "n"),
        (r#""stream":"true""#, "stream"),
        (r#""stream_options":true"#, "stream_options"),
        (
            r#""stream_options":{"include_usage":1}"#,
            "stream_options.include_usage",
        ),
        (r#""service_tier":5"#, "service_tier"),
        (r#""user":[]"#, "user"),
        (r#""modalities":"audio""#, "modalities"),
    ] {
        let body = with(members);
        let error = Facts::read(body.as_bytes()).unwrap_err();
        assert!(
            matches!(error, BadRequest::Invalid { .. }),
            "{members}: {error}"
        );
        assert_eq!(error.param(), Some(param), "{members}");
    }
    for body in [
        r#"{"model":5,"messages":[]}"#,
        r#"{"model":"x","messages":{}}"#,
    ] {
        assert!(
            matches!(
                Facts::read(body.as_bytes()),
                Err(BadRequest::Invalid { .. })
            ),
            "{body}"
        );
    }
    for (body, param) in [
        (r#"{"messages":[]}"#, "model"),
        (r#"{"model":"x","messages":null}"#, "messages"),
    ] {
        assert_eq!(
            Facts::read(body.as_bytes()).unwrap_err(),
            BadRequest::Missing(param),
            "{body}"
        );
    }
}

#[test]
fn what_is_not_metered_is_refused_by_name() {
    for (members, param) in [
        (r#""audio":{"voice":"alloy","format":"wav"}"#, "audio"),
        (r#""modalities":["text","audio"]"#, "modalities"),
        (
            r#""prediction":{"type":"content","content":"x"}"#,
            "prediction",
        ),
        (r#""web_search_options":{}"#, "web_search_options"),
        (r#""plugins":[{"id":"web"}]"#, "plugins"),
    ] {
        let body = with(members);
        let error = Facts::read(body.as_bytes()).unwrap_err();
        assert!(
            matches!(error, BadRequest::NotMetered { .. }),
            "{members}: {error}"
        );
        assert_eq!(error.param(), Some(param));
    }
    assert!(Facts::read(with(r#""modalities":["text"]"#).as_bytes()).is_ok());
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    for body in [
        "",
        "[]",
        "null",
        "{",
        "{}{}",
        "{\"model\":\"x\" \"messages\":[]}",
        "\u{feff}{}",
        "{\"a\":01}",
    ] {
        assert!(
            matches!(Facts::read(body.as_bytes()), Err(BadRequest::NotJson(_))),
            "{body}"
        );
    }
    assert!(matches!(
        Facts::read(b"{\"model\":\"\xff\"}"),
        Err(BadRequest::NotJson(_))
    ));
    let deep = with(&format!(r#""x":{}{}"#, "[".repeat(100), "]".repeat(100)));
    assert_eq!(
        Facts::read(deep.as_bytes()).unwrap_err(),
        BadRequest::TooDeep
    );
}

#[test]
fn input_that_is_not_text_in_the_body_is_seen() {
    for (list, parts) in [
        (
            r#"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"b"}]}]"#,
            true,
        ),
        (r#"[{"role":"user","content":["a"]}]"#, true),
        (
            r#"[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}],"audio":null,"refusal":null}]"#,
            true,
        ),
        (
            r#"[{"role":"tool","content":"x","tool_call_id":"1"}]"#,
            true,
        ),
        (r#"[]"#, true),
        (
            r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":""}}]}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":[{"type":"text","text":"a","image_url":"x"}]}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":[{"type":"text","type":"image_url","text":"a"}]}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":"a"},{"role":"assistant","audio":{"id":"audio_1"}}]"#,
            false,
        ),
        (
            r#"[{"role":"user","content":"a","attachment":"file-1"}]"#,
            false,
        ),
    ] {
        let body = messages(list);
        let expected = if parts {
            Parts::TextOnly
        } else {
            Parts::Opaque
        };
        assert_eq!(
            Facts::read(body.as_bytes()).unwrap().parts,
            expected,
            "{list}"
        );
    }
}

#[test]
fn what_are_no_messages_is_refused() {
    for list in [
        r#"[5]"#,
        r#"["a"]"#,
        r#"[{"role":5}]"#,
        r#"[{"content":{}}]"#,
        r#"[{"content":[5]}]"#,
        r#""a""#,
    ] {
        let body = messages(list);
        assert_eq!(
            Facts::read(body.as_bytes()).unwrap_err().param(),
            Some("messages"),
            "{list}"
        );
    }
}

#[test]
fn a_long_life_in_the_cache_is_seen() {
    let part = |member: &str| {
        messages(&format!(
            r#"[{{"content":[{{"type":"text","text":"a",{member}}}]}}]"#
        ))
    };
    for (body, long) in [
        (
            part(r#""prompt_cache_breakpoint":{"mode":"explicit"}"#),
            false,
        ),
        (
            part(r#""prompt_cache_breakpoint":{"mode":"explicit","ttl":"30m"}"#),
            false,
        ),
        (
            part(r#""prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}"#),
            true,
        ),
        (
            part(r#""cache_control":{"type":"ephemeral","ttl":"1h"}"#),
            true,
        ),
        (part(r#""cache_control":{"type":"ephemeral"}"#), false),
        (part(r#""cache_control":"12h""#), true),
        (
            with(r#""prompt_cache_options":{"mode":"implicit","ttl":"30m"}"#),
            false,
        ),
        (with(r#""prompt_cache_options":{"ttl":"24h"}"#), true),
        (
            with(r#""tools":[{"type":"function","cache_control":{"ttl":"12h"}}]"#),
            true,
        ),
        (with(r#""prompt_cache_key":"12h""#), false),
    ] {
        let facts = Facts::read(body.as_bytes()).unwrap();
        assert_eq!(facts.cache == CacheLife::Long, long, "{body}");
        assert_eq!(facts.parts, Parts::TextOnly, "{body}");
    }
}

#[test]
fn the_prompt_is_taken_apart_for_counting() {
    let body = r#"{"model":"m","tools":[ {"type":"function"} ],"response_format":{"type":"text"},"messages":[
        {"role":"system","name":"bob","content":"caf\u00e9"},
        {"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two\n"}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1"}]},
        {"role":"user","content":"\ud800"}]}"#;
    let prompt = Facts::read(body.as_bytes()).unwrap().prompt();
    assert_eq!(prompt.body_len, u64::try_from(body.len()).unwrap());
    assert_eq!(
        prompt.json,
        [r#"[ {"type":"function"} ]"#, r#"{"type":"text"}"#]
    );
    let [system, user, assistant, broken] = &*prompt.messages else {
        panic!("{prompt:?}")
    };
    assert_eq!(
        (&*system.role, system.name.as_deref(), &*system.texts),
        ("system", Some("bob"), &["café".into()][..])
    );
    assert_eq!(user.texts, ["one", "two\n"]);
    assert!(assistant.texts.is_empty());
    assert_eq!(assistant.json, [r#"[{"id":"c1"}]"#]);
    assert_eq!(
        broken.json,
        [r#""\ud800""#],
        "half a character is counted as it is written"
    );
}

proptest::proptest! {
    #[test]
    fn reading_never_panics_and_the_count_is_never_above_the_bytes(value in super::json(), cut in 0_usize..300) {
        let body = with(&format!(r#""tools":{value},"x":{value}"#));
        let _ignored: Result<Facts<'_>, _> = Facts::read(body.as_bytes().get(..cut).unwrap_or_default());
        let facts = Facts::read(body.as_bytes()).unwrap();
        let catalog = catalog::Catalog::builtin();
        let model = catalog.model("gpt-4o").unwrap().chat().unwrap();
        let prompt = facts.prompt();
        proptest::prop_assert!(model.input_by_count(&prompt) <= model.input_by_bytes(facts.body_len(), facts.parts));
    }
}
