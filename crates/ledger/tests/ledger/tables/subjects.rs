//! Limits on end users and tags, on one or on each apart.

use super::script::check;

#[test]
fn each_end_user_has_a_dollar_a_day() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit e project:p 1.00 day each=user                              -> done e
        take h1 k 0.80 user=alice                                         -> granted 0.80
        settle h1 0.70                                                    -> charged 0.70; headroom 0.30 by e
        take h2 k 0.80 user=alice                                         -> refused by e for good, needs 0.80 of 0.30
        take h2 k 0.80 user=bob                                           -> granted 0.80
        take h3 k 0.30 user=bob wait                                      -> wait
        take h4 k 50.00                                                   -> granted 50.00
        lim e                                                             -> spent 0.70 held 0.80 left -0.50
        lim e user=alice                                                  -> spent 0.70 held 0.00 left 0.30
        lim e user=bob                                                    -> spent 0.00 held 0.80 left 0.20
        headroom k                                                        -> 48.50 by credit
        now 2026-11-23T00:00:00Z                                          -> e opens 2026-11-23T00:00:00Z
        lim e user=alice                                                  -> nothing
        take h5 k 0.80 user=alice                                         -> granted 0.80
        # Yesterday's hold counts nowhere any more.
        settle h2 0.80                                                    -> charged 0.80; headroom 1.00 by e
        lim e user=bob                                                    -> nothing
        presume h5                                                        -> charged 0.80; headroom 0.20 by e
        settle h5 0.10                                                    -> charged 0.10; headroom 0.90 by e
        change e - reset                                                  -> done
        lim e user=alice                                                  -> nothing
        ",
    );
}

#[test]
fn a_limit_on_one_end_user_counts_nobody_else() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit u org 2requests total user=alice                            -> done u
        take h1 k 1.00 user=alice                                         -> granted 1.00
        take h2 k 1.00 user=alice                                         -> granted 1.00
        take h3 k 1.00 user=alice                                         -> refused by u for good, needs 1 of 0
        take h3 k 1.00 user=bob                                           -> granted 1.00
        take h4 k 1.00                                                    -> granted 1.00
        lim u                                                             -> spent 0 held 2 left 0
        ",
    );
}

#[test]
fn a_tag_is_looked_for_among_all_of_a_call() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit t key:k 2.00 month tag=red                                  -> done t
        limit e key:k 3.00 month each=tag                                 -> done e
        take h1 k 1.50 tags=blue,red                                      -> granted 1.50
        take h2 k 1.50 tags=red                                           -> refused by t for now, needs 1.50 of 0.50
        take h2 k 1.50 tags=blue                                          -> granted 1.50
        take h3 k 1.50 tags=blue                                          -> refused by e for now, needs 1.50 of 0.00
        # The call with two tags counts in both, and in all once.
        lim e                                                             -> spent 0.00 held 3.00 left 0.00
        lim e tag=blue                                                    -> spent 0.00 held 3.00 left 0.00
        lim e tag=red                                                     -> spent 0.00 held 1.50 left 1.50
        settle h1 0.50                                                    -> charged 0.50; headroom 1.00 by e
        lim t                                                             -> spent 0.50 held 0.00 left 1.50
        take h3 k 1.50 tags=green,yellow                                  -> granted 1.50
        take h4 k 9.00                                                    -> granted 9.00
        ",
    );
}

#[test]
fn limits_on_a_model_and_on_users_meet_on_a_key() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit m key:k 1.00 day model=gpt-5*                               -> done m
        limit u key:k 5tokens day each=user                               -> done u
        limit k key:k 3requests day                                       -> done k
        take h1 k 1.00 model=gpt-5-mini user=alice tokens=5               -> granted 1.00
        take h2 k 1.00 model=gpt-5 user=bob tokens=5                      -> refused by m for now, needs 1.00 of 0.00
        take h2 k 1.00 model=gpt-4 user=alice tokens=5                    -> refused by u for now, needs 5 of 0
        take h2 k 1.00 model=gpt-4 user=bob tokens=5                      -> granted 1.00
        take h3 k 1.00 model=gpt-4                                        -> granted 1.00
        take h4 k 1.00 model=gpt-4                                        -> refused by k for good, needs 1 of 0
        ",
    );
}

#[test]
fn each_end_user_has_so_many_requests_a_minute() {
    check(
        "
        credit a 100.00                                                   -> done a
        limit e org 1requests rolling/60 each=user                        -> done e
        take h1 k 1.00 user=alice                                         -> granted 1.00
        settle h1 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        now 2026-11-22T14:00:30Z                                          -> nothing
        take h2 k 1.00 user=bob                                           -> granted 1.00
        settle h2 1.00                                                    -> charged 1.00; headroom 98.00 by credit
        take h3 k 1.00 user=alice                                         -> refused by e for good, needs 1 of 0, fits at 2026-11-22T14:01:00.9375Z
        take h3 k 1.00 user=bob                                           -> refused by e for good, needs 1 of 0, fits at 2026-11-22T14:01:30.9375Z
        now 2026-11-22T14:01:01Z                                          -> e rolls
        lim e user=alice                                                  -> nothing
        lim e user=bob                                                    -> spent 1 held 0 left 0
        ",
    );
}
