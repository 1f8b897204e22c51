//! What is made is there at once and after a start; credentials are kept sealed and go nowhere else.

use accounts::{Change, ChangeError, MOST_UPSTREAMS, Models, Offer, State};
use ids::OrganizationId;
use upstream::{Kind, Secret};

use crate::office::{NOW, Office, PLANTED, create, draft, name, serving};

#[tokio::test]
async fn what_is_made_is_there_at_once_and_after_a_start_and_its_credential_is_nowhere_in_clear() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    let made = upstreams.create(create("made"), NOW).await.unwrap();
    assert_eq!(made.state, State::Serving);
    assert_eq!(made.api_key_hint.as_deref(), Some("…5432"));
    assert_eq!(serving(&upstreams), ["configured", "made"]);
    let kept = office.kept().await;
    for part in [PLANTED, "planted", "7c1d0f9e8b6a5432"] {
        assert!(!kept.contains(part), "{kept}");
    }
    assert!(!format!("{upstreams:?} {made:?}").contains("planted"));
    let again = office.open((Some('A'), None)).await;
    assert_eq!(serving(&again), ["configured", "made"]);
    assert_eq!(again.entry("made").unwrap().times, Some((NOW, NOW)));
}

#[tokio::test]
async fn without_a_key_no_credential_is_taken_and_an_account_without_one_is() {
    let office = Office::new();
    let upstreams = office.open((None, None)).await;
    let refused = upstreams.create(create("made"), NOW).await;
    assert!(matches!(refused, Err(ChangeError::NoKey)), "{refused:?}");
    let mut open = create("local");
    open.draft = draft("local", Kind::Compatible, "http://127.0.0.1:11434/v1");
    open.api_key = None;
    upstreams.create(open, NOW).await.unwrap();
    assert_eq!(serving(&upstreams), ["configured", "local"]);
}

#[tokio::test]
async fn what_is_lost_with_the_key_is_said_and_found_again_with_it() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    upstreams.create(create("made"), NOW).await.unwrap();
    for keys in [(None, None), (Some('B'), None)] {
        let upstreams = office.open(keys).await;
        let entry = upstreams.entry("made").unwrap();
        assert_eq!((entry.state, entry.api_key_hint), (State::Sealed, None));
        assert!(entry.problem.unwrap().contains("secrets."), "{keys:?}");
        assert_eq!(serving(&upstreams), ["configured"]);
    }
    assert_eq!(serving(&office.open((Some('A'), None)).await).len(), 2);
}

#[tokio::test]
async fn a_credential_is_never_sent_to_another_host_than_it_was_given_for() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    upstreams.create(create("made"), NOW).await.unwrap();
    let to = |url: &str, key: Option<&str>| Change {
        base_url: Some(url.to_owned()),
        api_key: key.map(Secret::new),
        ..Change::default()
    };
    for url in [
        "https://evil.example/v1",
        "https://api.openai.com:8443/v1",
        "http://127.0.0.1/v1",
    ] {
        let refused = upstreams.change(&name("made"), (to(url, None), NOW)).await;
        assert!(
            matches!(
                refused,
                Err(ChangeError::Invalid {
                    field: "api_key",
                    ..
                })
            ),
            "{url}: {refused:?}"
        );
    }
    // The same host by another path keeps it; a host of its own comes with a key of its own.
    for (url, key) in [
        ("https://api.openai.com/v2", None),
        ("https://other.example/v1", Some("sk-another-0123456789ab")),
    ] {
        let changed = upstreams.change(&name("made"), (to(url, key), NOW)).await;
        assert_eq!(changed.unwrap().draft.base_url, url);
    }
    // Nor does a hand on the file get it there.
    let forged = office
        .kept()
        .await
        .replace("https://other.example", "https://evil.example");
    office.forge(forged).await;
    let upstreams = office.open((Some('A'), None)).await;
    assert_eq!(upstreams.entry("made").unwrap().state, State::Sealed);
}

#[tokio::test]
async fn what_the_configuration_has_is_changed_there_and_its_name_is_taken() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    let refused = upstreams.create(create("configured"), NOW).await;
    assert!(matches!(refused, Err(ChangeError::Exists)));
    let change = Change {
        models: Some(Models::Listed),
        ..Change::default()
    };
    let configured = name("configured");
    let refused = upstreams.change(&configured, (change, NOW)).await;
    assert!(matches!(refused, Err(ChangeError::FromConfiguration)));
    let refused = upstreams.delete(&configured).await;
    assert!(matches!(refused, Err(ChangeError::FromConfiguration)));
    let refused = upstreams.delete(&name("nobody")).await;
    assert!(matches!(refused, Err(ChangeError::NotFound)));
}

#[tokio::test]
async fn an_account_whose_name_the_configuration_takes_stands_back_until_it_is_deleted() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    upstreams.create(create("made"), NOW).await.unwrap();
    let forged = office.kept().await.replace("\"made\"", "\"configured\"");
    office.forge(forged).await;
    let upstreams = office.open((Some('A'), None)).await;
    let states: Vec<State> = upstreams
        .entries()
        .iter()
        .map(|entry| entry.state)
        .collect();
    assert_eq!(states, [State::Serving, State::Shadowed]);
    assert_eq!(serving(&upstreams), ["configured"]);
    upstreams.delete(&name("configured")).await.unwrap();
    assert_eq!(upstreams.entries().len(), 1);
}

#[tokio::test]
async fn a_change_is_in_force_at_once_and_leaves_what_was_learned_of_others() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    for made in ["one", "two"] {
        upstreams.create(create(made), NOW).await.unwrap();
    }
    for served in upstreams.served().iter() {
        served.take_off("gpt-9", NOW);
    }
    let offer = Offer::new("gpt-*", Some("openai/gpt-*")).unwrap();
    let change = Change {
        models: Some(Models::Configured(vec![offer])),
        ..Change::default()
    };
    upstreams.change(&name("two"), (change, NOW)).await.unwrap();
    let served = upstreams.served();
    let off: Vec<bool> = served.iter().map(|one| one.is_off("gpt-9", NOW)).collect();
    assert_eq!(off, [true, true, false], "what is changed begins anew");
    assert_eq!(served[2].name_of("gpt-5"), "openai/gpt-5");
    assert!(!served[2].serves("o3"));
    upstreams.delete(&name("one")).await.unwrap();
    assert_eq!(serving(&upstreams), ["configured", "two"]);
}

#[tokio::test]
async fn an_address_of_azure_s_follows_the_version_of_its_api() {
    let upstreams = Office::new().open((Some('A'), None)).await;
    let mut azure = create("azure");
    azure.draft = draft("azure", Kind::Azure, "https://r.openai.azure.com");
    upstreams.create(azure, NOW).await.unwrap();
    for (version, path) in [(Some("2024-10-21"), "/openai"), (None, "/openai/v1")] {
        let change = Change {
            api_version: Some(version.map(str::to_owned)),
            ..Change::default()
        };
        let changed = upstreams
            .change(&name("azure"), (change, NOW))
            .await
            .unwrap();
        let url = format!("https://r.openai.azure.com{path}");
        assert_eq!(changed.draft.base_url, url);
    }
}

#[tokio::test]
async fn two_servers_on_one_store_lose_nothing_of_each_other_s() {
    let office = Office::new();
    let (here, there) = (
        office.open((Some('A'), None)).await,
        office.open((Some('A'), None)).await,
    );
    here.create(create("here"), NOW).await.unwrap();
    there.create(create("there"), NOW).await.unwrap();
    let refused = here.create(create("there"), NOW).await;
    assert!(matches!(refused, Err(ChangeError::Exists)), "{refused:?}");
    here.delete(&name("here")).await.unwrap();
    assert_eq!(
        serving(&office.open((Some('A'), None)).await),
        ["configured", "there"]
    );
}

#[tokio::test]
async fn after_a_rewrap_the_key_of_before_is_not_needed_any_more() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    let mut two = create("made");
    two.admin_key = Some(Secret::new("sk-admin-planted-0123456789"));
    upstreams.create(two, NOW).await.unwrap();
    let refused = office.open((Some('B'), None)).await.rewrap().await;
    assert!(
        matches!(refused, Err(ChangeError::Invalid { .. })),
        "{refused:?}"
    );
    let upstreams = office.open((Some('B'), Some('A'))).await;
    assert_eq!(upstreams.rewrap().await.unwrap(), 2);
    assert_eq!(upstreams.rewrap().await.unwrap(), 0);
    let upstreams = office.open((Some('B'), None)).await;
    assert_eq!(serving(&upstreams), ["configured", "made"]);
    let admin = upstreams.admin_key("made").unwrap();
    assert_eq!(admin.reveal(), "sk-admin-planted-0123456789");
}

#[tokio::test]
async fn what_cannot_be_a_credential_is_refused_without_being_repeated() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    for secret in [
        "",
        "two words",
        "env:OPENAI_API_KEY",
        "file:/etc/shadow",
        &"x".repeat(5000),
    ] {
        let mut wanted = create("made");
        wanted.api_key = Some(Secret::new(secret));
        let refused = upstreams.create(wanted, NOW).await.unwrap_err().to_string();
        assert!(secret.is_empty() || !refused.contains(secret), "{refused}");
    }
    let mut none = create("made");
    none.api_key = None;
    assert!(upstreams.create(none, NOW).await.is_err());
}

#[tokio::test]
async fn accounts_are_bounded() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    for count in 0..MOST_UPSTREAMS {
        upstreams
            .create(create(&format!("a{count}")), NOW)
            .await
            .unwrap();
    }
    let refused = upstreams.create(create("one-more"), NOW).await;
    assert!(matches!(refused, Err(ChangeError::TooMany)));
}

#[tokio::test]
async fn an_account_has_a_book_of_caps_from_when_that_is_said_and_after_a_start_where_it_is_in_the_store()
 {
    let office = Office::new();
    let upstreams = office.open((None, None)).await;
    assert_eq!(upstreams.book_of_caps("configured"), None);
    let book = upstreams.has_caps("configured");
    assert_eq!(upstreams.book_of_caps("configured"), Some(book));
    assert_eq!(upstreams.book_of_caps("other"), None);
    // Nothing was appended, so another start finds none.
    assert_eq!(
        office.open((None, None)).await.book_of_caps("configured"),
        None
    );
    for organization in [book, OrganizationId::from_bytes([1; 16])] {
        office.begin(organization).await;
    }
    let again = office.open((None, None)).await;
    assert_eq!(again.book_of_caps("configured"), Some(book));
    assert_eq!(again.book_of_caps("other"), None);
}
