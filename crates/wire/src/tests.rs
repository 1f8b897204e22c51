//! What the wire promises, tried out.

mod chat;
mod completion;
mod edit;
mod embedding;
mod error;
mod image;
mod json;
mod message;
mod metadata;
mod moderation;
mod response;
mod speech;
mod sse;
mod usage;

use proptest::prelude::{BoxedStrategy, Just, Strategy, prop, prop_oneof};

/// The text of any JSON value that serde would write, with white space here and there.
fn json() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        proptest::num::i64::ANY.prop_map(|number| number.to_string()),
        Just("-1.5e-3".to_owned()),
        "\\PC{0,12}".prop_map(|text| serde_json::Value::from(text).to_string()),
        Just(r#""{\"usage\":[1,2],\\\u0022""#.to_owned()),
    ];
    let inner = leaf.prop_recursive(3, 12, 4, |inner| {
        let member =
            ("[a-z]{1,6}", inner.clone()).prop_map(|(name, value)| format!("\"{name}\" : {value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4)
                .prop_map(|values| format!("[{}]", values.join(" ,"))),
            prop::collection::vec(member, 0..4)
                .prop_map(|members| format!("{{ {} }}", members.join(","))),
        ]
    });
    inner.boxed()
}
