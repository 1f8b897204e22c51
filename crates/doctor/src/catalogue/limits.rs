//! D03, D04, D05, D15, D16, D23, E12, E13: ceilings at the provider and on the way to it, and budgets that are taken for one.

use diagnosis::{Cause, Page};
use money::Nanos;

use super::pages::{self, name};
use crate::admin::SpendLimit;
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;

/// The provider says itself that its enforcement takes a while.
const LATE: &str = "enforcement is not instantaneous, by the provider's own word";

/// A limit that is enforced and reached, and by how much.
fn reached(limit: Option<&Option<SpendLimit>>, spent: Option<&Nanos>) -> Option<(Nanos, Nanos)> {
    let limit = (*limit?)?;
    let spent = *spent?;
    (limit.enforcing && spent >= limit.threshold).then_some((spent, limit.threshold))
}

/// How sure a reached limit makes it, given what calls say.
fn confidence(o: &Observations, named: bool) -> Confidence {
    if named {
        Confidence::Certain
    } else if o.billing_denial().is_some() {
        Confidence::VeryLikely
    } else {
        Confidence::Likely
    }
}

/// That the project's own limit is not the cause, where that is known.
fn not_the_projects(o: &Observations) -> Option<String> {
    let limit = (*o.billed_project_known()?.limit.known()?).filter(|limit| limit.enforcing);
    Some(match limit {
        None => "it is not the project's own hard limit: none is enforced".to_owned(),
        Some(limit) => {
            let spent = o.billed_project_known()?.spent?;
            (spent < limit.threshold).then(|| {
                format!(
                    "it is not the project's own hard limit: spent ${spent} of ${}",
                    limit.threshold
                )
            })?
        }
    })
}

pub(super) fn d03(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::OrganizationSpendLimit]);
    let admin = o.admin.known();
    let reached = admin.and_then(|admin| reached(admin.limit.known(), admin.spent.known()));
    if denial.is_none() && (reached.is_none() || o.definite().is_some()) {
        return None;
    }
    let name = name(o);
    let figures = reached.map(|(spent, limit)| {
        format!(
            "the limit is enforcing and spent ${spent} is at least ${limit} (administration API)"
        )
    });
    let served = o
        .text_served()
        .then(|| format!("a text call was served; {LATE}"));
    let finding = Finding::new(
        confidence(o, denial.is_some()),
        format!("The hard limit of your organization at {name} stops you."),
    )
    .because_all(
        denial
            .or(o.billing_denial())
            .map(crate::answer::Answer::said),
    )
    .because_all(figures)
    .because_all(not_the_projects(o))
    .against(served);
    let text = "Raise or remove it (Limits, Spend, Edit spend limit), or wait for the first of the month (UTC). A change takes minutes to arrive.";
    Some(finding.fix_where(text, pages::limits(o.account.provider)))
}

pub(super) fn d04(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ProjectSpendLimit]);
    let project = o.billed_project_known();
    let reached =
        project.and_then(|project| reached(project.limit.known(), project.spent.as_ref()));
    if denial.is_none() && (reached.is_none() || o.definite().is_some()) {
        return None;
    }
    let which = match (project, o.billed_project()) {
        (Some(project), _) => project.named(),
        (None, Some(id)) => id.to_owned(),
        (None, None) => "that the key belongs to".to_owned(),
    };
    let figures = reached.map(|(spent, limit)| format!("the project's limit is enforcing and spent ${spent} is at least ${limit} (administration API)"));
    let served = o
        .text_served()
        .then(|| format!("a text call was served; {LATE}"));
    let verdict = format!("The hard limit of the project {which} stops you.");
    let finding = Finding::new(confidence(o, denial.is_some()), verdict)
        .because_all(
            denial
                .or(o.billing_denial())
                .map(crate::answer::Answer::said),
        )
        .because_all(figures)
        .against(served);
    let text = "Raise or remove the project's limit, or use a key of another project; other projects are not stopped by it.";
    Some(finding.fix_where(text, pages::project_limits(o)))
}

pub(super) fn d05(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::OrganizationUsageLimit])?;
    let name = name(o);
    let verdict =
        format!("The monthly ceiling that {name} assigned to your organization is reached.");
    let finding = Finding::new(denial.sure(), verdict)
        .because(denial.said())
        .because("more credit does not raise it, and neither does a hard limit of your own");
    let text = "Ask for more on the Limits page, or wait for the first of the month (UTC). The next tier comes with what was bought and time.";
    Some(finding.fix_where(text, pages::limits(o.account.provider)))
}

pub(super) fn d15(o: &Observations) -> Option<Finding> {
    let denial = o.billing_denial()?;
    let admin = o.admin.known()?;
    let untouched = admin
        .alerts_of(o.billed_project_known())
        .find(|(_, alert, spent)| spent.is_some_and(|spent| spent < alert.threshold))?;
    let (whose, alert, spent) = untouched;
    let spent = spent.unwrap_or(Nanos::ZERO);
    let verdict =
        "Being within the budget does not help: at the provider a budget only sends e-mail.";
    Some(
        Finding::new(Confidence::Certain, verdict)
            .warns()
            .because(format!("the {whose}'s alert is at ${}, spent is ${spent}, and calls are refused all the same", alert.threshold))
            .because(denial.said())
            .fix("Look at four numbers, not one: the credit balance, the hard limits, the approved usage limit of the tier, and the budget, which is the only one that stops nothing."),
    )
}

pub(super) fn d16(o: &Observations) -> Option<Finding> {
    if o.billing_denial().is_some() {
        return None;
    }
    let admin = o.admin.known()?;
    let spent = *admin.spent.known()?;
    let limit = *admin.limit.known()?;
    let passed = match limit {
        Some(limit) if limit.enforcing => return None,
        Some(limit) => (spent >= limit.threshold).then(|| {
            format!(
                "the organization's limit of ${} is set but inactive, spent is ${spent}",
                limit.threshold
            )
        }),
        None => None,
    };
    let alerted = admin
        .alerts
        .known()
        .into_iter()
        .flatten()
        .find(|alert| spent >= alert.threshold);
    let alerted = alerted.map(|alert| {
        format!(
            "the alert at ${} was reached, spent is ${spent}, and no hard limit is enforced",
            alert.threshold
        )
    });
    let evidence: Vec<String> = passed.into_iter().chain(alerted).collect();
    if evidence.is_empty() {
        return None;
    }
    let verdict = format!(
        "Nothing at {} stops your spending, although its mark is passed.",
        name(o)
    );
    let finding = Finding::new(Confidence::Certain, verdict)
        .warns()
        .because_all(evidence);
    let text = "If it was meant to stop calls, switch on \"Enforce a hard limit\"; or set a hard limit in Seawall, which stops before the call.";
    Some(finding.fix_where(text, pages::limits(o.account.provider)))
}

pub(super) fn d23(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::KeyLimit]);
    let budget = o.key_budget.as_ref();
    let used_up = budget.filter(|budget| budget.left.is_some_and(|left| !left.is_positive()));
    if denial.is_none() && used_up.is_none() {
        return None;
    }
    let figures = used_up.map(|budget| {
        let resets = budget
            .resets
            .as_deref()
            .map_or(String::new(), |at| format!(", and begins anew {at}"));
        let left = budget.left.unwrap_or(Nanos::ZERO);
        format!("of {} ${left} is left{resets}", budget.layer)
    });
    let balance = o
        .balance
        .as_ref()
        .filter(|balance| balance.left.is_positive());
    let finding = Finding::new(
        denial.map_or(Confidence::Certain, crate::answer::Answer::sure),
        "The key's own limit stops you, not the credit balance.",
    )
    .because_all(denial.map(crate::answer::Answer::said))
    .because_all(figures)
    .because_all(
        balance.map(|balance| format!("${} of credit is left ({})", balance.left, balance.source)),
    );
    Some(finding.fix_where(
        "Raise the key's limit; more credit does not help.",
        pages::keys(o.account.provider),
    ))
}

pub(super) fn e12(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::GuardrailLimit])?;
    let verdict = "A guardrail at OpenRouter stops the key or its member, not the credit balance.";
    let own = o.key_budget.as_ref().and_then(|budget| {
        let left = budget.left.filter(|left| left.is_positive())?;
        Some(format!(
            "of {} ${left} is left, so it is not that one",
            budget.layer
        ))
    });
    let finding = Finding::new(denial.sure(), verdict)
        .because(denial.said())
        .because_all(own);
    let text = "Raise the guardrail's limit, or use a key it does not apply to; more credit does not help. It begins anew with its day, week or month.";
    let page = o.account.provider.page(Page::Guardrails);
    Some(finding.fix_where(text, page))
}

pub(super) fn e13(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::GatewayLimit])?;
    let verdict = "A limit of the gateway that stands between you and the provider stops you; the provider was not asked.";
    let address = Some(&o.account.base_url).filter(|url| !url.is_empty());
    let finding = Finding::new(denial.sure(), verdict)
        .because(denial.said())
        .because_all(address.map(|url| format!("calls go to {url}")))
        .because("no provider writes this code; gateways do");
    Some(finding.fix("Ask whoever runs that gateway to raise the limit of your key, team or user there. Credit and limits at the provider change nothing."))
}
