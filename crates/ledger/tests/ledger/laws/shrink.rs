//! Of a history that fails, as few events as still fail.

/// How often it is tried to leave some out.
const TRIES: u32 = 1_000;

/// Leaves out what can be left out, half of it at once, then a quarter, and so on.
pub(super) fn least<T: Clone>(mut events: Vec<T>, fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut tries = 0;
    let mut at_once = events.len().div_ceil(2);
    loop {
        let mut from = 0;
        while from < events.len() && tries < TRIES {
            tries += 1;
            let mut fewer = events.clone();
            fewer.drain(from..(from + at_once).min(events.len()));
            if fails(&fewer) {
                events = fewer;
            } else {
                from += at_once;
            }
        }
        if at_once <= 1 {
            return events;
        }
        at_once = at_once.div_ceil(2);
    }
}

#[test]
fn what_is_left_is_what_it_takes() {
    let both = |some: &[u16]| some.contains(&7) && some.contains(&1_900);
    assert_eq!(least((0..2_500).collect(), both), [7, 1_900]);
}
