//! OpenRouter: no bill by the day for a usual key, but what each call has cost, and what is left of the credit.

use money::{Femtos, Nanos};
use reconcile::read;
use reconcile::{Ours, Theirs, Whose};

use super::{Line, Report, encoded};
use crate::app::App;
use crate::error::ApiError;

/// Calls that are asked about in one reconciliation.
const MOST_CALLS: usize = 500;

pub(super) async fn ask(
    (line, app): (&Line<'_>, &App),
    ours: &mut Ours,
) -> Result<Report, ApiError> {
    let mut missing = Vec::new();
    let mut unnamed = 0_usize;
    for presumed in ours.presumed.iter_mut().take(MOST_CALLS) {
        let row = app.log.get(presumed.hold.request).await?;
        let last = row.as_ref().and_then(|row| row.attempts.last());
        let named = last.is_some_and(|last| last.number == presumed.hold.attempt);
        let id = row
            .as_ref()
            .filter(|_| named)
            .and_then(|row| row.provider_request_id.as_deref());
        let Some(id) = id else {
            unnamed = unnamed.saturating_add(1);
            continue;
        };
        let came = line.get(&format!("/generation?id={}", encoded(id))).await?;
        presumed.billed = match came.status {
            200 => Some(whole(
                read::generation(&came.body).map_err(|why| line.failed(&why))?,
            )),
            // It knows no such call: not yet, or never.
            404 => None,
            status => return Err(line.failed(&format!("it answered /generation with {status}"))),
        };
    }
    if unnamed > 0 {
        missing.push(format!(
            "{unnamed} presumed calls have no id of the provider's, because no answer began; they stay as they are."
        ));
    }
    if ours.presumed.len() > MOST_CALLS {
        missing.push(format!(
            "Only {MOST_CALLS} presumed calls were asked about; repeat it for the rest."
        ));
    }
    let credits = line.get("/credits").await?;
    let left = match credits.status {
        200 => read::credits(&credits.body).ok().and_then(|credits| {
            let left = credits.bought.get().checked_sub(credits.used.get())?;
            Femtos::new(left).ceil_to_nanos()
        }),
        _ => None,
    };
    if left.is_none() {
        missing.push("The provider did not tell what is left of the credit there.".to_owned());
    }
    Ok(Report {
        theirs: Theirs::default(),
        whose: Whose::All,
        left,
        missing,
    })
}

fn whole(cost: Femtos) -> Nanos {
    cost.ceil_to_nanos().unwrap_or(Nanos::MAX)
}
