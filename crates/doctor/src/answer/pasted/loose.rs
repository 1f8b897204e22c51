//! Reads an object as some language prints it: JSON, Python's `repr`, Node's `inspect`, Ruby's, Java's and Rust's, also
//! one that was cut off. It takes what it can make out and never fails; what it makes of prose is an object without
//! members, which nobody takes for an error.

use serde_json::{Map, Number, Value};

/// What lies deeper is left out.
const DEEPEST: u8 = 24;
/// An object is read so far, in letters.
const LONGEST: usize = 32 * 1024;

/// The object that the text begins with, and how many bytes of the text it took. `None` where there is no brace.
pub(super) fn object(text: &str) -> Option<(Value, usize)> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |c| c.0);
    let mut reader = Reader {
        rest: text.get(..end)?,
    };
    let value = reader.object(DEEPEST)?;
    Some((value, end.saturating_sub(reader.rest.len())))
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let first = letters.next();
        self.rest = letters.as_str();
        first
    }

    /// Passes over it if it stands here.
    fn take(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip(&mut self, of: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(of);
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        let deeper = depth.checked_sub(1)?;
        if !self.take("{") {
            return None;
        }
        let mut members = Map::new();
        loop {
            self.skip(|letter| letter.is_whitespace() || letter == ',');
            if self.take("}") || self.rest.is_empty() {
                return Some(Value::Object(members));
            }
            let Some(name) = self.name() else {
                self.next();
                continue;
            };
            self.skip(char::is_whitespace);
            if !["=>", ":", "="].iter().any(|sign| self.take(sign)) {
                continue;
            }
            let value = self.value(deeper);
            members.entry(name).or_insert(value);
        }
    }

    fn name(&mut self) -> Option<String> {
        match self.peek()? {
            quote @ ('"' | '\'') => Some(self.string(quote)),
            _ => Some(self.word()).filter(|word| !word.is_empty()),
        }
    }

    /// Letters of a name, without quotes.
    fn word(&mut self) -> String {
        let plain =
            |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$' | '-');
        let after = self.rest.trim_start_matches(plain);
        let length = self.rest.len().saturating_sub(after.len());
        let word = self.rest.get(..length).unwrap_or_default().to_owned();
        self.rest = after;
        word
    }

    fn value(&mut self, depth: u8) -> Value {
        self.skip(char::is_whitespace);
        match self.peek() {
            None => Value::Null,
            Some('{') => self.object(depth).unwrap_or(Value::Null),
            Some('[') => self.list(depth),
            Some(quote @ ('"' | '\'' | '`')) => Value::String(self.joined(quote)),
            Some(_) => self.bare(depth),
        }
    }

    fn list(&mut self, depth: u8) -> Value {
        let (Some(deeper), true) = (depth.checked_sub(1), self.take("[")) else {
            return Value::Null;
        };
        let mut all = Vec::new();
        loop {
            self.skip(|letter| letter.is_whitespace() || letter == ',');
            if self.take("]") || self.rest.is_empty() || self.rest.starts_with('}') {
                return Value::Array(all);
            }
            let before = self.rest.len();
            all.push(self.value(deeper));
            if self.rest.len() == before {
                self.next();
            }
        }
    }

    /// A text, and what Node puts together with `+` where it breaks one over lines.
    fn joined(&mut self, quote: char) -> String {
        let mut whole = self.string(quote);
        loop {
            let here = self.rest;
            self.skip(char::is_whitespace);
            if !self.take("+") {
                self.rest = here;
                return whole;
            }
            self.skip(char::is_whitespace);
            match self.peek() {
                Some(next @ ('"' | '\'' | '`')) => whole.push_str(&self.string(next)),
                _ => return whole,
            }
        }
    }

    fn string(&mut self, quote: char) -> String {
        self.next();
        let mut text = String::new();
        while let Some(letter) = self.next() {
            match letter {
                '\\' => text.extend(self.escaped()),
                letter if letter == quote => break,
                letter => text.push(letter),
            }
        }
        text
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            'n' | 'r' => '\n',
            't' => '\t',
            'u' => self.code(4).unwrap_or(' '),
            'x' => self.code(2).unwrap_or(' '),
            letter => letter,
        })
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let number = u32::from_str_radix(self.rest.get(..digits)?, 16).ok()?;
        self.rest = self.rest.get(digits..)?;
        char::from_u32(number)
    }

    /// A value without quotes: a number, a word that stands for one, what a type's name is written around, or a text.
    fn bare(&mut self, depth: u8) -> Value {
        let start = self.rest;
        let word = self.word();
        match word.as_str() {
            "null" | "None" | "nil" | "undefined" => return Value::Null,
            "true" | "True" => return Value::Bool(true),
            "false" | "False" => return Value::Bool(false),
            _ => {}
        }
        let here = self.rest;
        self.skip(|letter| letter == ' ');
        if !word.is_empty() && self.rest.starts_with('{') {
            return self.object(depth).unwrap_or(Value::Null);
        }
        if !word.is_empty() && self.take("(") {
            let inner = depth.checked_sub(1).map(|deeper| self.value(deeper));
            self.skip(char::is_whitespace);
            self.take(")");
            return inner.unwrap_or(Value::Null);
        }
        self.rest = here;
        match word.parse::<i64>() {
            Ok(number) => Value::Number(Number::from(number)),
            Err(_no_number) => {
                self.rest = start;
                Value::String(self.prose())
            }
        }
    }

    /// A text without quotes goes on to the end of the object or the line, or to what looks like the next member.
    fn prose(&mut self) -> String {
        let text = self.rest;
        let next_member = |after: &str| {
            let after = after.trim_start();
            let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            rest.len() < after.len() && rest.starts_with(['=', ':'])
        };
        let ends = |&(at, letter): &(usize, char)| match letter {
            '}' | '\n' => true,
            ',' => text.get(at.saturating_add(1)..).is_some_and(next_member),
            _ => false,
        };
        let end = text.char_indices().find(ends);
        let (said, rest) = text
            .split_at_checked(end.map_or(text.len(), |(at, _)| at))
            .unwrap_or((text, ""));
        self.rest = rest;
        said.trim().to_owned()
    }
}
