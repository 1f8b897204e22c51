//! What there is to tell of.

/// The kind of an alert. Its name is what programs branch on, and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Spending reached a threshold of a budget. Nothing is stopped.
    BudgetCrossed,
    /// Less credit is left than the organization wants to have.
    BalanceLow,
    /// A call was refused because the credit balance does not suffice.
    CreditExhausted,
    /// Credit will be lost soon unless it is used.
    LotLapsing,
    /// A hard limit stops calls.
    HardLimitReached,
    /// A limit froze a key.
    KeyFrozen,
    /// Calls were charged what they held, because nobody knows what they cost.
    PresumedCharges,
    /// Calls cost more than was held for them.
    Overrun,
    /// The organization is stopped until a person has looked at the store.
    OrganizationHalted,
    /// An account at a provider is out of use: by money, or until somebody comes.
    UpstreamParked,
    /// It is in use again.
    UpstreamBack,
    /// What was bought at a provider runs out.
    UpstreamBalanceLow,
    /// Somebody wanted to see whether alerts arrive.
    Test,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::BudgetCrossed,
        Self::BalanceLow,
        Self::CreditExhausted,
        Self::LotLapsing,
        Self::HardLimitReached,
        Self::KeyFrozen,
        Self::PresumedCharges,
        Self::Overrun,
        Self::OrganizationHalted,
        Self::UpstreamParked,
        Self::UpstreamBack,
        Self::UpstreamBalanceLow,
        Self::Test,
    ];

    /// Its name, as in the `type` of a webhook.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BudgetCrossed => "budget.threshold_crossed",
            Self::BalanceLow => "credit.balance_low",
            Self::CreditExhausted => "credit.balance_exhausted",
            Self::LotLapsing => "credit.lot_lapsing",
            Self::HardLimitReached => "hard_limit.reached",
            Self::KeyFrozen => "key.frozen",
            Self::PresumedCharges => "call.charge_presumed",
            Self::Overrun => "call.overrun",
            Self::OrganizationHalted => "organization.halted",
            Self::UpstreamParked => "upstream.parked",
            Self::UpstreamBack => "upstream.back",
            Self::UpstreamBalanceLow => "upstream.balance_low",
            Self::Test => "test",
        }
    }
}
