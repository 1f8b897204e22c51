//! Why two bills can differ.

/// The likely cause of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// There is none.
    Agrees,
    /// Less than a nano-dollar for each call: each is rounded up once here, and there the sum.
    Rounding,
    /// The provider's figures of the day may still grow.
    FiguresIncomplete,
    /// Calls were charged what they held, because nobody knew what they cost; the provider billed less.
    PresumedCharges,
    /// The same tokens, another price: the catalogue's is not the provider's.
    PriceChanged,
    /// The key that this account uses was used past Seawall, too.
    PastSeawallSameKey,
    /// Another key of the same project was used, past Seawall.
    PastSeawallOtherKey,
    /// A key of another project of the provider's organization, which is no business of this account.
    OtherProject,
    /// A line that is of no model: a credit, a tax, or what the report says of nobody.
    CreditsOrTax,
    /// What was charged here is not on the bill.
    NotBilled,
    /// The figures do not say.
    Unexplained,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Agrees,
        Self::Rounding,
        Self::FiguresIncomplete,
        Self::PresumedCharges,
        Self::PriceChanged,
        Self::PastSeawallSameKey,
        Self::PastSeawallOtherKey,
        Self::OtherProject,
        Self::CreditsOrTax,
        Self::NotBilled,
        Self::Unexplained,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Rounding => "rounding",
            Self::FiguresIncomplete => "figures_incomplete",
            Self::PresumedCharges => "presumed_charges",
            Self::PriceChanged => "price_changed",
            Self::PastSeawallSameKey => "past_seawall_same_key",
            Self::PastSeawallOtherKey => "past_seawall_other_key",
            Self::OtherProject => "other_project",
            Self::CreditsOrTax => "credits_or_tax",
            Self::NotBilled => "not_billed",
            Self::Unexplained => "unexplained",
        }
    }

    /// Whether somebody must act on it.
    #[must_use]
    pub const fn needs_action(self) -> bool {
        match self {
            Self::Agrees
            | Self::Rounding
            | Self::FiguresIncomplete
            | Self::OtherProject
            | Self::CreditsOrTax => false,
            Self::PresumedCharges
            | Self::PriceChanged
            | Self::PastSeawallSameKey
            | Self::PastSeawallOtherKey
            | Self::NotBilled
            | Self::Unexplained => true,
        }
    }

    /// What it means and what to do, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Agrees => "Both say the same.",
            Self::Rounding => {
                "Less than a nano-dollar for each call: Seawall rounds each call up, the provider the sum."
            }
            Self::FiguresIncomplete => {
                "The provider's figures of this day may still grow. Reconcile it again later."
            }
            Self::PresumedCharges => {
                "Calls were charged all they held, because nobody knew what they cost. `--post` charges what was billed."
            }
            Self::PriceChanged => {
                "The same tokens at another price: the price in the catalogue is out of date. Correct it; `--post` charges \
                 or refunds the difference."
            }
            Self::PastSeawallSameKey => {
                "The provider counts calls with this account's key that did not go through Seawall. Find who has the key, \
                 and replace it."
            }
            Self::PastSeawallOtherKey => {
                "Another key of the same project is in use, past Seawall and its hard limits. Send its calls through \
                 Seawall, or delete it."
            }
            Self::OtherProject => {
                "A key of another project there, which this account has nothing to do with."
            }
            Self::CreditsOrTax => {
                "A line that is of no model: a credit, a tax, or what the provider's report says of nobody."
            }
            Self::NotBilled => {
                "Charged here and not on the bill: the provider gave it back, or reports it elsewhere. Ask the provider, \
                 then refund it by `seawall credit add --kind refund`."
            }
            Self::Unexplained => {
                "The figures do not say why. Compare the prices of this model, and who else has the key."
            }
        }
    }
}
