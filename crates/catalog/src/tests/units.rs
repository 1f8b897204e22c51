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
    ];
    for (code, name) in table {
        let unit = Unit::from_code(code).unwrap();
        assert_eq!(
            (unit.code(), unit.as_str(), &*unit.to_string()),
            (code, name, name)
        );
    }
    assert_eq!([0, 12].map(Unit::from_code), [None, None]);
}
