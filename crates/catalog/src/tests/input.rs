use std::borrow::Cow;

use proptest::prelude::{Strategy, prop};

use super::{chat, image};
use crate::{Message, Parts, Prompt};

/// A body as a client would write it, and the same taken apart.
fn body(messages: &[(String, String)]) -> (u64, Prompt<'_>) {
    let json: Vec<_> = messages
        .iter()
        .map(|(role, text)| serde_json::json!({ "role": role, "content": text }))
        .collect();
    let body = serde_json::json!({ "model": "gpt-5", "messages": json }).to_string();
    let len = u64::try_from(body.len()).unwrap();
    let messages = messages.iter().map(|(role, text)| Message {
        role: Cow::from(role),
        name: None,
        texts: vec![Cow::from(text)],
        json: vec![],
    });
    // A length out of reach, so that the count stands on its own and is not capped by the bound.
    (
        len,
        Prompt {
            body_len: u64::MAX,
            parts: Parts::TextOnly,
            messages: messages.collect(),
            json: vec![],
            tokens: 0,
        },
    )
}

#[test]
fn a_count_is_the_tokens_and_the_template() {
    let messages = [("user".to_owned(), "hello world".to_owned())];
    let (_, prompt) = body(&messages);
    // 3 at the end, 3 around the message, 1 for the role, 2 for the text.
    assert_eq!(chat("gpt-4o").input_by_count(&prompt), 9);
    let mut named = prompt.clone();
    for message in &mut named.messages {
        message.name = Some(Cow::from("bob"));
    }
    assert_eq!(chat("gpt-4o").input_by_count(&named), 11);
    let tools = Prompt {
        json: vec![r#"[{"type":"function"}]"#],
        ..prompt
    };
    assert!(chat("gpt-4o").input_by_count(&tools) > 9 + 16);
}

#[test]
fn an_escape_in_json_counts_for_the_bytes_it_may_stand_for() {
    let (_, prompt) = body(&[]);
    let with = |json| {
        chat("gpt-4o").input_by_count(&Prompt {
            json: vec![json],
            ..prompt.clone()
        })
    };
    let tokens = |text: &str| crate::Tokenizer::O200k.count(text);
    let (plain, escaped) = (r#"["a"]"#, r#"["\u2603\n"]"#);
    assert_eq!(with(plain), 64 + 16 + tokens(plain));
    assert_eq!(with(escaped), 64 + 16 + tokens(escaped) + 6);
}

#[test]
fn each_tokenizer_counts_its_own_way() {
    let text = "我们正在测试分词器".repeat(10);
    let prompt = |text| Prompt {
        body_len: 10_000,
        parts: Parts::TextOnly,
        messages: vec![Message {
            role: Cow::from("user"),
            name: None,
            texts: vec![Cow::from(text)],
            json: vec![],
        }],
        json: vec![],
        tokens: 0,
    };
    let newer = chat("gpt-4o").input_by_count(&prompt(&text));
    let older = chat("gpt-4").input_by_count(&prompt(&text));
    assert!(newer < older, "{newer} {older}");
}

#[test]
fn without_a_public_tokenizer_the_bytes_decide() {
    let messages = [("user".to_owned(), "hello world".to_owned())];
    let (len, prompt) = body(&messages);
    let prompt = Prompt {
        body_len: len,
        ..prompt
    };
    let model = chat("gpt-6.1-sol");
    assert_eq!(model.tokenizer(), None);
    assert_eq!(
        model.input_by_count(&prompt),
        model.input_by_bytes(len, Parts::TextOnly)
    );
}

#[test]
fn what_is_not_text_is_bounded_by_the_window_alone() {
    let model = chat("gpt-4o");
    assert_eq!(model.input_by_bytes(200, Parts::Opaque), 128_000);
    assert_eq!(model.input_by_bytes(20_000_000, Parts::Opaque), 128_000);
    assert_eq!(
        model.input_by_bytes(20_000_000, Parts::TextOnly),
        20_000_064
    );
    let opaque = Prompt {
        body_len: 200,
        parts: Parts::Opaque,
        messages: vec![],
        json: vec![],
        tokens: 0,
    };
    assert_eq!(model.input_by_count(&opaque), 128_000);
}

#[test]
fn tokens_that_the_caller_counted_count_as_they_are() {
    let prompt = Prompt {
        body_len: 1_000,
        parts: Parts::TextOnly,
        messages: vec![],
        json: vec![],
        tokens: 100,
    };
    assert_eq!(chat("gpt-4o").input_by_count(&prompt), 3 + 100);
}

#[test]
fn a_prompt_of_a_picture_is_bounded_by_its_text() {
    let model = image("gpt-image-1");
    assert_eq!(model.prompt_by_count("A cute baby sea otter"), 6);
    assert!(model.prompt_by_bytes(21) >= model.prompt_by_count("A cute baby sea otter"));
    assert_eq!(model.prompt_by_bytes(u64::MAX), u64::MAX);
}

fn text() -> impl Strategy<Value = String> {
    proptest::prop_oneof![
        "\\PC{0,80}",
        "[ \\n\\t\"\\\\/a-z]{0,80}",
        "(<\\|im_(start|end)\\|>|�|👩‍👩‍👧|ﷺ|\u{0}|\u{7f}){0,20}",
    ]
}

proptest::proptest! {
    #[test]
    fn the_bound_by_bytes_is_never_below_the_count(
        messages in prop::collection::vec(("(user|system|assistant|developer|tool)", text()), 0..8),
        model in prop::sample::select(vec!["gpt-4o", "gpt-4", "gpt-5-mini", "sim/x"]),
    ) {
        let (len, prompt) = body(&messages);
        let model = chat(model);
        proptest::prop_assert!(model.input_by_bytes(len, Parts::TextOnly) >= model.input_by_count(&prompt));
    }

    #[test]
    fn a_prompt_has_no_more_tokens_than_bytes(prompt in text()) {
        let model = image("gpt-image-1");
        let len = u64::try_from(prompt.len()).unwrap();
        proptest::prop_assert!(model.prompt_by_bytes(len) >= model.prompt_by_count(&prompt));
    }
}
