//! Writes JSON straight into one buffer, because a tree of values per answer would cost more than the answer.
//! It never checks that what it is given makes a whole document; the tests parse what comes out.

/// A JSON text in the making.
#[derive(Debug)]
pub(crate) struct Json(String);

impl Json {
    /// An empty text with room for this many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Appends text that is JSON already.
    pub(crate) fn raw(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Appends a number.
    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        for digit in &digits[at..] {
            self.0.push(char::from(*digit));
        }
        self
    }

    /// Appends a string, quoted, and escaped where it must be.
    pub(crate) fn string(&mut self, text: &str) -> &mut Self {
        if text
            .bytes()
            .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
        {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            self.0.push_str(&serde_json::Value::from(text).to_string());
        }
        self
    }

    /// Lets another writer append to the same buffer.
    pub(crate) fn buffer(&mut self) -> &mut String {
        &mut self.0
    }

    /// The text.
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_come_back_as_they_went_in() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut json = Json::with_room(0);
            assert_eq!(json.number(number).buffer().parse(), Ok(number));
        }
        for text in [
            "plain",
            "",
            "with \"quotes\" and \\",
            "line\nbreak",
            "naïve ☕",
        ] {
            let mut json = Json::with_room(0);
            json.string(text);
            let back: String = serde_json::from_str(&json.into_string()).unwrap();
            assert_eq!(back, text);
        }
    }
}
