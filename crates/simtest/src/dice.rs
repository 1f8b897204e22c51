//! Numbers that look random and are the same for the same seed.

/// A source of them (`SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for someone, so that when he draws does not change what others draw.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From nothing to below `sides`; nothing where there are none.
    pub(crate) const fn below(&mut self, sides: u64) -> u64 {
        match self.next().checked_rem(sides) {
            Some(number) => number,
            None => 0,
        }
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let sides = high.saturating_sub(low).saturating_add(1);
        let number = self.below(u64::try_from(sides).unwrap_or(1));
        low.saturating_add(i64::try_from(number).unwrap_or(0))
    }

    /// Whether something happens that does so in `per_mille` of 1,000 cases.
    pub(crate) const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// A place in a row of so many.
    pub(crate) fn place(&mut self, of: usize) -> usize {
        let sides = u64::try_from(of).unwrap_or(1);
        usize::try_from(self.below(sides)).unwrap_or(0)
    }

    /// One of them; `None` of none.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let place = self.place(of.len());
        of.get(place)
    }
}
