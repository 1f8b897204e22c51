//! Requests and tokens, and windows that roll.

use super::script::check;

#[test]
fn requests_per_minute_come_back_a_minute_after_their_call_and_at_most_a_slot_later() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r key:k 2requests rolling/60                                -> done r
        take h1 k 1.00                                                    -> granted 1.00
        settle h1 0.10                                                    -> charged 0.10; headroom 99.90 by credit
        now 2026-11-22T14:00:30Z                                          -> nothing
        take h2 k 1.00                                                    -> granted 1.00
        settle h2 0.10                                                    -> charged 0.10; headroom 99.80 by credit
        lim r                                                             -> spent 2 held 0 left 0
        take h3 k 1.00 wait                                               -> refused by r for good, needs 1 of 0, fits at 2026-11-22T14:01:00.9375Z
        # Never early: the minute is over, its slot is not.
        now 2026-11-22T14:01:00.937499Z                                   -> nothing
        take h3 k 1.00 wait                                               -> refused by r for good, needs 1 of 0, fits at 2026-11-22T14:01:00.9375Z
        now 2026-11-22T14:01:00.9375Z                                     -> r rolls
        take h3 k 1.00 wait                                               -> granted 1.00
        lim r                                                             -> spent 1 held 1 left 0
        # A running request is made, and does not come back: nobody waits for it.
        take h4 k 1.00 wait                                               -> refused by r for good, needs 1 of 0, fits at 2026-11-22T14:01:30.9375Z
        # One that was never made counts nowhere.
        release h3                                                        -> charged 0.00; headroom 99.80 by credit
        take h4 k 1.00 wait                                               -> granted 1.00
        ",
    );
}

#[test]
fn tokens_per_minute_hold_the_most_a_call_can_have_and_count_what_it_had() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit t org 1000tokens rolling/60                                 -> done t
        take h1 k 0.10+0.01x500..10 tokens=100+1                          -> granted 5.10
        lim t                                                             -> spent 0 held 600 left 400
        # Held tokens may come back, so who may wait does; who may not is cut down to what is left.
        take h2 k 0.10+0.01x500..10 tokens=100+1 wait                     -> wait
        take h2 k 0.10+0.01x500..10 tokens=100+1 last                     -> fitted 3.10 for 300 units
        take h3 k 0.10+0.01x500..10 tokens=100+1 last                     -> refused by t for now, needs 600 or 110 of 0, never fits
        settle h1 1.00 tokens=150                                         -> charged 1.00; headroom 95.90 by credit
        lim t                                                             -> spent 150 held 400 left 450
        # Nobody said how many tokens there were: as many as there could be.
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        lim t                                                             -> spent 550 held 0 left 450
        take h3 k 0.10+0.01x500..400 tokens=100+1 last                    -> refused by t for good, needs 600 or 500 of 450, fits at 2026-11-22T14:01:00.9375Z
        # A call without tokens is not stopped, nor is one that costs nothing.
        take h4 k 0.50                                                    -> granted 0.50
        take h5 k 0.00 tokens=451                                         -> refused by t for good, needs 451 of 450, fits at 2026-11-22T14:01:00.9375Z
        take h6 k 0.00 tokens=2000                                        -> refused by t for good, needs 2000 of 450, never fits
        ",
    );
}

#[test]
fn more_tokens_than_were_held_are_counted() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit t org 100tokens rolling/60                                  -> done t
        take h1 k 1.00 tokens=100                                         -> granted 1.00
        settle h1 1.00 tokens=130                                         -> charged 1.00; headroom 99.00 by credit
        lim t                                                             -> spent 130 held 0 left -30
        ",
    );
}

#[test]
fn a_presumed_call_counts_the_tokens_it_held_until_somebody_knows_better() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit t org 1000tokens rolling/60                                 -> done t
        limit d org 5000tokens day                                        -> done d
        take h1 k 1.00 tokens=600                                         -> granted 1.00
        take h2 k 1.00 tokens=300                                         -> granted 1.00
        take h3 k 1.00 tokens=50                                          -> granted 1.00
        presume h1                                                        -> charged 1.00; headroom 97.00 by credit
        presume h2                                                        -> charged 1.00; headroom 97.00 by credit
        presume h3                                                        -> charged 1.00; headroom 97.00 by credit
        lim t                                                             -> spent 950 held 0 left 50
        settle h1 0.50 tokens=200                                         -> charged 0.50; headroom 97.50 by credit
        lim t                                                             -> spent 550 held 0 left 450
        release h2                                                        -> charged 0.00; headroom 98.50 by credit
        lim t                                                             -> spent 250 held 0 left 750
        now 2026-11-22T14:02:00Z                                          -> t rolls
        # Too late for the minute, which has rolled on; in time for the day.
        settle h3 0.50 tokens=90                                          -> charged 0.50; headroom 99.00 by credit
        lim t                                                             -> spent 0 held 0 left 1000
        lim d                                                             -> spent 290 held 0 left 4710
        ",
    );
}

#[test]
fn dollars_roll_as_well() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit h key:k 10.00 rolling/3600                                  -> done h
        take h1 k 6.00                                                    -> granted 6.00
        settle h1 6.00                                                    -> charged 6.00; headroom 4.00 by h
        now 2026-11-22T14:30:00Z                                          -> nothing
        take h2 k 3.00                                                    -> granted 3.00
        take h3 k 2.00 wait                                               -> wait
        settle h2 3.00                                                    -> charged 3.00; headroom 1.00 by h
        take h3 k 2.00 wait                                               -> refused by h for good, needs 2.00 of 1.00, fits at 2026-11-22T15:00:56.25Z
        take h4 k 8.00 wait                                               -> refused by h for good, needs 8.00 of 1.00, fits at 2026-11-22T15:30:56.25Z
        take h5 k 11.00 wait                                              -> refused by h for good, needs 11.00 of 1.00, never fits
        now 2026-11-22T15:00:56.25Z                                       -> h rolls
        lim h                                                             -> spent 3.00 held 0.00 left 7.00
        # A call that ran long counts when it ends.
        take h6 k 1.00                                                    -> granted 1.00
        now 2026-11-22T18:00:00Z                                          -> h rolls
        lim h                                                             -> spent 0.00 held 1.00 left 9.00
        settle h6 1.00                                                    -> charged 1.00; headroom 9.00 by h
        now 2026-11-22T18:59:00Z                                          -> nothing
        lim h                                                             -> spent 1.00 held 0.00 left 9.00
        now 2026-11-22T19:00:56.25Z                                       -> h rolls
        lim h                                                             -> spent 0.00 held 0.00 left 10.00
        ",
    );
}

#[test]
fn an_edit_of_a_rolling_limit_keeps_or_resets_what_was_spent() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r key:k 3requests rolling/60                                -> done r
        take h1 k 1.00                                                    -> granted 1.00
        settle h1 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        take h2 k 1.00                                                    -> granted 1.00
        change r 2requests keep                                           -> done
        lim r                                                             -> spent 1 held 1 left 0
        change r - reset                                                  -> done
        lim r                                                             -> spent 0 held 1 left 1
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        lim r                                                             -> spent 1 held 0 left 1
        now 2026-11-22T14:01:00Z                                          -> nothing
        now 2026-11-22T14:01:01Z                                          -> r rolls
        lim r                                                             -> spent 0 held 0 left 2
        ",
    );
}

#[test]
fn requests_and_tokens_count_in_calendar_windows_too() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r key:k 2requests day                                       -> done r
        limit t key:k 900tokens week                                      -> done t
        take h1 k 1.00 tokens=400                                         -> granted 1.00
        settle h1 1.00 tokens=500                                         -> charged 1.00; headroom 99.00 by credit
        take h2 k 1.00 tokens=400                                         -> granted 1.00
        take h3 k 1.00                                                    -> refused by r for good, needs 1 of 0
        now 2026-11-23T00:00:00Z                                          -> r opens 2026-11-23T00:00:00Z, t opens 2026-11-23T00:00:00Z
        lim r                                                             -> spent 0 held 0 left 2
        lim t                                                             -> spent 0 held 0 left 900
        ",
    );
}

#[test]
fn rates_that_cannot_be_are_rejected() {
    check(
        "
        limit r org 5requests rolling/0                                   -> rejected: window.seconds: must be from 1 to 31622400 (366 days)
        limit r org 5requests rolling/31622401                            -> rejected: window.seconds: must be from 1 to 31622400 (366 days)
        limit r org -5requests rolling/60                                 -> rejected: amount: must not be negative
        limit r org 1000000000000001tokens rolling/60                     -> rejected: amount: is more than an organization can ever spend
        limit r org 5requests day until=2026-11-22T14:00:00Z              -> rejected: until_at: is over already
        limit r org 5requests day by=operator                             -> rejected: scope: must be all calls and US dollars where the operator sets it
        limit r org 5requests rolling/31622400                            -> done r
        ",
    );
}

#[test]
fn when_a_call_fits_again_minds_the_end_of_a_raise_and_of_the_limit() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r key:k 1requests rolling/60                                -> done r
        change r 2requests keep until=2026-11-22T14:00:30Z                -> done
        take h1 k 1.00                                                    -> granted 1.00
        settle h1 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        now 2026-11-22T14:00:10Z                                          -> nothing
        take h2 k 1.00                                                    -> granted 1.00
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        # When the first one leaves the raise is over, and there is room for one call only.
        take h3 k 1.00                                                    -> refused by r for good, needs 1 of 0, fits at 2026-11-22T14:01:10.3125Z
        delete r                                                          -> done
        limit e key:k 0requests rolling/3600 until=2026-11-22T14:05:00Z   -> done e
        take h3 k 1.00                                                    -> refused by e for good, needs 1 of 0, fits at 2026-11-22T14:05:00Z
        now 2026-11-22T14:05:00Z                                          -> e ends
        take h3 k 1.00                                                    -> granted 1.00
        ",
    );
}

#[test]
fn a_call_that_costs_nothing_is_cut_down_to_the_tokens_left_where_everything_is_overdrawn() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 1.00                                                    -> granted 1.00
        settle h1 2.00                                                    -> charged 2.00, overrun 1.00; headroom 0.00 by credit
        limit t org 100tokens day                                         -> done t
        take h2 k 0.00+0.00x200..10 tokens=20+1                           -> fitted 0.00 for 80 units
        ",
    );
}
