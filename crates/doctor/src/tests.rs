//! Every row of the catalogue with a situation in which it is found, and a neighbouring one in which it is not.

mod dresses;
mod further_rows;
mod money_rows;
mod other_rows;
mod own_rows;
mod pasted;
mod read;
mod secrets;
mod situation;

use situation::Situation;

use crate::{CATALOGUE, Weight, examine};

/// All situations, of all files.
fn all() -> Vec<Situation> {
    let mut all = money_rows::situations();
    all.extend(other_rows::situations());
    all.extend(own_rows::situations());
    all.extend(further_rows::situations());
    all
}

#[test]
fn each_row_is_found_in_its_situation_and_not_in_the_neighbouring_one() {
    for situation in all() {
        let id = situation.id;
        let there = examine(&situation.there);
        let found: Vec<&str> = there.findings.iter().map(|finding| finding.id).collect();
        assert!(found.contains(&id), "{id} is not found: {there:#?}");
        let beside = examine(&situation.beside);
        assert!(
            beside.findings.iter().all(|finding| finding.id != id),
            "{id} is found beside: {beside:#?}"
        );
    }
}

#[test]
fn what_stops_calls_is_the_verdict_of_its_own_situation() {
    for situation in all() {
        let report = examine(&situation.there);
        let own = report
            .findings
            .iter()
            .find(|found| found.id == situation.id);
        if situation.is_verdict {
            assert_eq!(report.findings[0].id, situation.id, "{report:#?}");
            assert_eq!(own.unwrap().weight, Weight::Stops);
        }
    }
}

#[test]
fn every_row_has_a_situation_and_every_catalogue_number_a_row() {
    let situations = all();
    for entry in &CATALOGUE {
        let there = situations.iter().any(|situation| situation.id == entry.id);
        assert!(there, "{} ({}) has no situation", entry.id, entry.about);
    }
    for number in 1..=30 {
        let id = format!("D{number:02}");
        let rows = CATALOGUE.iter().filter(|entry| entry.id == id).count();
        assert_eq!(rows, 1, "{id}");
    }
}

#[test]
fn a_finding_says_why_and_what_to_do_and_a_page_is_an_address() {
    for situation in all() {
        for finding in examine(&situation.there).findings {
            assert!(!finding.supports.is_empty(), "{finding:?}");
            assert!(!finding.remedies.is_empty(), "{finding:?}");
            assert!(finding.verdict.ends_with('.'), "{finding:?}");
            for page in finding.remedies.iter().filter_map(|one| one.page.as_ref()) {
                assert!(page.starts_with("https://"), "{}: {page:?}", finding.id);
            }
        }
    }
}

#[test]
fn a_report_begins_with_the_verdict_and_both_forms_name_it() {
    for situation in all().iter().filter(|situation| situation.is_verdict) {
        let report = examine(&situation.there);
        let text = report.to_text();
        let after = text.split_once("\nVerdict ").unwrap().1;
        let words: Vec<&str> = after.split_whitespace().collect();
        assert!(
            words.join(" ").starts_with(&report.findings[0].verdict),
            "{text}"
        );
        assert_eq!(report.to_json()["verdict"], situation.id);
    }
}

#[test]
fn an_account_with_which_nothing_is_wrong_has_no_finding() {
    let report = examine(&situation::fine());
    assert_eq!(report.findings, []);
    assert!(
        report
            .to_text()
            .contains("Nothing was found that stops calls")
    );
}

#[test]
fn a_refusal_that_no_row_explains_is_told_all_the_same() {
    let mut o = situation::fine().denied(situation::chat(), 451, &serde_json::json!({}));
    o.answers.last_mut().unwrap().cause = None;
    let report = examine(&o);
    let ids: Vec<&str> = report.findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["E10"], "{report:#?}");
}

#[test]
fn the_book_has_every_row() {
    let page = include_str!("../../../docs/doctor.md");
    for entry in &CATALOGUE {
        let row = format!("\n| {} | {} | ", entry.id, entry.about);
        assert!(page.contains(&row), "docs/doctor.md lacks {row}");
    }
}
