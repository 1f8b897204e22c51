use catalog::{Tier, Usage};

use crate::usage::{from_chat_answer, from_image_answer};

#[test]
fn a_chat_answer_tells_what_it_used() {
    let answer = br#"{"id":"x","choices":[{"message":{"content":"{\"usage\":{}}"}}],"service_tier":"priority",
        "usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
        "prompt_tokens_details":{"cached_tokens":30,"cache_write_tokens":40,"audio_tokens":10,"image_tokens":null},
        "completion_tokens_details":{"reasoning_tokens":8,"audio_tokens":2,"rejected_prediction_tokens":0}}}"#;
    let expected = Usage {
        text_input: 90,
        cached_input: 30,
        cache_write: 40,
        audio_input: 10,
        output: 18,
        reasoning: 8,
        audio_output: 2,
        tier: Tier::Priority,
        ..Usage::NOTHING
    };
    assert_eq!(from_chat_answer(answer), Some(expected));
    let bare = from_chat_answer(
        br#"{"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":null}}"#,
    );
    assert_eq!(
        bare,
        Some(Usage {
            text_input: 1,
            output: 2,
            ..Usage::NOTHING
        })
    );
    let odd = from_chat_answer(
        br#"{"service_tier":"ultrafast","usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
    );
    assert_eq!(odd.unwrap().tier, Tier::Other);
}

#[test]
fn a_usage_that_is_malformed_is_unknown_and_never_zero() {
    for usage in [
        "null",
        "{}",
        "[]",
        "7",
        r#"{"prompt_tokens":1}"#,
        r#"{"completion_tokens":1}"#,
        r#"{"prompt_tokens":-1,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1.5,"completion_tokens":1}"#,
        r#"{"prompt_tokens":"1","completion_tokens":1}"#,
        r#"{"prompt_tokens":null,"completion_tokens":1}"#,
        r#"{"prompt_tokens":99999999999999999999,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1,"prompt_tokens":2,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-1}}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"audio_tokens":2}}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1,"completion_tokens_details":{"audio_tokens":2}}"#,
    ] {
        let answer = format!(r#"{{"choices":[],"usage":{usage}}}"#);
        assert_eq!(from_chat_answer(answer.as_bytes()), None, "{usage}");
    }
    for answer in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "garbage",
        r#"{"usage":{"prompt_tokens":1,"completion_tokens":1}"#,
    ] {
        assert_eq!(from_chat_answer(answer.as_bytes()), None, "{answer}");
    }
}

#[test]
fn an_image_answer_tells_tokens_and_pictures() {
    let picture = "A".repeat(3_000_000);
    let answer = format!(
        r#"{{"created":1,"data":[{{"b64_json":"{picture}"}},{{"b64_json":"{picture}"}}],"usage":{{"input_tokens":50,
        "input_tokens_details":{{"text_tokens":10,"image_tokens":40}},"output_tokens":4260,"total_tokens":4310,
        "output_tokens_details":{{"image_tokens":4160,"text_tokens":100}}}}}}"#
    );
    let expected = Usage {
        text_input: 10,
        image_input: 40,
        output: 100,
        image_output: 4160,
        images: 2,
        ..Usage::NOTHING
    };
    assert_eq!(from_image_answer(answer.as_bytes()), Some(expected));
}

#[test]
fn pictures_without_tokens_are_counted_and_drawings_are_unknown() {
    let flat = from_image_answer(br#"{"data":[{"url":"x"},{"url":"y"}]}"#);
    assert_eq!(
        flat,
        Some(Usage {
            images: 2,
            ..Usage::NOTHING
        })
    );
    for answer in [
        "{}",
        "garbage",
        r#"{"data":5}"#,
        r#"{"data":[],"usage":{"input_tokens":1}}"#,
        r#"{"data":[],"usage":{"input_tokens":1,"output_tokens":-1}}"#,
        r#"{"data":[],"usage":{"input_tokens":1,"output_tokens":1,"input_tokens_details":{"image_tokens":2}}}"#,
        r#"{"data":[],"usage":{"input_tokens":1,"output_tokens":1},"svg_usage":{"model":"m"}}"#,
    ] {
        assert_eq!(from_image_answer(answer.as_bytes()), None, "{answer}");
    }
}
