//! Step 5, second Book: what the operator lets go through an upstream account at most, whoever calls (its caps).
//!
//! An account with a cap has a Book of its own, and a call is held in both: in the organization's and in the account's, under one
//! id. Only where both grant it leaves. An account without one costs nothing here.

use ids::{KeyId, OrganizationId};
use ledger::{Grant, Refusal, Shortfall, TakeHold, Traits};
use money::Bound;
use teller::{HoldAnswer, Standing, Teller, Unavailable, Unsent};

use crate::Gateway;
use crate::settings::Served;
use crate::tell::Stop;

/// The Book of an account's caps.
pub(crate) struct Cap {
    pub(crate) teller: Teller,
    key: KeyId,
}

/// What a Book says to a call that has not left.
pub(crate) enum Said {
    Held(Unsent, Grant),
    Refused(Box<Refusal>, Standing),
}

impl Cap {
    /// `None` where the account never had one.
    pub(crate) fn of(gateway: &Gateway, served: &Served) -> Result<Option<Self>, Unavailable> {
        let parts = gateway.parts();
        let book = parts.upstreams.book_of_caps(served.account.name());
        let cap = |book: OrganizationId| {
            let teller = parts.tellers.of(book)?;
            let key = book.upstream_key();
            Ok(Self { teller, key })
        };
        book.map(cap).transpose()
    }

    /// The same question for this Book. Whom the call is for and its tags are the organization's own.
    pub(crate) fn ask(&self, own: &TakeHold) -> TakeHold {
        TakeHold {
            key: self.key,
            traits: Traits {
                tokens: own.traits.tokens,
                tokens_per_unit: own.traits.tokens_per_unit,
                ..Traits::default()
            },
            ..own.clone()
        }
    }

    /// The same for a call that the organization grants so many units.
    pub(crate) fn ask_for(&self, own: &TakeHold, granted: u64) -> TakeHold {
        let bound = own.bound;
        let floor = bound.floor().min(granted);
        let fewer = Bound::linear(bound.base(), bound.per_unit(), granted, floor);
        TakeHold {
            bound: fewer.filter(|_| granted < bound.units()).unwrap_or(bound),
            ..self.ask(own)
        }
    }
}

/// Asks one Book.
pub(crate) async fn ask(teller: &Teller, ask: TakeHold) -> Result<Said, Stop> {
    Ok(match teller.hold(ask).await? {
        HoldAnswer::Granted(hold, grant) => Said::Held(Unsent::new(hold), grant),
        HoldAnswer::Refused(refusal, standing) => Said::Refused(refusal, standing),
        HoldAnswer::Rejected(rejection) => return Err(Stop::Fault(rejection.to_string())),
    })
}

/// What a call may do that both Books grant: the less of both.
pub(crate) fn both(own: Grant, cap: Grant) -> Grant {
    let units = own.units.min(cap.units);
    Grant {
        units,
        fitted: own.fitted || cap.fitted,
        headroom: own.headroom.least(cap.headroom),
        ..own
    }
}

/// Why an account's Book refuses. Its key is our own and never stopped.
pub(crate) fn shortfall(refusal: Refusal) -> Result<Shortfall, Stop> {
    match refusal {
        Refusal::Money(shortfall) => Ok(shortfall),
        Refusal::Key(problem) => Err(Stop::Fault(format!(
            "the key of an upstream account's caps was refused: {problem:?}"
        ))),
    }
}
