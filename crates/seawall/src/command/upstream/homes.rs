//! The models that an account alone serves, in a line.

use serde_json::Value;

use super::items;

/// Models named in that line.
const MOST_NAMED: usize = 5;

/// Which they are, the first few by name; `None`: others serve all that it serves.
pub(super) fn of(upstream: &Value) -> Option<String> {
    let all = items(upstream, "only_home_of");
    let named: Vec<&str> = all
        .iter()
        .filter_map(Value::as_str)
        .take(MOST_NAMED)
        .collect();
    let more = match all.len().saturating_sub(MOST_NAMED) {
        0 if named.is_empty() => return None,
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "no other upstream serves {}{more}\n",
        named.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_few_are_named_and_the_others_counted() {
        let said = |count: usize| {
            let models: Vec<String> = (1..=count).map(|one| format!("m{one}")).collect();
            of(&json!({"only_home_of": models}))
        };
        assert_eq!(said(0), None);
        assert_eq!(
            said(2).as_deref(),
            Some("no other upstream serves m1, m2\n")
        );
        let many = said(7).unwrap();
        assert_eq!(
            many,
            "no other upstream serves m1, m2, m3, m4, m5 and 2 more\n"
        );
    }
}
