//! What a usage costs: one exact sum in femto-dollars, rounded up once to a nano-dollar. Never a float, and never the
//! gateway's arithmetic.

use crate::prices::{Rates, TextRow, TierRates};
use crate::usage::{ChatUsage, ImageUsage};

/// Femto-dollars in a nano-dollar.
const FEMTOS_PER_NANO: u128 = 1_000_000;

/// The service tier that a call is served and priced at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceTier {
    Default,
    Flex,
    Priority,
}

impl ServiceTier {
    /// The tier that serves a request for this one: a tier without a price is not sold, and the call then runs at
    /// `default` and says so. `None` for a word that is no tier.
    pub(crate) fn serving(asked: Option<&str>, row: &TextRow) -> Option<Self> {
        let sold =
            |tier, rates: &Option<TierRates>| if rates.is_some() { tier } else { Self::Default };
        match asked {
            None | Some("auto" | "default" | "scale") => Some(Self::Default),
            Some("flex") => Some(sold(Self::Flex, &row.flex)),
            Some("priority" | "fast") => Some(sold(Self::Priority, &row.priority)),
            Some(_) => None,
        }
    }

    /// The word in the answer.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
}

/// The part of a chat's cost that is for its output, in nano-dollars: rounded down, so that what is left for the input has
/// the one rounding.
pub(crate) fn output_of_chat(row: &TextRow, tier: ServiceTier, usage: ChatUsage) -> u64 {
    let femtos = u128::from(usage.completion) * u128::from(rates(row, tier, usage).output);
    u64::try_from(femtos / FEMTOS_PER_NANO).unwrap_or(u64::MAX)
}

fn rates(row: &TextRow, tier: ServiceTier, usage: ChatUsage) -> Rates {
    let tier = match tier {
        ServiceTier::Default => row.default,
        ServiceTier::Flex => row.flex.unwrap_or(row.default),
        ServiceTier::Priority => row.priority.unwrap_or(row.default),
    };
    if usage.prompt > row.long_above {
        tier.long
    } else {
        tier.short
    }
}

/// The cost of a chat in nano-dollars.
pub(crate) fn of_chat(row: &TextRow, tier: ServiceTier, usage: ChatUsage) -> u64 {
    let Rates {
        input,
        cached,
        write,
        output,
    } = rates(row, tier, usage);
    let fresh = usage
        .prompt
        .saturating_sub(usage.cached)
        .saturating_sub(usage.written);
    let lines = [
        (fresh, input),
        (usage.cached, cached),
        (usage.written, write),
        (usage.completion, output),
    ];
    rounded_up(&lines)
}

/// The cost of an image call in nano-dollars, at prices in femto-dollars per token.
pub(crate) fn of_image(usage: ImageUsage, text: u64, image: u64, output: u64) -> u64 {
    rounded_up(&[
        (usage.text, text),
        (usage.image, image),
        (usage.output, output),
    ])
}

/// Sums units × femto-dollars and rounds up. Tokens and prices are bounded where they are read (a body of 64 MiB,
/// a million dollars per million tokens), so the sum fits; were it not to, the bill would be the largest there is.
fn rounded_up(lines: &[(u64, u64)]) -> u64 {
    let femtos: u128 = lines
        .iter()
        .map(|(units, price)| u128::from(*units) * u128::from(*price))
        .sum();
    u64::try_from(femtos.div_ceil(FEMTOS_PER_NANO)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::Prices;

    fn usage(prompt: u64, cached: u64, completion: u64) -> ChatUsage {
        ChatUsage {
            prompt,
            cached,
            written: 0,
            completion,
            reasoning: 0,
        }
    }

    #[test]
    fn costs_agree_with_a_calculation_by_hand() {
        let prices = Prices::read(None).unwrap();
        for (model, tier, usage, nanos) in [
            // 1,000 × $0.25/M + 500 × $2/M = $0.00025 + $0.001
            (
                "gpt-5-mini",
                ServiceTier::Default,
                usage(1_000, 0, 500),
                1_250_000,
            ),
            // one cached token at $0.025/M is 25 nano-dollars
            ("gpt-5-mini", ServiceTier::Default, usage(1, 1, 0), 25),
            // 3 × $0.0125/M = 37.5 nano-dollars, rounded up
            ("gpt-5-mini", ServiceTier::Flex, usage(3, 3, 0), 38),
            // 10 × $0.45/M + 10 × $3.60/M = 4,500 + 36,000
            (
                "gpt-5-mini",
                ServiceTier::Priority,
                usage(10, 0, 10),
                40_500,
            ),
            // at the edge: 272,000 × $2.50/M; beyond it every token at $5/M, output at $22.50/M
            (
                "gpt-5.4",
                ServiceTier::Default,
                usage(272_000, 0, 0),
                680_000_000,
            ),
            (
                "gpt-5.4",
                ServiceTier::Default,
                usage(272_001, 0, 2),
                1_360_005_000 + 45_000,
            ),
        ] {
            assert_eq!(
                of_chat(prices.text(model).unwrap(), tier, usage),
                nanos,
                "{model} {usage:?}"
            );
        }
    }

    #[test]
    fn a_cache_write_costs_its_own_price() {
        let prices = Prices::read(None).unwrap();
        let used = ChatUsage {
            prompt: 100,
            cached: 20,
            written: 30,
            completion: 0,
            reasoning: 0,
        };
        // 50 × $4 + 20 × $0.40 + 30 × $5 per million
        assert_eq!(
            of_chat(prices.text("gpt-5.6").unwrap(), ServiceTier::Default, used),
            358_000
        );
    }

    #[test]
    fn an_image_of_4160_tokens_costs_what_is_published() {
        let used = ImageUsage {
            text: 0,
            image: 0,
            output: 4_160,
        };
        assert_eq!(of_image(used, 0, 0, 40_000_000_000), 166_400_000);
    }

    #[test]
    fn a_tier_that_is_not_sold_runs_at_default_and_an_unknown_one_is_refused() {
        let prices = Prices::read(None).unwrap();
        let row = prices.text("gpt-4.1").unwrap();
        assert_eq!(
            ServiceTier::serving(Some("flex"), row),
            Some(ServiceTier::Default)
        );
        assert_eq!(
            ServiceTier::serving(Some("fast"), row),
            Some(ServiceTier::Priority)
        );
        assert_eq!(ServiceTier::serving(Some("gold"), row), None);
    }
}
