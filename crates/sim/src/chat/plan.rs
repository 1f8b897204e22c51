//! How long an answer is: what the test asked for, within what the caller and the model allow.

use crate::knobs::Knobs;
use crate::usage::ChatUsage;

use super::ask::Ask;

/// The most tokens of all choices together that are ever written.
const MOST_VISIBLE: u64 = 4_000_000;

/// The length of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Tokens of text in each choice.
    pub(crate) visible: u64,
    /// Tokens of reasoning, once per call.
    pub(crate) reasoning: u64,
    /// `stop`, or `length` where the bound cut the answer.
    pub(crate) finish: &'static str,
}

/// Plans the answer; `None` when it would be too long to write.
pub(crate) fn plan(ask: &Ask, knobs: &Knobs) -> Option<Plan> {
    let bound = ask.max.unwrap_or(u64::MAX).min(ask.row.max_output);
    let bound = if knobs.ignore_max { u64::MAX } else { bound };
    let wanted = knobs.output.unwrap_or(ask.drawn);
    let reasoning = knobs.reasoning.min(bound);
    let visible = wanted.min(bound - reasoning);
    let whole = visible == wanted && reasoning == knobs.reasoning;
    let fits = visible
        .checked_mul(ask.n)
        .is_some_and(|all| all <= MOST_VISIBLE);
    fits.then_some(Plan {
        visible,
        reasoning,
        finish: if whole { "stop" } else { "length" },
    })
}

impl Plan {
    /// What is used when so many tokens of each choice were written.
    pub(crate) fn usage(self, ask: &Ask, knobs: &Knobs, written: u64) -> ChatUsage {
        let cached = knobs.cached.min(ask.prompt);
        ChatUsage {
            prompt: ask.prompt,
            cached,
            written: knobs.written.min(ask.prompt - cached),
            completion: written * ask.n + self.reasoning,
            reasoning: self.reasoning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bill::Bill;
    use crate::chat::ask::{self, Shelf};
    use crate::prices::Prices;

    fn planned(body: &str, knobs: &Knobs) -> Option<Plan> {
        let (prices, bill) = (Prices::read(None).unwrap(), Bill::default());
        let shelf = Shelf {
            prices: &prices,
            bill: &bill,
        };
        plan(&ask::read(body.as_bytes(), 1, shelf).unwrap(), knobs)
    }

    #[test]
    fn the_answer_keeps_to_the_bound_unless_told_otherwise() {
        for (max, output, reasoning, ignore_max, expected) in [
            ("", 50, 0, false, (50, 0, "stop")),
            (r#","max_tokens":50"#, 50, 0, false, (50, 0, "stop")),
            (r#","max_tokens":49"#, 50, 0, false, (49, 0, "length")),
            (
                r#","max_completion_tokens":10,"max_tokens":20"#,
                50,
                0,
                false,
                (10, 0, "length"),
            ),
            (r#","max_tokens":30"#, 20, 15, false, (15, 15, "length")),
            (r#","max_tokens":10"#, 20, 15, false, (0, 10, "length")),
            (r#","max_tokens":10"#, 20, 15, true, (20, 15, "stop")),
            ("", 200_000, 0, false, (128_000, 0, "length")),
        ] {
            let body = format!(r#"{{"model":"gpt-5-mini","messages":[]{max}}}"#);
            let knobs = Knobs {
                output: Some(output),
                reasoning,
                ignore_max,
                ..Knobs::default()
            };
            let (visible, reasoning, finish) = expected;
            assert_eq!(
                planned(&body, &knobs),
                Some(Plan {
                    visible,
                    reasoning,
                    finish
                }),
                "{max}"
            );
        }
    }

    #[test]
    fn an_answer_beyond_all_measure_is_not_planned() {
        let knobs = Knobs {
            output: Some(4_000_000),
            ignore_max: true,
            ..Knobs::default()
        };
        assert!(planned(r#"{"model":"gpt-5-mini","messages":[]}"#, &knobs).is_some());
        assert!(planned(r#"{"model":"gpt-5-mini","messages":[],"n":2}"#, &knobs).is_none());
    }
}
