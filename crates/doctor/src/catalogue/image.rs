//! D06, D07, D08: what is said of images and of models.

use diagnosis::{Cause, Provider};

use super::pages;
use crate::finding::{Confidence, Finding};
use crate::observations::Observations;

pub(super) fn d06(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::BillingOnImagePath])?;
    let text = o
        .denials()
        .find(|answer| answer.is_billing() && !answer.asked.is_image() && *answer != denial);
    let split = "image and batch endpoints say `billing_hard_limit_reached` for any billing stop, an empty balance too; it does not prove that a hard limit was set";
    if let Some(text) = text {
        let verdict = "The image endpoint's \"hard limit\" is only its word for a billing stop; the text call names it.";
        return Some(
            Finding::new(Confidence::VeryLikely, verdict)
                .warns()
                .because(denial.said())
                .because(format!("{}: {}", text.asked.name(), text.said()))
                .because(split)
                .fix("Follow what the text call was told; when that is mended, images come back with it."),
        );
    }
    let page = pages::credit(o.account.provider);
    let finding = if o.text_served() {
        let verdict = "A billing stop holds the image endpoint only: either it has not heard of a top-up yet, or what is left is too little for a picture.";
        Finding::new(Confidence::Likely, verdict)
            .because(denial.said())
            .because("a text call with the same key was served")
            .because(split)
            .fix("Wait some minutes and ask again (--watch). Meanwhile give the image model a second provider.")
    } else {
        let verdict = "A billing stop that the image endpoint calls \"hard limit\"; which it is, is not known yet.";
        Finding::new(Confidence::Possible, verdict)
            .because(denial.said())
            .because(split)
            .fix("Ask a text model with the same key (--probe-chat): its code names the stop, D01 to D05.")
    };
    Some(finding.fix_where("Look at the credit balance before the limits.", page))
}

pub(super) fn d07(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::OrganizationNotVerified])?;
    Some(
        Finding::new(
            denial.sure(),
            "The model is for verified organizations, and the one that is billed is not verified.",
        )
        .because(denial.said())
        .fix_at(
            "Verify the organization. It takes up to 15 minutes to arrive; it costs nothing and is no matter of money.",
            pages::VERIFY,
        ),
    )
}

pub(super) fn d08(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::ModelNotAvailable]);
    let model = o.model.as_ref();
    let today = o.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let gone = model.and_then(|model| {
        let day = model.shutdown.filter(|day| *day <= today)?;
        Some(format!(
            "{} was shut down on {day}, by the catalogue",
            model.name
        ))
    });
    let forbidden = model
        .zip(o.billed_project_known())
        .and_then(|(model, project)| {
            let permissions = project.models.known()?.as_ref()?;
            let text = format!(
                "the project {} does not allow {} (administration API)",
                project.named(),
                model.name
            );
            (!permissions.allow(&model.name)).then_some(text)
        });
    let unlisted = model.zip(o.models.as_ref()).and_then(|(model, models)| {
        let listed = models.contains(&model.name);
        (!listed && !models.is_empty()).then(|| {
            format!(
                "{} is not among the {} models the key is shown",
                model.name,
                models.len()
            )
        })
    });
    if denial.is_none() && gone.is_none() && forbidden.is_none() && unlisted.is_none() {
        return None;
    }
    let confidence = if forbidden.is_some() || (denial.is_some() && gone.is_some()) {
        Confidence::Certain
    } else if denial.is_some() || gone.is_some() {
        Confidence::VeryLikely
    } else {
        Confidence::Likely
    };
    let page = match (&gone, o.account.provider) {
        (Some(_), Provider::OpenAi) => {
            Some("https://platform.openai.com/docs/deprecations".to_owned())
        }
        _ => pages::models(o),
    };
    let text = if gone.is_some() {
        "Use its successor; no key and no money brings it back."
    } else {
        "Allow the model in the project (Limits, Model usage), use a key of a project that may, or mend the model's name."
    };
    Some(
        Finding::new(confidence, "The project that is billed may not use this model, or there is none of that name any more.")
            .because_all(denial.map(crate::answer::Answer::said))
            .because_all(gone)
            .because_all(forbidden)
            .because_all(unlisted)
            .fix_where(text, page),
    )
}
