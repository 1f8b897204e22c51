//! Anthropic: the cost report, which tells no key apart, so all of it is the account's.

use reconcile::read;
use reconcile::{Billed, Theirs, Whose};

use super::{Line, Report};
use crate::error::ApiError;
use crate::reconciliations::ask::Asked;
use crate::reconciliations::names::Names;

pub(super) async fn ask(line: &Line<'_>, asked: &Asked, names: &Names) -> Result<Report, ApiError> {
    let route = format!(
        "/organizations/cost_report?starting_at={}T00:00:00Z&ending_at={}T00:00:00Z&group_by[]=description&limit=31",
        asked.from, asked.to
    );
    let billed = line.pages(&route, ("page", read::cost_report)).await?;
    let mut billed: Vec<Billed> = billed
        .into_iter()
        .filter(|cost| cost.day < asked.to)
        .collect();
    for cost in &mut billed {
        cost.model = cost.model.as_deref().map(|model| names.theirs(model));
    }
    Ok(Report {
        theirs: Theirs {
            billed: Some(billed),
            used: Vec::new(),
        },
        whose: Whose::All,
        left: None,
        missing: Vec::new(),
    })
}
