//! Windows that roll let nothing go early, and nothing stay for more than a slot longer.

use ledger::{Command, LimitTerms, Measure, Outcome, Quantity, Rolling, Scope, Window};
use proptest::prelude::*;

use super::config;
use crate::tables::script::{self, command_of};
use crate::world::{self, World};

/// How many of the moments are in the last so many microseconds.
fn since(moments: &[i64], now: i64, length: i64) -> i64 {
    let counting = moments.iter().filter(|at| now - **at <= length);
    i64::try_from(counting.count()).unwrap()
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn in_no_stretch_of_a_windows_length_are_there_more_calls_than_the_limit(
        seconds in prop_oneof![1..100_u32, 1..=Rolling::LONGEST],
        most in 1..6_i64,
        pauses in proptest::collection::vec((0..64_i64, 0..2_000_000_i64), 1..60),
    ) {
        let mut world = World::new();
        script::run(
            &mut world,
            "project p -> done p\nkey k p -> done k\ncredit a 100.00 -> done a",
        );
        let window = Window::Rolling(Rolling { seconds });
        let limit = world::limit("r");
        world.run(&Command::CreateLimit(LimitTerms {
            measure: Measure::Requests,
            amount: Quantity::new(most),
            ..LimitTerms::hard_limit(limit, Scope::Organization, money::Nanos::ZERO, window)
        }));
        let length = i64::from(seconds) * 1_000_000;
        let mut made = Vec::new();
        for (number, (part, rest)) in pauses.into_iter().enumerate() {
            let pause = length / 48 * part + rest.min(length);
            world.clock = ledger::Time::from_micros(world.clock.micros() + pause);
            let now = world.clock.micros();
            let outcome = world.answer(&command_of(&format!("take h{number} k 0.01")));
            let granted = matches!(outcome, Outcome::Granted(_));
            if granted {
                world.run(&command_of(&format!("settle h{number} 0.01")));
            }
            // P1 and P2: never one too many, and none refused that there was room for.
            let before = since(&made, now, length);
            let at_most = since(&made, now, length + length / 64 + 1);
            prop_assert!(!granted || before < most, "granted beside {before} of {most}");
            prop_assert!(granted || at_most >= most, "refused beside {at_most} of {most}");
            if granted {
                made.push(now);
            }
            if let Outcome::Refused(refusal) = outcome
                && let ledger::Refusal::Money(short) = *refusal
            {
                // Waiting until then helps, and a moment less does not.
                let fits_at = short.fits_at.unwrap();
                for (at, fits) in [(fits_at.micros() - 1, false), (fits_at.micros(), true)] {
                    let mut book = world.book.clone();
                    let ask = command_of(&format!("take x{number} k 0.01"));
                    let mut sealer = ledger::Sealer::new([8; 8]);
                    let clock = ledger::Time::from_micros(at);
                    let then = ledger::step(&mut book, &ask, None, clock, &mut sealer).unwrap();
                    prop_assert_eq!(matches!(then.outcome, Outcome::Granted(_)), fits);
                }
            }
        }
        world.replay();
    }
}
