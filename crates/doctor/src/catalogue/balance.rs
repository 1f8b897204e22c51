//! D01, D02, D13, D14: the credit balance, and the stop that is not named.

use diagnosis::{Cause, Provider};

use super::limits;
use super::pages::{self, name};
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;

/// Who is billed, as the provider's own headers name it.
fn payer(o: &Observations) -> Option<String> {
    let organization = o.billed_organization()?;
    Some(match o.billed_project() {
        Some(project) => {
            format!("the call was billed to organization {organization}, project {project}")
        }
        None => format!("the call was billed to organization {organization}"),
    })
}

pub(super) fn d01(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::CreditExhausted])?;
    let name = name(o);
    let whose = o.billed_organization().unwrap_or("that is billed");
    let told = o
        .balance
        .as_ref()
        .filter(|balance| balance.left.is_positive());
    let told = told.map(|balance| {
        format!(
            "{} says ${} is left; it may be another organization's",
            balance.source, balance.left
        )
    });
    let served = o
        .text_served()
        .then(|| "a text call was served; the stop may not have reached every endpoint".to_owned());
    let finding = Finding::new(
        denial.sure(),
        format!("The prepaid credit of your account at {name} is used up."),
    )
    .because(denial.said())
    .because_all(payer(o))
    .against(told)
    .against(served);
    let text = format!(
        "Buy credit in the organization {whose}. Look at the balance, not at the budget: a budget is not money."
    );
    Some(finding.fix_where(text, pages::credit(o.account.provider)))
}

pub(super) fn d02(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::BillingUnspecified])?;
    if o.definite().is_some() || limits::d03(o).is_some() || limits::d04(o).is_some() {
        return None;
    }
    if d13(o).is_some() || d14(o).is_some() {
        return None;
    }
    let name = name(o);
    let verdict = format!("{name} refuses for want of money and does not say which stop it is.");
    let mut finding = Finding::new(Confidence::Likely, verdict)
        .because(denial.said())
        .because_all(payer(o));
    let admin = o.admin.known();
    let no_limit = admin.is_some_and(|admin| {
        matches!(admin.limit.known(), Some(limit) if limit.is_none_or(|limit| !limit.enforcing))
    });
    if no_limit {
        finding = finding
            .because("no hard limit of the organization is enforced, by the administration API");
    }
    let provider = o.account.provider;
    finding = finding.fix_where(
        "1. The credit balance (D01): it must be above $0 in the organization that is billed.",
        pages::credit(provider),
    );
    if !no_limit {
        finding = finding.fix_where(
            "2. The organization's hard limit (D03): \"Enforce a hard limit\" and what was spent this month.",
            pages::limits(provider),
        );
    }
    if provider == Provider::OpenAi {
        finding = finding
            .fix_where(
                "3. The project's hard limit (D04): a key of another project works if it is this one.",
                pages::project_limits(o),
            )
            .fix_at(
                "4. The approved usage limit of your tier (D05), which OpenAI assigns.",
                "https://platform.openai.com/settings/organization/limits",
            );
    }
    Some(finding)
}

pub(super) fn d13(o: &Observations) -> Option<Finding> {
    let balance = o
        .balance
        .as_ref()
        .filter(|balance| balance.left.is_negative())?;
    let denial = o.billing_denial();
    let confidence = if denial.is_some() {
        Confidence::VeryLikely
    } else {
        Confidence::Likely
    };
    let name = name(o);
    let finding = Finding::new(confidence, format!("Your credit balance at {name} is below zero."))
        .because(format!("{} says ${}", balance.source, balance.left))
        .because_all(denial.map(crate::answer::Answer::said))
        .because("access does not stop at the very moment credit runs out; what is used until then is taken from the next purchase");
    let text = "Buy more than the deficit: the first of it is eaten by what is owed. Look whether automatic recharging failed.";
    Some(finding.fix_where(text, pages::credit(o.account.provider)))
}

pub(super) fn d14(o: &Observations) -> Option<Finding> {
    let balance = o.balance.as_ref()?;
    let ended = balance.expires_at.filter(|at| *at <= o.now)?;
    let denial = o.billing_denial();
    let confidence = if denial.is_some() {
        Confidence::VeryLikely
    } else {
        Confidence::Likely
    };
    let day = ended.strftime("%Y-%m-%d");
    let finding = Finding::new(
        confidence,
        format!("The credit that is shown ran out of time on {day}."),
    )
    .because(format!(
        "{}: ${} is shown, and the last of it ended on {day}",
        balance.source, balance.left
    ))
    .because_all(denial.map(crate::answer::Answer::said))
    .because("credit that was bought ends after a year, credit that was given earlier");
    Some(finding.fix_where(
        "Buy credit; what has ended does not come back.",
        if o.account.provider == Provider::OpenAi {
            Some(pages::GRANTS)
        } else {
            pages::credit(o.account.provider)
        },
    ))
}
