//! What the derived schemas do not say by themselves.
//!
//! A field that can be null is not required in a derived schema, but in our answers every field is always there. And a
//! structure that is flattened into another comes as both of them under `allOf`, of which clients make poor types.

use serde_json::{Map, Value, json};

/// Answers that leave out what they do not have, so that what their type says of them is right.
const LEAVE_OUT: [&str; 9] = [
    "EntryScope",
    "LimitOn",
    "Needed",
    "RefusalBody",
    "RefusalScope",
    "Remedy",
    "Replay",
    "UsageSum",
    "Window",
];

/// Makes every field of an answer's schema required, also in objects that are described within it.
pub(super) fn require_all(name: &str, schema: &mut Value) {
    if !LEAVE_OUT.contains(&name) {
        require(schema);
    }
}

fn require(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Object(fields)) = object.get("properties") {
                let fields: Vec<String> = fields.keys().cloned().collect();
                object.insert("required".to_owned(), json!(fields));
            }
            object.values_mut().for_each(require);
        }
        Value::Array(items) => items.iter_mut().for_each(require),
        _ => {}
    }
}

/// Takes away what nothing refers to any more.
pub(super) fn prune(schemas: &mut Map<String, Value>, paths: &Value) {
    loop {
        let told = format!("{paths}{}", Value::Object(schemas.clone()));
        let before = schemas.len();
        schemas.retain(|name, _| {
            name == "Error" || told.contains(&format!("\"#/components/schemas/{name}\""))
        });
        if schemas.len() == before {
            return;
        }
    }
}

/// Makes one object of those under `allOf`, whatever they refer to among `all`.
pub(super) fn join(schema: &mut Value, all: &Map<String, Value>) {
    let Some(Value::Array(parts)) = schema.get("allOf") else {
        return;
    };
    let joined = parts.iter().fold(json!({}), |whole, part| {
        let mut part = resolved(part, all);
        join(&mut part, all);
        unfold(&mut part, all);
        merged(whole, part)
    });
    if let (Value::Object(object), Value::Object(joined)) = (schema, joined) {
        object.remove("allOf");
        for (name, value) in joined {
            object.entry(name).or_insert(value);
        }
    }
}

/// Puts in the place of what a choice refers to what that is, so that fields can be added to it.
fn unfold(choice: &mut Value, all: &Map<String, Value>) {
    let Some(Value::Array(variants)) = choice.get_mut("oneOf") else {
        return;
    };
    let resolved = variants.iter().flat_map(|variant| {
        let mut variant = resolved(variant, all);
        unfold(&mut variant, all);
        match variant.get_mut("oneOf").map(Value::take) {
            Some(Value::Array(further)) => further,
            _ => vec![variant],
        }
    });
    *variants = resolved.collect();
}

fn resolved(part: &Value, all: &Map<String, Value>) -> Value {
    let name = part.get("$ref").and_then(Value::as_str);
    let name = name.and_then(|path| path.strip_prefix("#/components/schemas/"));
    name.and_then(|name| all.get(name)).unwrap_or(part).clone()
}

/// Both objects' fields. Where one is a choice, each of what it can be gets the other's fields.
fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(choice), other) if choice.contains_key("oneOf") => chosen(choice, &other),
        (one, Value::Object(choice)) if choice.contains_key("oneOf") => chosen(choice, &one),
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, value) in other {
                match (one.get_mut(&name), value) {
                    (Some(Value::Object(fields)), Value::Object(more)) => fields.extend(more),
                    (Some(Value::Array(names)), Value::Array(more)) => names.extend(more),
                    (Some(_), _) => {}
                    (None, value) => {
                        one.insert(name, value);
                    }
                }
            }
            Value::Object(one)
        }
        (one, _) => one,
    }
}

fn chosen(mut choice: Map<String, Value>, fields: &Value) -> Value {
    if let Some(Value::Array(variants)) = choice.get_mut("oneOf") {
        for variant in variants {
            *variant = merged(variant.take(), fields.clone());
        }
    }
    Value::Object(choice)
}
