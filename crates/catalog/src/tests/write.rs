//! What is written is read back as the same.

use crate::{Catalog, Route, Task};

const EVERYTHING: &str = r#"version = "7 \"x\""
[[model]]
names = ["a", "a-2026-01-01"]
shutdown = 2027-01-01
[model.chat]
routes = ["messages"]
context = 1000
max_output = 100
tokenizer = "cl100k"
bytes_per_token_at_least = 1
[[model.chat.prices]]
from = 2026-01-01
standard = { input = "1", cached_input = "0.1", cache_write = "1.25", cache_write_1h = "2", cache_write_12h = "3", output = "4", reasoning = "6", audio_input = "40", cached_audio_input = "4", image_input = "3", cached_image_input = "0.3", audio_output = "80", image_output = "30" }
flex = { input = "0.5", output = "2" }
priority = { input = "2", output = "8" }
batch = { input = "0.25", output = "0.000000001" }
tools = { web_searches_low = "5000", web_searches_medium = "10000", web_searches_high = "25000", file_searches = "2500", code_interpreter_sessions = "30000", computer_use_input_tokens = "3", computer_use_output_tokens = "12" }
[model.chat.prices.long_context]
above = 272000
standard = { input = "2", output = "8" }
[[model.chat.prices]]
from = 2026-11-22T14:00:00.123456Z
standard = { input = "0", output = "4" }
[[model]]
names = ["b"]
[model.image]
[[model.image.prices]]
from = 2026-01-01
per_image = [
    { size = "*", quality = "*", price = "0.04" },
    { size = "1x1", quality = "hd", per_million = "2176.000000001" },
]
[[model.image.prices]]
from = 2026-01-02
per_pixel = "0.019073486"
[[model]]
names = ["c"]
[model.embedding]
context = 8191
tokenizer = "cl100k"
[[model.embedding.prices]]
from = 2026-01-01
units = { input_tokens = "0.02" }
[model.rerank]
[[model.rerank.prices]]
from = 2026-01-01
units = { queries = "2000" }
"#;

#[test]
fn what_is_written_is_read_back_as_the_same() {
    for catalog in [Catalog::parse(EVERYTHING).unwrap(), Catalog::builtin()] {
        let text = catalog.to_toml("a head\nof two lines");
        assert!(text.starts_with("# a head\n# of two lines\nversion = "));
        let again = Catalog::parse(&text).unwrap();
        assert_eq!(again.version(), catalog.version());
        assert!(again.models().eq(catalog.models()), "{text}");
    }
}

#[test]
fn a_model_is_asked_along_its_routes_alone() {
    let catalog = Catalog::parse(EVERYTHING).unwrap();
    let model = catalog.model("a").unwrap();
    assert!(model.chat().is_none() && model.text(Route::Messages).is_some());
    let other = catalog.model("c").unwrap();
    assert!(other.service(Task::Embedding).is_some() && other.service(Task::Speech).is_none());
}
