//! The entries that are about one call.

use ids::{OrganizationId, RequestId};
use ledger::{Entry, Fact, HoldFact, Time};

use crate::replay::decoded;
use crate::{ReplayError, Tellers};

/// Entries asked for at once.
const PAGE: usize = 1000;
/// The most entries that are looked at.
const MOST: usize = 50_000;

impl Tellers {
    /// The entries of a call's holds, from entry number `first` to those of the moment `until`; without one, to the
    /// journal's end. Renewals, which are about many calls at once, are left out. Looks at 50,000 entries at most.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn entries_of(
        &self,
        (organization, request): (OrganizationId, RequestId),
        first: u64,
        until: Option<Time>,
    ) -> Result<Vec<Entry>, ReplayError> {
        let (mut found, mut after) = (Vec::new(), first.saturating_sub(1));
        for _page in 0..MOST / PAGE {
            let page = self.store().read(organization, after, PAGE).await?;
            for bytes in &page {
                after = after.saturating_add(1);
                let entry = decoded(bytes, after)?;
                if until.is_some_and(|until| entry.at > until) {
                    return Ok(found);
                }
                if is_about(&entry.fact, request) {
                    found.push(entry);
                }
            }
            if page.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }
}

fn is_about(fact: &Fact, request: RequestId) -> bool {
    match fact {
        Fact::Hold(HoldFact::Taken(taken)) => taken.hold.request == request,
        Fact::Hold(
            HoldFact::Settled { hold, .. }
            | HoldFact::Released { hold, .. }
            | HoldFact::Presumed { hold, .. }
            | HoldFact::Corrected { hold, .. }
            | HoldFact::Described { hold, .. }
            | HoldFact::Measured { hold, .. },
        ) => hold.request == request,
        _ => false,
    }
}
