//! How deep a JSON text is nested, without reading it.

/// The deepest nesting that is let through. A parser further on that recurses would fall over deeper ones.
pub(crate) const DEEPEST: usize = 100;

/// Whether arrays and objects are nested deeper than [`DEEPEST`]. Never says no to a well-formed text that is.
pub(crate) fn is_too_deep(text: &[u8]) -> bool {
    // Most bodies have so few brackets that they cannot be nested that deep; counting them is cheaper than looking
    // which of them stand in strings.
    memchr::memchr2_iter(b'[', b'{', text)
        .nth(DEEPEST)
        .is_some()
        && deepest(text) > DEEPEST
}

fn deepest(text: &[u8]) -> usize {
    let (mut depth, mut most) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        match (in_string, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, _, b'"') => in_string = !in_string,
            (false, _, b'[' | b'{') => {
                depth = depth.saturating_add(1);
                most = most.max(depth);
            }
            (false, _, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}
