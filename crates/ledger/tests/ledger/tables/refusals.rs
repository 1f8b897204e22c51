//! Which check stops a call, and whether for good.

use super::script::check;

#[test]
fn the_check_with_the_least_left_binds() {
    check(
        "
        credit a 4.00                                                     -> done a
        limit lk key:k 3.00 total                                         -> done lk
        limit lp project:p 2.00 total                                     -> done lp
        limit lo org 1.00 total                                           -> done lo
        take h1 k 5.00                                                    -> refused by lo for good, needs 5.00 of 1.00
        change lo 9.00 keep                                               -> done
        take h1 k 5.00                                                    -> refused by lp for good, needs 5.00 of 2.00
        change lp 9.00 keep                                               -> done
        take h1 k 5.00                                                    -> refused by lk for good, needs 5.00 of 3.00
        change lk 9.00 keep                                               -> done
        take h1 k 5.00                                                    -> refused by credit for good, needs 5.00 of 4.00
        take h1 k 4.00                                                    -> granted 4.00
        ",
    );
}

#[test]
fn ties_go_to_the_key_then_the_project_then_the_organization_then_the_credit() {
    check(
        "
        credit a 2.00                                                     -> done a
        limit a org 2.00 total                                            -> done a
        limit b project:p 2.00 total                                      -> done b
        limit c key:k 2.00 total                                          -> done c
        headroom k                                                        -> 2.00 by c
        take h1 k 3.00                                                    -> refused by c for good, needs 3.00 of 2.00
        delete c                                                          -> done
        headroom k                                                        -> 2.00 by b
        take h1 k 3.00                                                    -> refused by b for good, needs 3.00 of 2.00
        delete b                                                          -> done
        headroom k                                                        -> 2.00 by a
        take h1 k 3.00                                                    -> refused by a for good, needs 3.00 of 2.00
        delete a                                                          -> done
        headroom k                                                        -> 2.00 by credit
        take h1 k 3.00                                                    -> refused by credit for good, needs 3.00 of 2.00
        ",
    );
}

#[test]
fn held_money_alone_makes_a_refusal_one_for_now() {
    check(
        "
        credit a 10.00                                                    -> done a
        limit lk key:k 5.00 total                                         -> done lk
        take h1 k 4.00                                                    -> granted 4.00
        take h2 k 3.00 wait                                               -> wait
        take h2 k 3.00 last                                               -> refused by lk for now, needs 3.00 of 1.00
        take h2 k 5.00 last                                               -> refused by lk for now, needs 5.00 of 1.00
        take h2 k 5.01 wait                                               -> refused by lk for good, needs 5.01 of 1.00
        settle h1 4.00                                                    -> charged 4.00; headroom 1.00 by lk
        take h2 k 3.00 wait                                               -> refused by lk for good, needs 3.00 of 1.00
        ",
    );
}

#[test]
fn a_check_that_stops_for_good_binds_although_another_has_less_left_for_now() {
    check(
        "
        credit a 10.00                                                    -> done a
        limit lk key:k 5.00 total                                         -> done lk
        limit lo org 4.00 total                                           -> done lo
        key k2 p                                                          -> done k2
        take h1 k2 3.50                                                   -> granted 3.50
        # The organization has 0.50 left and may get 3.50 back; the key's 5.00 suffice never.
        change lo 6.00 keep                                               -> done
        take h2 k 5.50 last                                               -> refused by lk for good, needs 5.50 of 5.00
        take h2 k 4.50 last                                               -> refused by lo for now, needs 4.50 of 2.50
        # Both would stop it for good: the one with less left binds.
        take h2 k 6.50 last                                               -> refused by lo for good, needs 6.50 of 2.50
        ",
    );
}

#[test]
fn an_organization_without_credit_grants_only_what_costs_nothing() {
    check(
        "
        take h1 k 0.000000001                                             -> refused by credit for good, needs 0.000000001 of 0.00
        take h1 k 0.00                                                    -> granted 0.00
        take h1 k 0.00                                                    -> rejected: this hold exists already
        settle h1 0.00                                                    -> charged 0.00; headroom 0.00 by credit
        ",
    );
}
