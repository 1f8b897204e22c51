//! What a limit does besides stopping calls: shadows, raises, ends, frozen keys, the guard.

use super::script::check;

#[test]
fn a_shadow_stops_nothing_and_counts_what_it_would_have_stopped() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit s key:k 2.00 day shadow                                     -> done s
        take h1 k 1.50                                                    -> granted 1.50
        take h2 k 1.50                                                    -> granted 1.50
        lim s                                                             -> spent 0.00 held 3.00 left -1.00 would have stopped 1
        headroom k                                                        -> 97.00 by credit
        settle h1 0.10                                                    -> charged 0.10; headroom 98.40 by credit
        settle h2 0.10                                                    -> charged 0.10; headroom 99.80 by credit
        # What it would have cut down it would not have stopped.
        take h3 k 0.10+0.10x50..5                                         -> granted 5.10
        lim s                                                             -> spent 0.20 held 5.10 left -3.30 would have stopped 1
        take h4 k 0.00                                                    -> granted 0.00
        lim s                                                             -> spent 0.20 held 5.10 left -3.30 would have stopped 1
        now 2026-11-23T00:00:00Z                                          -> s opens 2026-11-23T00:00:00Z
        lim s                                                             -> spent 0.00 held 0.00 left 2.00 would have stopped 1
        ",
    );
}

#[test]
fn a_shadow_of_rates_of_each_user_counts_a_call_once() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit s org 1requests rolling/60 shadow each=tag                  -> done s
        take h1 k 1.00 tags=a,b                                           -> granted 1.00
        take h2 k 1.00 tags=a,b                                           -> granted 1.00
        take h3 k 1.00 tags=c                                             -> granted 1.00
        lim s                                                             -> spent 0 held 3 left -2 would have stopped 1
        ",
    );
}

#[test]
fn a_raise_is_over_at_its_end_and_the_amount_is_what_it_was() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 5.00 total                                          -> done l
        take h1 k 5.00                                                    -> granted 5.00
        settle h1 5.00                                                    -> charged 5.00; headroom 0.00 by l
        change l 8.00 keep until=2026-11-22T15:00:00Z                     -> done
        headroom k                                                        -> 3.00 by l
        # A second raise ends where the first would have.
        change l 9.00 keep until=2026-11-22T16:00:00Z                     -> done
        take h2 k 4.00                                                    -> granted 4.00
        now 2026-11-22T15:59:59Z                                          -> nothing
        now 2026-11-22T16:00:00Z                                          -> l is raised no more
        # What was granted under the raise stays, and counts.
        lim l                                                             -> spent 5.00 held 4.00 left -4.00
        change l 20.00 keep until=2026-11-22T17:00:00Z                    -> done
        # An amount for good ends a raise.
        change l 10.00 keep                                               -> done
        now 2026-11-22T18:00:00Z                                          -> nothing
        lim l                                                             -> spent 5.00 held 4.00 left 1.00
        change l 9.00 keep until=2026-11-22T18:00:00Z                     -> rejected: until_at: is over already
        ",
    );
}

#[test]
fn a_reset_under_a_raise_leaves_the_raise_as_it_is() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 5.00 total                                          -> done l
        limit r key:k 5requests day                                       -> done r
        take h1 k 5.00                                                    -> granted 5.00
        settle h1 5.00                                                    -> charged 5.00; headroom 0.00 by l
        change l 8.00 keep until=2026-11-22T15:00:00Z                     -> done
        change r 8requests keep until=2026-11-22T15:00:00Z                -> done
        change l - reset                                                  -> done
        change r - reset                                                  -> done
        lim l                                                             -> spent 0.00 held 0.00 left 8.00
        lim r                                                             -> spent 0 held 0 left 8
        now 2026-11-22T15:00:00Z                                          -> l is raised no more, r is raised no more
        lim l                                                             -> spent 0.00 held 0.00 left 5.00
        lim r                                                             -> spent 0 held 0 left 5
        ",
    );
}

#[test]
fn a_limit_with_an_end_is_gone_at_it() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 1.00 day until=2026-11-25T12:00:00Z                 -> done l
        take h1 k 1.00                                                    -> granted 1.00
        now 2026-11-23T00:00:00Z                                          -> l opens 2026-11-23T00:00:00Z
        take h2 k 1.00                                                    -> granted 1.00
        take h3 k 1.00 wait                                               -> wait
        now 2026-11-25T12:00:00Z                                          -> l ends
        lim l                                                             -> gone
        take h3 k 50.00                                                   -> granted 50.00
        settle h1 1.00                                                    -> charged 1.00; headroom 48.00 by credit
        settle h2 1.00                                                    -> charged 1.00; headroom 48.00 by credit
        ",
    );
}

#[test]
fn a_limit_that_freezes_does_so_where_it_refuses_for_good() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit l key:k 5.00 day freezes                                    -> done l
        take h1 k 4.00                                                    -> granted 4.00
        # Not while held money may come back, and not where the caller only tries.
        take h2 k 3.00 wait                                               -> wait
        take h2 k 3.00 last                                               -> refused by l for now, needs 3.00 of 1.00
        take h2 k 6.00 try                                                -> refused by l for good, needs 6.00 of 1.00
        settle h1 4.00                                                    -> charged 4.00; headroom 1.00 by l
        take h2 k 3.00 last                                               -> refused by l for good, needs 3.00 of 1.00; k freezes
        take h2 k 0.10 last                                               -> key frozen: the limit lim_3c000000000000000000000000 was reached, which freezes the key
        unfreeze k                                                        -> done
        take h2 k 0.10 last                                               -> granted 0.10
        ",
    );
}

#[test]
fn the_guard_refuses_nothing_and_freezes_the_key_that_spends_too_fast() {
    check(
        "
        credit a 100.00                                                   -> done a
        key j p                                                           -> done j
        limit g org 5.00 rolling/60 by=guard freezes                      -> done g
        take h1 k 9.00                                                    -> granted 9.00
        take h2 k 9.00                                                    -> granted 9.00
        headroom k                                                        -> 82.00 by credit
        settle h1 5.00                                                    -> charged 5.00; headroom 86.00 by credit
        # The charge that comes past the amount freezes its key, in the same decision.
        settle h2 0.01                                                    -> charged 0.01; headroom 94.99 by credit; k freezes
        lim g                                                             -> spent 5.01 held 0.00 left -0.01
        # Another key goes on calling, and is frozen only by a charge of its own.
        take h3 j 2.00                                                    -> granted 2.00
        unfreeze k                                                        -> done
        take h4 k 2.00                                                    -> granted 2.00
        now 2026-11-22T14:02:00Z                                          -> g rolls
        settle h3 2.00                                                    -> charged 2.00; headroom 90.99 by credit
        settle h4 2.00                                                    -> charged 2.00; headroom 90.99 by credit
        take h5 k 4.00                                                    -> granted 4.00
        presume h5                                                        -> charged 4.00; headroom 86.99 by credit; k freezes
        ",
    );
}

#[test]
fn a_guard_that_looks_at_each_key_freezes_none_for_what_another_spent() {
    check(
        "
        credit a 100.00                                                   -> done a
        key j p                                                           -> done j
        limit g org 5.00 rolling/60 by=guard freezes each=key             -> done g
        take h1 k 9.00                                                    -> granted 9.00
        settle h1 6.00                                                    -> charged 6.00; headroom 94.00 by credit; k freezes
        take h2 j 4.00                                                    -> granted 4.00
        settle h2 4.00                                                    -> charged 4.00; headroom 90.00 by credit
        take h3 j 2.00                                                    -> granted 2.00
        settle h3 1.00                                                    -> charged 1.00; headroom 89.00 by credit
        take h4 j 2.00                                                    -> granted 2.00
        settle h4 0.01                                                    -> charged 0.01; headroom 88.99 by credit; j freezes
        limit x org 5.00 rolling/60 each=key                              -> rejected: scope: must be all calls and US dollars where the operator sets it
        ",
    );
}

#[test]
fn a_limit_that_can_never_bind_is_told_by_the_one_that_covers_it() {
    check(
        "
        limit m project:p 10.00 month                                     -> done m
        covered x key:k 10.00 month                                       -> m
        covered x key:k 10.00 day                                         -> m
        covered x key:k 9.99 day                                          -> no
        covered x key:k 10.00 day/Asia/Tokyo                              -> no
        covered x project:p 20.00 month model=gpt-5                       -> m
        covered x org 20.00 month                                         -> no
        covered x key:k 20.00 total                                       -> no
        covered x key:k 20requests month                                  -> no
        limit r org 5requests rolling/600                                 -> done r
        covered x org 5requests rolling/600                               -> r
        covered x org 5requests rolling/60                                -> r
        # In its last slot the shorter one still counts what the longer one has let go.
        covered x org 5requests rolling/599                               -> no
        covered x org 5requests rolling/590                               -> r
        change m 9.00 keep until=2026-11-23T00:00:00Z                     -> done
        covered x key:k 10.00 month                                       -> no
        limit s org 1requests rolling/999 shadow                          -> done s
        covered x org 5requests rolling/700                               -> no
        ",
    );
}
