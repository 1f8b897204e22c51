//! Charges that freeze a key: whoever makes them, and what a call that never was made gives back.

use super::script::check;

#[test]
fn holds_that_are_presumed_together_freeze_the_key_that_they_take_past_its_guard() {
    check(
        "
        credit a 100.00                                                   -> done a
        key j p                                                           -> done j
        limit g org 5.00 rolling/60 by=guard freezes each=key             -> done g
        take h1 k 3.00 node=n boot=1                                      -> granted 3.00
        take h2 k 3.00 node=n boot=1                                      -> granted 3.00
        take h3 k 3.00 node=n boot=1                                      -> granted 3.00
        take h4 j 5.00 node=n boot=1                                      -> granted 5.00
        # Each of them fits for itself; together those of one key do not, and the key freezes once.
        presume-boots n 2 10                                              -> presumed 4 of 14.00; k freezes
        lim g                                                             -> spent 14.00 held 0.00 left -9.00
        ",
    );
}

#[test]
fn holds_past_their_deadline_freeze_as_well() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit g org 5.00 rolling/60 by=guard freezes each=key             -> done g
        take h1 k 9.00 deadline=2026-11-22T14:10:00Z                      -> granted 9.00
        now 2026-11-22T14:10:00Z                                          -> nothing
        presume-overdue 10                                                -> presumed 1 of 9.00; k freezes
        ",
    );
}

#[test]
fn a_correction_freezes_by_what_it_adds_while_the_presumption_counts() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit g org 5.00 rolling/60 by=guard freezes each=key             -> done g
        take h1 k 4.00                                                    -> granted 4.00
        take h2 k 1.00                                                    -> granted 1.00
        presume h1                                                        -> charged 4.00; headroom 95.00 by credit
        settle h2 1.00                                                    -> charged 1.00; headroom 95.00 by credit
        # Less than was presumed takes nothing past anything.
        settle h1 4.01                                                    -> charged 4.01, overrun 0.01; headroom 94.99 by credit; k freezes
        unfreeze k                                                        -> done
        take h3 k 2.00                                                    -> granted 2.00
        now 2026-11-22T14:02:00Z                                          -> g rolls
        presume h3                                                        -> charged 2.00; headroom 92.99 by credit
        now 2026-11-22T14:04:00Z                                          -> g rolls
        # What was presumed has left the window, and a correction adds nothing to it.
        settle h3 9.00                                                    -> charged 9.00, overrun 7.00; headroom 85.99 by credit
        ",
    );
}

#[test]
fn an_overrun_freezes_where_the_owners_limit_does() {
    check(
        "
        credit a 100.00                                                   -> done a
        key j p                                                           -> done j
        limit l key:k 5.00 day freezes                                    -> done l
        limit m key:j 5.00 day freezes shadow                             -> done m
        take h1 k 5.00                                                    -> granted 5.00
        # All of a limit is not more than it.
        settle h1 5.00                                                    -> charged 5.00; headroom 0.00 by l
        change l 8.00 keep                                                -> done
        take h2 k 3.00                                                    -> granted 3.00
        settle h2 3.01                                                    -> charged 3.01, overrun 0.01; headroom 0.00 by l; k freezes
        # A shadow freezes nobody.
        take h3 j 5.00                                                    -> granted 5.00
        settle h3 6.00                                                    -> charged 6.00, overrun 1.00; headroom 85.99 by credit
        ",
    );
}

#[test]
fn tokens_beyond_a_freezing_limit_of_each_user_freeze_the_key_of_that_call() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit t org 100tokens rolling/60 freezes each=user                -> done t
        take h1 k 1.00 tokens=100 user=ann                                -> granted 1.00
        take h2 k 1.00 tokens=100 user=bob                                -> granted 1.00
        settle h1 1.00 tokens=100                                         -> charged 1.00; headroom 98.00 by credit
        settle h2 1.00 tokens=101                                         -> charged 1.00; headroom 98.00 by credit; k freezes
        ",
    );
}

#[test]
fn a_presumed_call_that_never_was_made_gives_back_its_request_where_it_counts() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit m org 9requests rolling/60                                  -> done m
        limit d org 9requests day each=user                               -> done d
        limit t org 900tokens day                                         -> done t
        take h1 k 1.00 tokens=100 user=ann                                -> granted 1.00
        take h2 k 1.00 tokens=100 user=ann                                -> granted 1.00
        take h3 k 1.00 tokens=100 user=ann                                -> granted 1.00
        presume h1                                                        -> charged 1.00; headroom 97.00 by credit
        presume h2                                                        -> charged 1.00; headroom 97.00 by credit
        presume h3                                                        -> charged 1.00; headroom 97.00 by credit
        lim m                                                             -> spent 3 held 0 left 6
        release h1                                                        -> charged 0.00; headroom 98.00 by credit
        lim m                                                             -> spent 2 held 0 left 7
        lim d user=ann                                                    -> spent 2 held 0 left 7
        lim t                                                             -> spent 200 held 0 left 700
        # A real cost of nothing is one of a call that was made.
        settle h2 0.00 tokens=0                                           -> charged 0.00; headroom 99.00 by credit
        lim m                                                             -> spent 2 held 0 left 7
        lim t                                                             -> spent 100 held 0 left 800
        now 2026-11-22T14:02:00Z                                          -> m rolls
        release h3                                                        -> charged 0.00; headroom 100.00 by credit
        lim m                                                             -> spent 0 held 0 left 9
        lim d user=ann                                                    -> spent 1 held 0 left 8
        # Once it is given back, nothing changes.
        release h3                                                        -> unchanged 0.00
        settle h3 1.00                                                    -> unchanged 0.00
        lot a                                                             -> spent 0.00 held 0.00 left 100.00
        ",
    );
}

#[test]
fn what_was_forgotten_by_an_edit_is_not_given_back_a_second_time() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit r key:k 9requests day                                       -> done r
        take h1 k 1.00                                                    -> granted 1.00
        presume h1                                                        -> charged 1.00; headroom 99.00 by credit
        change r 9requests reset                                          -> done
        take h2 k 1.00                                                    -> granted 1.00
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        release h1                                                        -> charged 0.00; headroom 99.00 by credit
        lim r                                                             -> spent 1 held 0 left 8
        ",
    );
}
