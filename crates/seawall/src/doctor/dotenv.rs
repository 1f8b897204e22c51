//! Reads a file such as `.env` as the usual readers of such files do: `python-dotenv`, Node's `dotenv`, shells, containers.

/// The assignments of a file. Of several of one name the last counts, as the readers have it, and comes first.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = (String, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let mut all: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let Some((name, value)) = named(line) else {
            continue;
        };
        let value = quoted(value, after).map_or_else(
            || plain(value),
            |(inside, left)| {
                rest = left.unwrap_or(rest);
                inside
            },
        );
        if value.is_empty() {
            continue;
        }
        let earlier = all.iter().position(|(known, _)| known == name);
        all.insert(earlier.unwrap_or(all.len()), (name.to_owned(), value));
    }
    all.into_iter()
}

/// The variable that a value is nothing but a reference to: `${NAME}` or `$NAME`.
pub(super) fn reference(value: &str) -> Option<&str> {
    let name = value.strip_prefix('$')?;
    let braced = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'));
    let name = braced.unwrap_or(name);
    is_name(name).then_some(name)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Name and value of a line; `export` and `set` before it are those of shells.
fn named(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let word = |line: &'_ str, word: &str| {
        let rest = line.strip_prefix(word)?;
        rest.starts_with([' ', '\t'])
            .then(|| rest.trim_start().len())
    };
    let start = ["export", "set"].iter().find_map(|shell| word(line, shell));
    let line = start.map_or(line, |left| {
        line.split_at(line.len().saturating_sub(left)).1
    });
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let name = name.trim();
    is_name(name).then(|| (name, value.trim()))
}

/// What stands in quotes, and what is left behind them where they end on a later line.
fn quoted<'a>(value: &'a str, after: &'a str) -> Option<(String, Option<&'a str>)> {
    let quote = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let inside = value.strip_prefix(quote)?;
    if let Some((inside, _comment)) = ends(inside, quote) {
        return Some((inside, None));
    }
    // Over lines only where the quotes are ever closed; a lone quote is part of the value.
    let (more, left) = ends(after, quote)?;
    let left = left.split_once('\n').map_or("", |(_, left)| left);
    Some((format!("{inside}\n{more}"), Some(left)))
}

/// The text before the quote that closes it, without escapes, and what follows.
fn ends(text: &str, quote: char) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quote == '"' => match letters.next()? {
                'n' => inside.push('\n'),
                other => inside.push(other),
            },
            letter if letter == quote => return Some((inside, letters.as_str())),
            letter => inside.push(letter),
        }
    }
    None
}

/// A value without quotes: a number sign after white space begins a comment.
fn plain(value: &str) -> String {
    let mut before = ' ';
    let comment = value.char_indices().find(|(_, letter)| {
        let begins = *letter == '#' && before.is_whitespace();
        before = *letter;
        begins
    });
    let value = comment.map_or(value, |(at, _)| value.split_at(at).0);
    value.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        assignments(text).collect()
    }

    #[test]
    fn a_line_is_read_as_programs_read_it() {
        for (line, value) in [
            ("A=x", "x"),
            ("  A = x  ", "x"),
            ("export A=x", "x"),
            ("export\t A=x\r", "x"),
            ("set A=x", "x"),
            ("A: x", "x"),
            ("A='x y'", "x y"),
            ("A=\"x # y\" # z", "x # y"),
            ("A=`x`", "x"),
            ("A=x # mine", "x"),
            ("A=x\t# mine", "x"),
            ("A=x#y", "x#y"),
            ("A=a=b==", "a=b=="),
            (r#"A="x\"y""#, "x\"y"),
            (r"A='x\y'", r"x\y"),
            ("A=\"x", "\"x"),
            ("\u{feff}A=x", "x"),
        ] {
            assert_eq!(read(line), [("A".to_owned(), value.to_owned())], "{line:?}");
        }
        for line in [
            "# A=x", "A=", "A=''", "A", "A B=x", "exportA", "=x", "A=# x", "",
        ] {
            assert_eq!(read(line), [], "{line:?}");
        }
    }

    #[test]
    fn the_last_of_a_name_counts_and_comes_first() {
        let all = read("A=old\nB=b\nexport A=new\n");
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(all, [("A", "new"), ("A", "old"), ("B", "b")]);
    }

    #[test]
    fn quotes_may_close_on_a_later_line_and_a_lone_one_swallows_nothing() {
        let all = read("H=\"X: 1\nY: 2\" # two\nA=\"x\nB=y\n");
        let all: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(all, [("H", "X: 1\nY: 2"), ("A", "\"x"), ("B", "y")]);
    }

    #[test]
    fn a_value_that_is_a_reference_alone_is_told() {
        assert_eq!(reference("${A_B}"), Some("A_B"));
        assert_eq!(reference("$A"), Some("A"));
        for no in ["$", "${}", "${A", "x$A", "${A}x", "$A-B"] {
            assert_eq!(reference(no), None, "{no}");
        }
    }
}
