//! Budgets: what counts in them, and what they tell. They never stop a call (P7).

use super::script::check;

#[test]
fn a_budget_tells_each_threshold_once_and_stops_nothing() {
    check(
        "
        credit a 100.00                                                   -> done a
        budget b key:k 10.00 month at=100,50,80                           -> done b
        take h1 k 9.00                                                    -> granted 9.00
        # Held money is not spent yet.
        bud b                                                             -> spent 0.00 of 10.00 told []
        settle h1 4.99                                                    -> charged 4.99; headroom 95.01 by credit
        take h2 k 1.00                                                    -> granted 1.00
        settle h2 0.01                                                    -> charged 0.01; headroom 95.00 by credit; b tells 50% at 5.00
        settle h2 0.01                                                    -> unchanged 0.00
        take h3 k 20.00                                                   -> granted 20.00
        settle h3 20.00                                                   -> charged 20.00; headroom 75.00 by credit; b tells 80% at 25.00; b tells 100% at 25.00
        take h4 k 75.00                                                   -> granted 75.00
        presume h4                                                        -> charged 75.00; headroom 0.00 by credit
        bud b                                                             -> spent 100.00 of 10.00 told [50, 80, 100]
        take h5 k 0.01                                                    -> refused by credit for good, needs 0.01 of 0.00
        ",
    );
}

#[test]
fn a_correction_that_lowers_spending_does_not_make_a_budget_tell_twice() {
    check(
        "
        credit a 100.00                                                   -> done a
        budget b org 10.00 total at=50,90                                 -> done b
        take h1 k 6.00                                                    -> granted 6.00
        presume h1                                                        -> charged 6.00; headroom 94.00 by credit; b tells 50% at 6.00
        settle h1 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        bud b                                                             -> spent 1.00 of 10.00 told [50]
        take h2 k 5.00                                                    -> granted 5.00
        settle h2 5.00                                                    -> charged 5.00; headroom 94.00 by credit
        take h3 k 1.00                                                    -> granted 1.00
        presume h3                                                        -> charged 1.00; headroom 93.00 by credit
        # A correction upwards tells like a charge.
        settle h3 3.00                                                    -> charged 3.00, overrun 2.00; headroom 91.00 by credit; b tells 90% at 9.00
        take h4 k 1.00                                                    -> granted 1.00
        release h4                                                        -> charged 0.00; headroom 91.00 by credit
        bud b                                                             -> spent 9.00 of 10.00 told [50, 90]
        ",
    );
}

#[test]
fn a_charge_counts_in_the_window_its_hold_was_taken_in_and_not_before_the_budget_was_there() {
    check(
        "
        credit a 100.00                                                   -> done a
        take h0 k 1.00                                                    -> granted 1.00
        budget b project:p 10.00 day at=10                                -> done b
        settle h0 1.00                                                    -> charged 1.00; headroom 99.00 by credit
        bud b                                                             -> spent 0.00 of 10.00 told []
        take h1 k 1.00                                                    -> granted 1.00
        take h2 k 2.00                                                    -> granted 2.00
        settle h1 1.00                                                    -> charged 1.00; headroom 96.00 by credit; b tells 10% at 1.00
        now 2026-11-23T00:00:00Z                                          -> b opens 2026-11-23T00:00:00Z
        bud b                                                             -> spent 0.00 of 10.00 told []
        settle h2 2.00                                                    -> charged 2.00; headroom 96.00 by credit
        bud b                                                             -> spent 0.00 of 10.00 told []
        take h3 k 2.00                                                    -> granted 2.00
        presume h3                                                        -> charged 2.00; headroom 94.00 by credit; b tells 10% at 2.00
        now 2026-11-24T00:00:00Z                                          -> b opens 2026-11-24T00:00:00Z
        settle h3 9.00                                                    -> charged 9.00, overrun 7.00; headroom 87.00 by credit
        bud b                                                             -> spent 0.00 of 10.00 told []
        # Deleted and made again it counts from its new beginning.
        take h4 k 2.00                                                    -> granted 2.00
        delete-budget b                                                   -> done
        bud b                                                             -> gone
        budget b project:p 10.00 day at=10                                -> done b
        settle h4 2.00                                                    -> charged 2.00; headroom 85.00 by credit
        bud b                                                             -> spent 0.00 of 10.00 told []
        ",
    );
}

#[test]
fn budgets_count_the_calls_of_their_scope_alone() {
    check(
        "
        credit a 100.00                                                   -> done a
        project q                                                         -> done q
        key k2 p                                                          -> done k2
        key k3 q                                                          -> done k3
        budget bk key:k 10.00 total at=10                                 -> done bk
        budget bo org 10.00 total at=40                                   -> done bo
        budget bp project:p 10.00 total at=20,30                          -> done bp
        take h1 k 1.00                                                    -> granted 1.00
        take h2 k2 2.00                                                   -> granted 2.00
        take h3 k3 1.00                                                   -> granted 1.00
        settle h1 1.00                                                    -> charged 1.00; headroom 96.00 by credit; bk tells 10% at 1.00
        settle h2 2.00                                                    -> charged 2.00; headroom 96.00 by credit; bp tells 20% at 3.00; bp tells 30% at 3.00
        settle h3 1.00                                                    -> charged 1.00; headroom 96.00 by credit; bo tells 40% at 4.00
        bud bk                                                            -> spent 1.00 of 10.00 told [10]
        bud bp                                                            -> spent 3.00 of 10.00 told [20, 30]
        bud bo                                                            -> spent 4.00 of 10.00 told [40]
        ",
    );
}

#[test]
fn charges_presumed_together_tell_each_threshold_once_with_the_sum_so_far() {
    check(
        "
        credit a 100.00                                                   -> done a
        budget b org 4.00 total at=50,75,100                              -> done b
        take h1 k 1.00 boot=b1                                            -> granted 1.00
        take h2 k 1.00 boot=b1                                            -> granted 1.00
        take h3 k 1.00 boot=b1                                            -> granted 1.00
        presume-boots n b2 100                                            -> presumed 3 of 3.00; b tells 50% at 2.00; b tells 75% at 3.00
        bud b                                                             -> spent 3.00 of 4.00 told [50, 75]
        ",
    );
}

#[test]
fn an_edit_tells_what_is_reached_already_and_arms_again_what_is_not() {
    check(
        "
        credit a 100.00                                                   -> done a
        budget b org 10.00 month at=50,100                                -> done b
        take h1 k 6.00                                                    -> granted 6.00
        settle h1 6.00                                                    -> charged 6.00; headroom 94.00 by credit; b tells 50% at 6.00
        change-budget b 5.00                                              -> done; b tells 100% at 6.00
        # Out of reach again: half of twenty dollars has not been spent.
        change-budget b 20.00                                             -> done
        bud b                                                             -> spent 6.00 of 20.00 told []
        take h2 k 4.00                                                    -> granted 4.00
        settle h2 4.00                                                    -> charged 4.00; headroom 90.00 by credit; b tells 50% at 10.00
        change-budget b - at=20,50,60                                     -> done; b tells 20% at 10.00
        bud b                                                             -> spent 10.00 of 20.00 told [20, 50]
        change-budget b - at=60                                           -> done
        bud b                                                             -> spent 10.00 of 20.00 told []
        ",
    );
}

#[test]
fn budgets_that_cannot_be_are_rejected() {
    check(
        "
        budget b key:none 1.00 day at=50                                  -> rejected: there is no such key
        budget b project:none 1.00 day at=50                              -> rejected: there is no such project
        budget b org 0.00 day at=50                                       -> rejected: amount_usd: must be more than 0
        budget b org 5000000000.00 day at=50                              -> rejected: amount_usd: is more than an organization can ever spend
        budget b org 1.00 day/Mars/Olympus at=50                          -> rejected: time_zone: is not an IANA time zone
        budget b org 1.00 day                                             -> rejected: thresholds: must have at least one percentage
        budget b org 1.00 day at=0,50                                     -> rejected: thresholds: must be whole percentages from 1 to 1000
        budget b org 1.00 day at=1001                                     -> rejected: thresholds: must be whole percentages from 1 to 1000
        budget b org 1.00 day at=50,50                                    -> rejected: thresholds: must not have the same percentage twice
        budget b org 1.00 day at=1,2,3,4,5,6,7,8,9,10,11                  -> rejected: an organization cannot have more than 10 thresholds on one budget
        budget b org 1.00 day at=1,2,3,4,5,6,7,8,9,1000 idem=x/y          -> done b
        budget c org 1.00 day at=1,2,3,4,5,6,7,8,9,1000 idem=x/y          -> unchanged b
        budget b org 1.00 day at=50                                       -> rejected: this budget exists already
        change-budget b 0.00                                              -> rejected: amount_usd: must be more than 0
        change-budget b - at=0                                            -> rejected: thresholds: must be whole percentages from 1 to 1000
        change-budget c 1.00                                              -> rejected: there is no such budget
        delete-budget b                                                   -> done
        delete-budget b                                                   -> rejected: there is no such budget
        ",
    );
}
