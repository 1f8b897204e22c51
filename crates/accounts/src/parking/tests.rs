//! What happens to parks, one thing after the other, with the state behind each.

use std::time::Duration;

use diagnosis::{Billed, Cause, Confidence, Retry, Verdict};
use ledger::Time;

use super::board::{Board, Case};
use super::park::Pauses;
use super::place::{Identity, Who};
use super::refusal::Refusal;
use super::upstreams::Outcome;
use super::{MOST_PARKS, Until};

const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(30),
    longest: Duration::from_secs(600),
};

fn at(seconds: i64) -> Time {
    Time::from_micros(1_795_000_000_000_000).plus_seconds(seconds)
}

fn verdict(cause: Cause) -> Verdict {
    Verdict {
        cause,
        scope: cause.scope(),
        billed: Billed::No,
        confidence: Confidence::Certain,
        retry: cause.retry(),
        refusal: cause.is_refusal(),
    }
}

fn of(organization: &str, project: &str) -> Identity {
    Identity {
        organization: Some(organization.into()),
        project: Some(project.into()),
    }
}

const fn who<'a>(account: &'a str, identity: Option<&'a Identity>) -> Who<'a> {
    Who {
        account,
        host: "api.example",
        identity,
    }
}

const fn case<'a>(who: Who<'a>, model: &'a str, verdict: &'a Verdict) -> Case<'a> {
    Case {
        who,
        model,
        verdict,
        refusal: None,
        mark: "here",
    }
}

/// A board on which these were refused, one a second.
fn board(refused: &[(Who<'_>, &str, Cause)]) -> Board {
    let mut board = Board::default();
    for (second, (who, model, cause)) in (0..).zip(refused) {
        let verdict = verdict(*cause);
        board.refused(&case(*who, model, &verdict), at(second));
    }
    board
}

#[test]
fn a_refusal_closes_what_its_scope_says_and_nothing_beside() {
    let (one, two) = (of("org-1", "proj-1"), of("org-1", "proj-2"));
    let stranger = of("org-2", "proj-1");
    let a = who("a", Some(&one));
    let all = [
        a,
        who("same-project", Some(&one)),
        who("same-organization", Some(&two)),
        who("stranger", Some(&stranger)),
        who("unknown", None),
    ];
    // Cause; whether each of those above is closed for the model that was refused, and for another.
    #[rustfmt::skip]
    let table = [
        (Cause::RequestRate,                [(true, false), (false, false), (false, false)]),
        (Cause::BillingOnImagePath,         [(true, false), (false, false), (false, false)]),
        (Cause::MissingScope,               [(true, false), (false, false), (false, false)]),
        (Cause::InvalidKey,                 [(true, true), (false, false), (false, false)]),
        (Cause::KeyLimit,                   [(true, true), (false, false), (false, false)]),
        (Cause::ProjectSpendLimit,          [(true, true), (true, true), (false, false)]),
        (Cause::CreditExhausted,            [(true, true), (true, true), (true, true)]),
        (Cause::OrganizationSpendLimit,     [(true, true), (true, true), (true, true)]),
        (Cause::AccountDeactivated,         [(true, true), (true, true), (true, true)]),
        (Cause::WorstCaseTooLarge,          [(false, false), (false, false), (false, false)]),
        (Cause::ServiceTierNotAllowed,      [(false, false), (false, false), (false, false)]),
    ];
    for (cause, closed) in table {
        let board = board(&[(a, "m", cause)]);
        let mut expected = closed.to_vec();
        expected.extend([(false, false); 2]);
        for (who, (same, other)) in all.iter().zip(expected) {
            let closed = |model| board.closed(who, model, at(0)).is_some();
            assert_eq!(
                (closed("m"), closed("n")),
                (same, other),
                "{cause:?} {who:?}"
            );
        }
    }
}

#[test]
fn an_account_of_which_nobody_said_whose_it_is_is_closed_alone() {
    let board = board(&[(who("a", None), "m", Cause::CreditExhausted)]);
    assert!(board.closed(&who("a", None), "n", at(0)).is_some());
    assert!(board.closed(&who("b", None), "n", at(0)).is_none());
    let known = of("org-1", "proj-1");
    assert!(board.closed(&who("a", Some(&known)), "n", at(0)).is_some());
}

#[test]
fn a_rate_backs_off_twice_as_long_each_time_in_a_row_and_begins_anew_after_a_rest() {
    let rate = verdict(Cause::RequestRate);
    let case = case(who("a", None), "m", &rate);
    let mut board = Board::default();
    // Second; the seconds that it is closed for.
    for (second, wait) in [(0, 1), (1, 2), (3, 4), (60, 8), (400, 1)] {
        // Many at once are one.
        for _call in 0..3 {
            board.refused(&case, at(second));
        }
        let closed = |after: i64| board.closed(&case.who, "m", at(second + after)).is_some();
        assert!(closed(wait - 1) && !closed(wait), "{second} {wait}");
    }
    assert_eq!(board.parks.len(), 1);
}

#[test]
fn what_is_told_to_end_at_a_date_ends_there_and_what_closes_longer_is_not_weakened() {
    let mut board = Board::default();
    let mut month = verdict(Cause::OrganizationSpendLimit);
    month.retry = Retry::After(Some(Duration::from_secs(86_400)));
    let a = who("a", None);
    assert_eq!(board.refused(&case(a, "m", &month), at(0)).len(), 1);
    let until = |board: &Board, now| board.closed(&a, "m", at(now)).map(|park| park.until);
    assert_eq!(until(&board, 86_399), Some(Until::At(at(86_400))));
    assert_eq!(until(&board, 86_400), None);
    let balance = verdict(Cause::CreditExhausted);
    board.refused(&case(a, "m", &balance), at(10));
    board.refused(&case(a, "m", &month), at(20));
    assert_eq!(until(&board, 90_000), Some(Until::Probed));
    let gone = verdict(Cause::AccountDeactivated);
    board.refused(&case(a, "m", &gone), at(30));
    board.refused(&case(a, "m", &balance), at(40));
    assert_eq!(until(&board, 90_000), Some(Until::Person));
}

#[test]
fn money_and_what_only_a_person_ends_is_told_once_and_again_when_it_is_back() {
    let a = who("a", None);
    for (cause, told) in [
        (Cause::RequestRate, 0),
        (Cause::Overloaded, 0),
        (Cause::CreditExhausted, 1),
        (Cause::InvalidKey, 1),
    ] {
        let verdict = verdict(cause);
        let mut board = Board::default();
        let mut news = Vec::new();
        for second in 0..5 {
            news.extend(board.refused(&case(a, "m", &verdict), at(second)));
        }
        assert_eq!(news.len(), told, "{cause:?}");
        let back = board.open(|park| park.is_worth_telling(), at(5));
        assert_eq!(back.iter().filter(|news| news.is_back).count(), told);
    }
}

/// A probe of the only park, that was refused for this cause, or served.
fn probe(board: &mut Board, refused: Option<Cause>, now: Time) -> usize {
    let park = board.parks.first().unwrap();
    let place = park.place.clone();
    let said = "asked".to_owned();
    let Some(cause) = refused else {
        return board
            .probed(&place, (&Outcome::Served { said }, None), now)
            .len();
    };
    let verdict = verdict(cause);
    let refusal = Refusal {
        status: 429,
        kind: None,
        code: Some(cause.as_str().into()),
        message: "no".into(),
    };
    let case = Case {
        refusal: Some(&refusal),
        ..case(who("a", None), "m", &verdict)
    };
    let outcome = Outcome::Refused {
        said,
        verdict,
        refusal: refusal.clone(),
        model: Some("m".to_owned()),
    };
    board.probed(&place, (&outcome, Some(case)), now).len()
}

#[test]
fn probes_come_twice_as_seldom_each_time_and_the_one_that_is_served_ends_it() {
    let mut board = board(&[(who("a", None), "m", Cause::CreditExhausted)]);
    let next = |board: &Board| board.parks[0].next_probe(&PAUSES);
    assert_eq!(next(&board), at(30));
    for (now, then) in [
        (30, 90),
        (90, 210),
        (210, 450),
        (450, 930),
        (930, 1_530),
        (1_530, 2_130),
    ] {
        probe(&mut board, Some(Cause::CreditExhausted), at(now));
        assert_eq!(next(&board), at(then), "{now}");
    }
    assert_eq!(probe(&mut board, None, at(2_130)), 1);
    assert!(board.closed(&who("a", None), "m", at(2_130)).is_none());
    // What comes back soon is not probed as often as something new.
    let balance = verdict(Cause::CreditExhausted);
    board.refused(&case(who("a", None), "m", &balance), at(2_200));
    assert_eq!(next(&board), at(2_800));
}

#[test]
fn a_probe_that_is_refused_leaves_the_newer_word_and_one_that_only_came_too_often_does_not() {
    let mut board = board(&[(who("a", None), "m", Cause::BillingUnspecified)]);
    probe(&mut board, Some(Cause::RequestRate), at(30));
    let park = board.closed(&who("a", None), "n", at(60)).unwrap();
    assert_eq!(
        (park.cause, park.until),
        (Cause::BillingUnspecified, Until::Probed)
    );
    probe(&mut board, Some(Cause::CreditExhausted), at(90));
    let park = board.closed(&who("a", None), "n", at(90)).unwrap();
    let code = park
        .refusal
        .as_ref()
        .and_then(|refusal| refusal.code.as_deref());
    assert_eq!(park.cause, Cause::CreditExhausted);
    assert_eq!(code, Some("credit_exhausted"));
    assert_eq!(park.since, at(0));
    assert_eq!(
        probe(&mut board, Some(Cause::AccountDeactivated), at(210)),
        0
    );
    assert!(!board.parks[0].is_probed(), "nobody asks a dead account");
}

#[test]
fn once_a_probe_says_whose_an_account_is_the_whole_of_it_is_one_park() {
    let mut board = board(&[(who("a", None), "m", Cause::CreditExhausted)]);
    let place = board.parks[0].place.clone();
    let (known, balance) = (of("org-1", "proj-1"), verdict(Cause::CreditExhausted));
    let refusal = Refusal {
        status: 429,
        kind: None,
        code: None,
        message: "no".into(),
    };
    let outcome = Outcome::Refused {
        said: "asked".to_owned(),
        verdict: balance,
        refusal,
        model: Some("m".to_owned()),
    };
    let case = case(who("a", Some(&known)), "m", &balance);
    board.probed(&place, (&outcome, Some(case)), at(30));
    let standing: Vec<&str> = board
        .standing(at(30))
        .map(|park| park.place.as_str())
        .collect();
    assert_eq!(standing, ["organization"]);
    assert!(board.closed(&who("b", Some(&known)), "m", at(30)).is_some());
}

#[test]
fn an_image_model_s_probe_can_find_that_more_is_closed() {
    let mut board = board(&[(who("a", None), "gpt-image-1", Cause::BillingOnImagePath)]);
    assert!(board.closed(&who("a", None), "m", at(0)).is_none());
    assert_eq!(probe(&mut board, Some(Cause::CreditExhausted), at(30)), 1);
    assert!(board.closed(&who("a", None), "m", at(30)).is_some());
}

#[test]
fn a_person_parks_beside_what_a_provider_closed_and_each_ends_by_itself() {
    let a = who("a", None);
    let mut board = board(&[(a, "m", Cause::CreditExhausted)]);
    assert!(board.park(
        ("a", "here"),
        (Some(at(100)), Some("moving".into())),
        at(10)
    ));
    probe(&mut board, None, at(30));
    let until = |now| board.closed(&a, "m", at(now)).map(|park| park.until);
    assert_eq!(until(99), Some(Until::At(at(100))));
    assert_eq!(until(100), None);
}

#[test]
fn of_two_nodes_words_the_later_counts() {
    let a = who("a", None);
    let mut here = board(&[(a, "m", Cause::CreditExhausted)]);
    let mut there = here.clone();
    there.open(|_park| true, at(60));
    let read = |board: &Board| board.parks.iter().map(|park| (**park).clone()).collect();
    assert!(here.merge(read(&there)));
    assert!(here.closed(&a, "m", at(60)).is_none());
    assert!(
        !there.merge(read(&board(&[(a, "m", Cause::CreditExhausted)]))),
        "the older word"
    );
    let mut empty = Board::default();
    assert!(empty.merge(read(&board(&[(a, "m", Cause::CreditExhausted)]))));
    assert!(empty.closed(&a, "m", at(60)).is_some());
}

#[test]
fn parks_are_bounded_and_those_that_are_over_make_room() {
    let mut board = Board::default();
    let balance = verdict(Cause::BillingOnImagePath);
    for count in 0..MOST_PARKS + 10 {
        let model = format!("m{count}");
        board.refused(&case(who("a", None), &model, &balance), at(0));
    }
    assert_eq!(board.parks.len(), MOST_PARKS);
    let one_more = case(who("b", None), "m", &balance);
    board.refused(&one_more, at(1));
    assert!(board.closed(&one_more.who, "m", at(1)).is_none());
    board.open(|park| park.model.as_deref() == Some("m0"), at(2));
    board.refused(&one_more, at(3));
    assert!(board.closed(&one_more.who, "m", at(3)).is_some());
    assert!(board.parks.len() <= MOST_PARKS);
}

#[test]
fn what_ended_by_its_time_is_told_if_it_was_told_before_and_forgotten_a_day_later() {
    let a = who("a", None);
    let mut month = verdict(Cause::KeyLimit);
    month.retry = Retry::After(Some(Duration::from_secs(3_600)));
    let mut board = Board::default();
    board.refused(&case(a, "m", &month), at(0));
    let rate = verdict(Cause::RequestRate);
    board.refused(&case(a, "m", &rate), at(0));
    assert!(!board.has_expired(at(0)));
    assert!(board.has_expired(at(3_600)));
    let news = board.expire(at(3_600));
    assert_eq!(news.len(), 1);
    assert!(news[0].is_back && news[0].park.cause == Cause::KeyLimit);
    assert_eq!(board.parks.len(), 1, "a rate is forgotten soon");
    assert!(board.expire(at(3_600 + 86_399)).is_empty() && board.parks.len() == 1);
    board.expire(at(3_600 + 86_400));
    assert!(board.parks.is_empty());
}

#[test]
fn whose_an_account_is_is_read_from_headers_within_bounds() {
    let mut headers = http::HeaderMap::new();
    assert_eq!(Identity::read(&headers), None);
    headers.insert("openai-organization", "org-1".parse().unwrap());
    headers.insert("openai-project", "x".repeat(129).parse().unwrap());
    let identity = Identity::read(&headers).unwrap();
    assert_eq!(identity.organization.as_deref(), Some("org-1"));
    assert_eq!(identity.project, None);
}
