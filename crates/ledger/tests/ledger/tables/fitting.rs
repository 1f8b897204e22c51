//! A call that does not fit whole is cut down to what fits, never below its floor.

use super::script::check;

#[test]
fn a_call_is_fitted_to_the_last_unit_that_fits() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 0.10+0.02x45..10                                        -> granted 1.00
        release h1                                                        -> charged 0.00; headroom 1.00 by credit
        take h2 k 0.10+0.02x46..10                                        -> fitted 1.00 for 45 units
        release h2                                                        -> charged 0.00; headroom 1.00 by credit
        # 0.90 / 0.07 is 12.86: twelve units, and the sixty thousandths stay.
        take h3 k 0.10+0.07x1000..10                                      -> fitted 0.94 for 12 units
        settle h3 0.50                                                    -> charged 0.50; headroom 0.50 by credit
        take h4 k 0.10+0.04x1000..10                                      -> fitted 0.50 for 10 units
        sums                                                              -> spent 0.50 held 0.50 left 0.00
        ",
    );
}

#[test]
fn a_call_is_never_fitted_below_its_floor() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 0.10+0.09x1000..10                                      -> fitted 1.00 for 10 units
        release h1                                                        -> charged 0.00; headroom 1.00 by credit
        take h1 k 0.10+0.09x1000..11                                      -> refused by credit for good, needs 90.10 or 1.09 of 1.00
        # A floor above what was asked for is what was asked for.
        take h1 k 0.10+0.09x5..11                                         -> granted 0.55
        ",
    );
}

#[test]
fn a_call_that_may_not_be_fitted_is_granted_whole_or_not_at_all() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 0.10+0.09x10..1never                                    -> granted 1.00
        release h1                                                        -> charged 0.00; headroom 1.00 by credit
        take h1 k 0.10+0.09x11..1never                                    -> refused by credit for good, needs 1.09 of 1.00
        take h1 k 1.01                                                    -> refused by credit for good, needs 1.01 of 1.00
        ",
    );
}

#[test]
fn who_only_tries_is_not_fitted_and_is_told_of_the_worst_case() {
    check(
        "
        credit a 1.00                                                     -> done a
        limit l key:k 5.00 total                                          -> done l
        take h1 k 0.10+0.09x11..1 try                                     -> refused by credit for good, needs 1.09 or 0.19 of 1.00
        take h2 k 0.50                                                    -> granted 0.50
        take h1 k 0.10+0.09x10..1 try                                     -> refused by credit for now, needs 1.00 or 0.19 of 0.50
        take h1 k 0.10+0.09x4..1 try                                      -> granted 0.46
        ",
    );
}

#[test]
fn a_call_waits_before_it_is_fitted_and_is_fitted_before_it_is_refused() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 0.60                                                    -> granted 0.60
        # All of it would fit if h1 gave back.
        take h2 k 0.10+0.02x45..10 wait                                   -> wait
        take h2 k 0.10+0.02x45..10 last                                   -> fitted 0.40 for 15 units
        release h2                                                        -> charged 0.00; headroom 0.40 by credit
        # It would never fit whole: no use in waiting.
        take h2 k 0.10+0.02x46..10 wait                                   -> fitted 0.40 for 15 units
        release h2                                                        -> charged 0.00; headroom 0.40 by credit
        # Not even the floor fits now, but it would if h1 gave back.
        take h2 k 0.10+0.02x46..20 wait                                   -> wait
        take h2 k 0.10+0.02x46..20 last                                   -> refused by credit for now, needs 1.02 or 0.50 of 0.40
        take h2 k 0.10+0.02x46..46 wait                                   -> refused by credit for good, needs 1.02 of 0.40
        ",
    );
}

#[test]
fn while_others_wait_no_call_that_can_be_cut_down_takes_more_than_a_quarter() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 0.00+0.01x900..10 wait others-wait                      -> fitted 2.50 for 250 units
        # A quarter of what is left then.
        take h2 k 0.00+0.01x900..10 wait others-wait                      -> wait
        take h2 k 0.00+0.01x900..10 last others-wait                      -> fitted 1.87 for 187 units
        # Also where it would not have fitted whole, however long it waited.
        take h3 k 0.00+0.01x9000..10 wait others-wait                     -> fitted 1.40 for 140 units
        # Down to what it may be cut to, and no further.
        take h4 k 0.00+0.01x400..300 wait others-wait                     -> fitted 3.00 for 300 units
        # What is too small to share, cannot be cut, or only tries is as it was.
        take h5 k 0.00+0.01x20..10 wait others-wait                       -> granted 0.20
        take h6 k 0.50 wait others-wait                                   -> granted 0.50
        take h7 k 0.00+0.01x40..10 try others-wait                        -> granted 0.40
        sums                                                              -> spent 0.00 held 9.87 left 0.13
        ",
    );
}
