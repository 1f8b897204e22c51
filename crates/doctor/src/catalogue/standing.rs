//! D17, D18, D25, D30: how the account, the key and the place stand with the provider.

use diagnosis::Cause;

use super::pages::{self, name};
use crate::answer::Answer;
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;
use crate::precedence::proxies;

pub(super) fn d17(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::BillingNotActive])?;
    let finding = Finding::new(
        Confidence::VeryLikely,
        format!(
            "Your account at {} is not active: an invoice is unpaid, or it never was.",
            name(o)
        ),
    )
    .because(denial.said())
    .because("a key of an old account that some other place still sets says the same (D11)");
    let text = "Pay what is open, or set up payment. Where the old key stays blocked afterwards, make a new one.";
    Some(finding.fix_where(text, pages::credit(o.account.provider)))
}

pub(super) fn d18(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::AccessTerminated, Cause::AccountDeactivated])?;
    Some(
        Finding::new(
            denial.sure(),
            format!("{} has closed or suspended the account. It is no matter of money.", name(o)),
        )
        .because(denial.said())
        .fix("Read the e-mail to the account's owner and appeal there. Do not repeat calls; take the account out of use and send calls to another provider."),
    )
}

pub(super) fn d25(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::IpNotAllowed, Cause::RegionNotSupported])?;
    Some(
        Finding::new(
            denial.sure(),
            "The address your calls come from, or its country, is not admitted. It is no matter of money.",
        )
        .because(denial.said())
        .because_all(proxies(o))
        .fix_where(
            "Add the address to the organization's list, or send calls from an admitted one.",
            pages::organization(o.account.provider),
        ),
    )
}

pub(super) fn d30(o: &Observations) -> Option<Finding> {
    let (key, _) = o.account.key.as_ref()?;
    let tail = key.tail.as_ref()?;
    let projects = o.admin.known()?.projects.known()?;
    let mut evidence = Vec::new();
    for project in projects {
        for listed in project.keys.known().into_iter().flatten() {
            if listed.tail != *tail {
                continue;
            }
            let what = format!(
                "the key \"{}\" of the project {}",
                listed.name,
                project.named()
            );
            if !listed.owner_active {
                evidence.push(format!(
                    "{what}: its owner has no access to the project any more"
                ));
            }
            if let Some(ended) = listed.expires_at.filter(|at| *at <= o.now) {
                evidence.push(format!("{what} ended on {}", ended.strftime("%Y-%m-%d")));
            }
            if project.archived {
                evidence.push(format!("{what}: the project is archived"));
            }
        }
    }
    if evidence.is_empty() {
        return None;
    }
    Some(
        Finding::new(Confidence::Certain, "The key has ended, or its owner may not use the project any more.")
            .because_all(evidence)
            .because_all(o.denials().next().map(Answer::said))
            .fix_where(
                "Make a service account in the project and use its key: it does not leave with a person.",
                pages::keys(o.account.provider),
            ),
    )
}
