//! Limits: what counts in which window, and what an edit changes.

use super::script::check;

#[test]
fn a_hold_belongs_to_the_window_it_was_taken_in() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit d key:k 5.00 day                                            -> done d
        limit t key:k 50.00 total                                         -> done t
        take h1 k 3.00                                                    -> granted 3.00
        take h2 k 2.00                                                    -> granted 2.00
        settle h1 1.00                                                    -> charged 1.00; headroom 2.00 by d
        lim d                                                             -> spent 1.00 held 2.00 left 2.00
        now 2026-11-22T23:59:59Z                                          -> nothing
        now 2026-11-23T00:00:00Z                                          -> d opens 2026-11-23T00:00:00Z
        # What was held yesterday is not held today, and does not count today when it is settled.
        lim d                                                             -> spent 0.00 held 0.00 left 5.00
        lim t                                                             -> spent 1.00 held 2.00 left 47.00
        take h3 k 5.00                                                    -> granted 5.00
        settle h2 2.00                                                    -> charged 2.00; headroom 0.00 by d
        lim d                                                             -> spent 0.00 held 5.00 left 0.00
        lim t                                                             -> spent 3.00 held 5.00 left 42.00
        presume h3                                                        -> charged 5.00; headroom 0.00 by d
        now 2026-11-25T12:00:00Z                                          -> d opens 2026-11-25T00:00:00Z
        # A correction counts in the window of its hold, which is over.
        settle h3 9.00                                                    -> charged 9.00, overrun 4.00; headroom 5.00 by d
        lim d                                                             -> spent 0.00 held 0.00 left 5.00
        lim t                                                             -> spent 12.00 held 0.00 left 38.00
        ",
    );
}

#[test]
fn every_window_begins_anew_at_its_own_midnight() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit d org 1.00 day                                              -> done d
        limit j org 1.00 day/Asia/Tokyo                                   -> done j
        limit m org 1.00 month                                            -> done m
        limit w org 1.00 week                                             -> done w
        limit x org 1.00 total                                            -> done x
        now 2026-11-22T15:00:00Z                                          -> j opens 2026-11-22T15:00:00Z
        now 2026-11-23T00:00:00Z                                          -> d opens 2026-11-23T00:00:00Z, w opens 2026-11-23T00:00:00Z
        now 2026-12-01T01:00:00Z                                          -> j opens 2026-11-30T15:00:00Z, d opens 2026-12-01T00:00:00Z, w opens 2026-11-30T00:00:00Z, m opens 2026-12-01T00:00:00Z
        now 2030-01-01T00:00:00Z                                          -> j opens 2029-12-31T15:00:00Z, d opens 2030-01-01T00:00:00Z, w opens 2029-12-31T00:00:00Z, m opens 2030-01-01T00:00:00Z
        # The clock of this node was set back: the Book's time stays.
        now 2029-12-31T14:00:00Z                                          -> nothing
        ",
    );
}

#[test]
fn a_limit_lowered_below_what_is_spent_and_held_grants_nothing_more() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l project:p 10.00 month                                     -> done l
        take h1 k 4.00                                                    -> granted 4.00
        settle h1 4.00                                                    -> charged 4.00; headroom 6.00 by l
        take h2 k 3.00                                                    -> granted 3.00
        change l 5.00 keep                                                -> done
        lim l                                                             -> spent 4.00 held 3.00 left -2.00
        headroom k                                                        -> 0.00 by l
        take h3 k 0.50                                                    -> refused by l for now, needs 0.50 of -2.00
        take h3 k 1.01                                                    -> refused by l for good, needs 1.01 of -2.00
        # A running call may use what it holds.
        settle h2 3.00                                                    -> charged 3.00; headroom 0.00 by l
        take h3 k 0.50                                                    -> refused by l for good, needs 0.50 of -2.00
        change l 7.50 keep                                                -> done
        take h3 k 0.50                                                    -> granted 0.50
        take h4 k 0.01                                                    -> refused by l for now, needs 0.01 of 0.00
        delete l                                                          -> done
        lim l                                                             -> gone
        take h4 k 0.01                                                    -> granted 0.01
        settle h3 0.50                                                    -> charged 0.50; headroom 92.49 by credit
        delete l                                                          -> rejected: there is no such limit
        change l 1.00 keep                                                -> rejected: there is no such limit
        ",
    );
}

#[test]
fn an_edit_keeps_or_forgets_what_was_spent_but_never_what_is_held() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 10.00 total                                         -> done l
        take h1 k 4.00                                                    -> granted 4.00
        settle h1 4.00                                                    -> charged 4.00; headroom 6.00 by l
        take h2 k 3.00                                                    -> granted 3.00
        change l - keep                                                   -> done
        lim l                                                             -> spent 4.00 held 3.00 left 3.00
        change l 8.00 reset                                               -> done
        lim l                                                             -> spent 0.00 held 3.00 left 5.00
        take h3 k 5.01                                                    -> refused by l for now, needs 5.01 of 5.00
        settle h2 1.00                                                    -> charged 1.00; headroom 7.00 by l
        lim l                                                             -> spent 1.00 held 0.00 left 7.00
        change l - reset                                                  -> done
        lim l                                                             -> spent 0.00 held 0.00 left 8.00
        ",
    );
}

#[test]
fn the_approved_usage_limit_stops_like_a_hard_limit_and_says_so() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit u org 5.00 month by=operator                                -> done u
        limit v org 6.00 month                                            -> done v
        take h1 k 5.00                                                    -> granted 5.00
        settle h1 5.00                                                    -> charged 5.00; headroom 0.00 by approved u
        take h2 k 0.50                                                    -> refused by approved u for good, needs 0.50 of 0.00
        now 2026-12-01T00:00:00Z                                          -> u opens 2026-12-01T00:00:00Z, v opens 2026-12-01T00:00:00Z
        take h2 k 0.50                                                    -> granted 0.50
        ",
    );
}

#[test]
fn a_limit_counts_the_calls_of_its_scope_alone() {
    check(
        "
        credit a 100.00                                                   -> done a
        project q                                                         -> done q
        key k2 p                                                          -> done k2
        key k3 q                                                          -> done k3
        limit lk key:k 1.00 total                                         -> done lk
        limit lp project:p 2.00 total                                     -> done lp
        limit lo org 3.00 total                                           -> done lo
        take h1 k 0.50                                                    -> granted 0.50
        take h2 k2 1.00                                                   -> granted 1.00
        take h3 k3 1.00                                                   -> granted 1.00
        lim lk                                                            -> spent 0.00 held 0.50 left 0.50
        lim lp                                                            -> spent 0.00 held 1.50 left 0.50
        lim lo                                                            -> spent 0.00 held 2.50 left 0.50
        headroom k3                                                       -> 0.50 by lo
        headroom k2                                                       -> 0.50 by lp
        headroom k                                                        -> 0.50 by lk
        ",
    );
}

#[test]
fn limits_that_cannot_be_are_rejected() {
    check(
        "
        limit l key:none 1.00 day                                         -> rejected: there is no such key
        limit l project:none 1.00 day                                     -> rejected: there is no such project
        limit l org -1.00 day                                             -> rejected: amount_usd: must not be negative
        limit l org 5000000000.00 day                                     -> rejected: amount_usd: is more than an organization can ever spend
        limit l org 1.00 day/Mars/Olympus                                 -> rejected: time_zone: is not an IANA time zone
        limit l org 0.00 day                                              -> done l
        limit l org 0.00 day                                              -> rejected: this limit exists already
        change l -1.00 keep                                               -> rejected: amount_usd: must not be negative
        # Nothing may be spent, and a call that costs nothing is not stopped.
        credit a 1.00                                                     -> done a
        take h1 k 0.01                                                    -> refused by l for good, needs 0.01 of 0.00
        take h1 k 0.00                                                    -> granted 0.00
        ",
    );
}
