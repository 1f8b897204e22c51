//! Units as journals and answers have them, for ever.

use crate::Unit;

#[test]
fn every_unit_has_the_number_and_the_name_it_always_had() {
    let table = [
        (1, "input_tokens"),
        (2, "cached_input_tokens"),
        (3, "cache_write_tokens"),
        (4, "cache_write_12h_tokens"),
        (5, "image_input_tokens"),
        (6, "cached_image_input_tokens"),
        (7, "audio_input_tokens"),
        (8, "output_tokens"),
        (9, "image_output_tokens"),
        (10, "audio_output_tokens"),
        (11, "images"),
        (12, "reasoning_tokens"),
        (13, "cache_write_1h_tokens"),
        (14, "cached_audio_input_tokens"),
        (15, "input_seconds"),
        (16, "output_seconds"),
        (17, "input_characters"),
        (18, "output_characters"),
        (19, "pixels"),
        (20, "queries"),
        (21, "pages"),
        (22, "web_searches_low"),
        (23, "web_searches_medium"),
        (24, "web_searches_high"),
        (25, "file_searches"),
        (26, "code_interpreter_sessions"),
        (27, "computer_use_input_tokens"),
        (28, "computer_use_output_tokens"),
    ];
    for (code, name) in table {
        let unit = Unit::from_code(code).unwrap();
        assert_eq!(
            (unit.code(), unit.as_str(), &*unit.to_string()),
            (code, name, name)
        );
    }
    assert_eq!([0, 29].map(Unit::from_code), [None, None]);
    assert_eq!(Unit::all().count(), table.len());
    assert!(Unit::all().all(|unit| Unit::named(unit.as_str()) == Some(unit)));
}
