//! Keys do not come to light.

use super::situation::{KEY, fine};
use crate::{KeyKind, Origin, Redactor, Setting, Shown, examine};

#[test]
fn the_kind_of_a_key_is_read_from_its_shape() {
    for (key, kind) in [
        ("sk-proj-a", KeyKind::Project),
        ("sk-svcacct-a", KeyKind::ServiceAccount),
        ("sk-admin-a", KeyKind::Admin),
        ("sk-None-a", KeyKind::LegacyUser),
        (
            "sk-aaaaaaaaaaaaaaaaaaaaT3BlbkFJaaaaaaaaaaaaaaaaaaaa",
            KeyKind::LegacyUser,
        ),
        ("sk-or-v1-a", KeyKind::OpenRouter),
        ("sk-ant-api03-a", KeyKind::Anthropic),
        ("sk-ant-admin01-a", KeyKind::AnthropicAdmin),
        ("sk-sw-01abc-a", KeyKind::Seawall),
        ("sk-sw-admin-a", KeyKind::SeawallAdmin),
        ("sess-a", KeyKind::Session),
        ("gsk_a", KeyKind::Groq),
        ("AIzaa", KeyKind::Gemini),
        ("xai-a", KeyKind::XAi),
        ("something", KeyKind::Unknown),
        ("", KeyKind::Unknown),
    ] {
        assert_eq!(KeyKind::of(key), kind, "{key}");
        assert_eq!(Shown::of(key).kind, kind, "{key}");
    }
}

#[test]
fn four_letters_of_a_key_are_shown_and_none_of_a_short_one() {
    assert_eq!(Shown::of(KEY).to_string(), "sk-proj-…x9Fq");
    assert_eq!(Shown::of("sk-short").to_string(), "sk-…");
    assert_eq!(Shown::of("hunter2").to_string(), "…");
    assert!(!format!("{:?}", Shown::of(KEY)).contains("0123456789"));
}

#[test]
fn a_key_that_is_written_oddly_is_noticed_and_still_known() {
    let plain = Shown::of(KEY);
    assert_eq!(plain.odd, None);
    for odd in [format!("\"{KEY}\""), format!(" {KEY}"), format!("{KEY}\n")] {
        let shown = Shown::of(&odd);
        assert!(shown.odd.is_some() && shown.is_same_key(&plain), "{odd:?}");
    }
    assert!(Shown::of("Bearer sk-proj-0123456789").odd.is_some());
    assert!(Shown::of("sk-your-key-here").odd.is_some());
}

#[test]
fn what_others_wrote_is_cleaned_of_keys() {
    let redactor = Redactor::new(["planted-secret-without-a-shape", KEY]);
    for (text, clean) in [
        (format!("key {KEY}, yes"), "key sk-proj-…x9Fq, yes"),
        ("x=planted-secret-without-a-shape".to_owned(), "x=…hape"),
        (
            "got sk-ant-api03-abcdefgh0123456789.".to_owned(),
            "got sk-ant-…6789.",
        ),
        (
            "masked sk-Eyftb****...****99vW stays".to_owned(),
            "masked sk-Eyftb****...****99vW stays",
        ),
        (
            "a risk-management-team".to_owned(),
            "a risk-management-team",
        ),
        ("\u{1b}[2Jgone\nnext".to_owned(), " [2Jgone\nnext"),
        (
            "https://u:gsk_abcdefgh01234567@h/v1".to_owned(),
            "https://u:gsk_…4567@h/v1",
        ),
    ] {
        assert_eq!(redactor.clean(&text), clean);
    }
}

#[test]
fn a_variable_shows_no_secret() {
    for (name, raw, shown) in [
        (
            "OPENAI_API_KEY",
            KEY,
            "sk-proj-…x9Fq (project key of OpenAI)",
        ),
        (
            "OPENAI_BASE_URL",
            "https://user:hunter22@host/v1?api_key=hunter22",
            "https://host/v1",
        ),
        ("HTTPS_PROXY", "user:hunter22@proxy:3128", "proxy:3128"),
        (
            "OPENAI_ORG_ID",
            KEY,
            "sk-proj-…x9Fq (project key of OpenAI)",
        ),
        (
            "OPENAI_CUSTOM_HEADERS",
            "X-Api-Key: hunter22\nOpenAI-Project: proj_x",
            "X-Api-Key: (not shown), OpenAI-Project: proj_x",
        ),
        ("OPENAI_WEBHOOK_SECRET", "whsec_hunter22", "set (not shown)"),
    ] {
        let setting = Setting::of(name, Origin::Process, raw).unwrap();
        assert_eq!(setting.shown(), shown);
        assert!(!format!("{setting:?}").contains("hunter22"), "{setting:?}");
    }
    assert_eq!(Setting::of("PATH", Origin::Process, "/bin"), None);
}

#[test]
fn which_variable_wins_is_said_for_each_library() {
    let o = fine()
        .variable("OPENAI_ORG_ID", "org-a")
        .variable("OPENAI_ORGANIZATION", "org-b");
    let report = examine(&o);
    let of = |library: &str| {
        let row = report.rows.iter().find(|row| row.seen.contains(library));
        row.unwrap().seen.clone()
    };
    assert!(of("openai (Python, Node)").contains("org-a"));
    assert!(of("litellm").contains("org-b"));
    assert!(of("@ai-sdk/openai").contains("no organization"));
}
