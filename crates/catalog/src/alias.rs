//! Names of what is the same become one model: dated snapshots of it, and what was one before.

use crate::model::Model;

/// One entry for each model and the snapshots that are the same but for the name, in the order of the names. `together` says
/// of two names that they belong to one model anyway, as long as it is the same.
pub(crate) fn grouped(mut found: Vec<Model>, together: impl Fn(&str, &str) -> bool) -> Vec<Model> {
    found.sort_by(|a, b| a.names.cmp(&b.names));
    let mut models: Vec<Model> = Vec::new();
    for model in found {
        let known = models.iter_mut().find(|known| {
            let (first, name) = (known.names.first(), model.names.first());
            first
                .zip(name)
                .is_some_and(|(of, name)| is_snapshot(name, of) || together(of, name))
                && same(known, &model)
        });
        match known {
            Some(known) => known.names.extend(model.names),
            None => models.push(model),
        }
    }
    models
}

/// Whether they differ in nothing but their names.
fn same(a: &Model, b: &Model) -> bool {
    a.shutdown == b.shutdown
        && a.routes == b.routes
        && a.chat == b.chat
        && a.image == b.image
        && a.services == b.services
}

/// `gpt-5-2025-08-07` and `gpt-4-0613` of their models, `claude-opus-4-5-20251101` of its own.
fn is_snapshot(name: &str, of: &str) -> bool {
    let date = name
        .strip_prefix(of)
        .and_then(|rest| rest.strip_prefix('-'));
    let shape = date.map(|date| {
        let letter = |b: u8| {
            if b.is_ascii_digit() {
                'd'
            } else {
                char::from(b)
            }
        };
        date.bytes().map(letter).collect::<String>()
    });
    matches!(shape.as_deref(), Some("dddd-dd-dd" | "dddd" | "dddddddd"))
}

#[cfg(test)]
mod tests {
    use super::is_snapshot;

    #[test]
    fn a_snapshot_is_its_models_name_and_a_date() {
        for (name, of, is) in [
            ("gpt-5-2025-08-07", "gpt-5", true),
            ("gpt-4-0613", "gpt-4", true),
            ("claude-opus-4-5-20251101", "claude-opus-4-5", true),
            ("gpt-5-mini", "gpt-5", false),
            ("gpt-5", "gpt-5", false),
            ("gpt-5-2025", "gpt-5", true),
            ("gpt-52025", "gpt-5", false),
        ] {
            assert_eq!(is_snapshot(name, of), is, "{name}");
        }
    }
}
