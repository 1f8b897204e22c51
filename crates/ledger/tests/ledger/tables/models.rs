//! Limits on the calls of a model, inside a key, a project or the organization.

use super::script::check;

#[test]
fn a_limit_on_a_model_counts_the_calls_that_name_it_alone() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit m project:p 2.00 month model=gpt-5                          -> done m
        limit n org 5.00 month model=gpt-*                                -> done n
        take h1 k 2.00 model=gpt-5                                        -> granted 2.00
        lim m                                                             -> spent 0.00 held 2.00 left 0.00
        lim n                                                             -> spent 0.00 held 2.00 left 3.00
        take h2 k 0.01 model=gpt-5                                        -> refused by m for now, needs 0.01 of 0.00
        settle h1 1.00                                                    -> charged 1.00; headroom 1.00 by m
        # Another model of the family is stopped by the family's limit, and a model of none by the credit alone.
        take h3 k 4.01 model=gpt-5-mini                                   -> refused by n for good, needs 4.01 of 4.00
        take h4 k 4.00 model=gpt-5-mini                                   -> granted 4.00
        settle h4 4.00                                                    -> charged 4.00; headroom 0.00 by n
        take h5 k 95.00 model=o4                                          -> granted 95.00
        settle h5 0.00                                                    -> charged 0.00; headroom 95.00 by credit
        take h6 k 0.50 model=gpt-5                                        -> refused by n for good, needs 0.50 of 0.00
        now 2026-12-01T00:00:00Z                                          -> m opens 2026-12-01T00:00:00Z, n opens 2026-12-01T00:00:00Z
        take h6 k 0.50 model=gpt-5                                        -> granted 0.50
        ",
    );
}

#[test]
fn a_limit_on_a_model_waits_fits_and_is_edited_like_any_other() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit m key:k 2.00 total model=gpt-5                              -> done m
        take h1 k 1.50 model=gpt-5                                        -> granted 1.50
        take h2 k 1.00 model=gpt-5 wait                                   -> wait
        take h2 k 0.10+0.10x20..2 model=gpt-5 last                        -> fitted 0.50 for 4 units
        release h1                                                        -> charged 0.00; headroom 1.50 by m
        change m 0.25 keep                                                -> done
        presume h2                                                        -> charged 0.50; headroom 0.00 by m
        change m 0.25 reset                                               -> done
        # What was presumed before the reset is not taken back from after it.
        settle h2 0.00                                                    -> charged 0.00; headroom 0.25 by m
        lim m                                                             -> spent 0.00 held 0.00 left 0.25
        delete m                                                          -> done
        take h3 k 50.00 model=gpt-5                                       -> granted 50.00
        ",
    );
}

#[test]
fn what_every_call_can_spend_leaves_limits_on_models_aside() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit m key:k 2.00 total model=gpt-5                              -> done m
        limit l project:p 7.00 total                                      -> done l
        headroom k                                                        -> 7.00 by l
        ",
    );
}

#[test]
fn limits_on_models_that_cannot_be_are_rejected() {
    check(
        "
        limit m org 1.00 day model=                                       -> rejected: model: is empty
        limit m org 1.00 day model=a by=operator                          -> rejected: scope: must be all calls and US dollars where the operator sets it
        limit m org -1.00 day model=a                                     -> rejected: amount_usd: must not be negative
        limit m key:none 1.00 day model=a                                 -> rejected: there is no such key
        limit m org 1.00 day model=a idem=x/y                             -> done m
        limit n org 1.00 day model=a idem=x/y                             -> unchanged m
        limit m org 1.00 day model=a                                      -> rejected: this limit exists already
        ",
    );
}
