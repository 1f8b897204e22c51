//! What a run draws from, and how large it is. A seed is always printed, and the same seed draws the same again.

use std::ops::RangeInclusive;

/// Numbers that look random and follow from a seed (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice of the seed in `SEAWALL_TEST_SEED`, else of the test's own, which is the same in every run.
    pub(crate) fn new(test: &str) -> Self {
        let own = |seed: u64, byte: u8| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let seed = setting("SEAWALL_TEST_SEED")
            .unwrap_or_else(|| test.bytes().fold(0xcbf2_9ce4_8422_2325, own));
        println!("{test}: SEAWALL_TEST_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.roll() % (range.end() - range.start() + 1)
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = self.roll() % u64::try_from(from.len()).unwrap();
        &from[usize::try_from(place).unwrap()]
    }

    /// Dice of their own for somebody else.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.roll())
    }
}

/// How many of something a run does, where the environment does not say otherwise.
pub(crate) fn size(name: &str, usual: u64) -> u64 {
    setting(name).unwrap_or(usual)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sizes of a run are read"
)]
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}
