//! Lots: in which order they pay, how they lapse, how they are taken back, what they owe.

use super::script::check;

#[test]
fn lots_pay_by_priority_then_soonest_to_lapse_then_oldest() {
    // Their names sort in no such order.
    check(
        "
        credit m 1.00                                                     -> done m
        credit a 1.00 lapses=2027-06-01T00:00:00Z                         -> done a
        credit n 1.00 lapses=2027-01-01T00:00:00Z                         -> done n
        credit z 1.00 priority=50                                         -> done z
        now 2026-11-22T14:00:01Z                                          -> nothing
        credit b 1.00                                                     -> done b
        take h1 k 0.40                                                    -> granted 0.40
        lot z                                                             -> spent 0.00 held 0.40 left 0.60
        take h2 k 1.00                                                    -> granted 1.00
        lot z                                                             -> spent 0.00 held 1.00 left 0.00
        lot n                                                             -> spent 0.00 held 0.40 left 0.60
        take h3 k 2.00                                                    -> granted 2.00
        lot n                                                             -> spent 0.00 held 1.00 left 0.00
        lot a                                                             -> spent 0.00 held 1.00 left 0.00
        lot m                                                             -> spent 0.00 held 0.40 left 0.60
        lot b                                                             -> spent 0.00 held 0.00 left 1.00
        # The part held in z is charged before the part held in n.
        settle h2 0.70                                                    -> charged 0.70; headroom 1.90 by credit
        lot z                                                             -> spent 0.60 held 0.40 left 0.00
        lot n                                                             -> spent 0.10 held 0.60 left 0.30
        sums                                                              -> spent 0.70 held 2.40 left 1.90
        ",
    );
}

#[test]
fn credit_lapses_on_time_but_what_is_held_only_when_given_back() {
    check(
        "
        credit a 10.00 lapses=2026-11-22T15:00:00Z                        -> done a
        take h1 k 4.00                                                    -> granted 4.00
        take h2 k 3.00                                                    -> granted 3.00
        now 2026-11-22T14:59:59Z                                          -> nothing
        now 2026-11-22T15:00:00Z                                          -> a lapses 3.00
        now 2026-11-22T15:00:00Z                                          -> nothing
        lot a                                                             -> spent 0.00 held 7.00 left 0.00 lapsed 3.00
        take h3 k 0.01                                                    -> refused by credit for now, needs 0.01 of 0.00
        settle h1 1.00                                                    -> charged 1.00; headroom 0.00 by credit
        lot a                                                             -> spent 1.00 held 3.00 left 0.00 lapsed 6.00
        release h2                                                        -> charged 0.00; headroom 0.00 by credit
        lot a                                                             -> spent 1.00 held 0.00 left 0.00 lapsed 9.00
        credit b 1.00 lapses=2026-11-22T15:00:00Z                         -> rejected: lapses_at: is in the past
        ",
    );
}

#[test]
fn a_correction_gives_back_to_a_lot_whose_time_is_over_and_it_lapses() {
    check(
        "
        credit a 10.00 lapses=2026-11-22T15:00:00Z                        -> done a
        take h1 k 4.00                                                    -> granted 4.00
        presume h1                                                        -> charged 4.00; headroom 6.00 by credit
        now 2026-11-23T00:00:00Z                                          -> a lapses 6.00
        settle h1 1.50                                                    -> charged 1.50; headroom 0.00 by credit
        lot a                                                             -> spent 1.50 held 0.00 left 0.00 lapsed 8.50
        ",
    );
}

#[test]
fn a_void_takes_what_is_left_and_no_more() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 4.00                                                    -> granted 4.00
        void a                                                            -> done
        lot a                                                             -> spent 0.00 held 4.00 left 0.00 voided 6.00
        take h2 k 0.01                                                    -> refused by credit for now, needs 0.01 of 0.00
        void a                                                            -> rejected: this lot of credit cannot be changed any more: it is empty
        settle h1 4.00                                                    -> charged 4.00; headroom 0.00 by credit
        lot a                                                             -> spent 4.00 held 0.00 left 0.00 voided 6.00
        take h2 k 0.01                                                    -> refused by credit for good, needs 0.01 of 0.00
        void b                                                            -> rejected: there is no such lot of credit
        ",
    );
}

#[test]
fn an_overrun_takes_other_credit_first_and_then_owes() {
    check(
        "
        credit a 2.00                                                     -> done a
        credit b 1.00                                                     -> done b
        take h1 k 2.00                                                    -> granted 2.00
        settle h1 2.50                                                    -> charged 2.50, overrun 0.50; headroom 0.50 by credit
        lot a                                                             -> spent 2.00 held 0.00 left 0.00
        lot b                                                             -> spent 0.50 held 0.00 left 0.50
        take h2 k 0.50                                                    -> granted 0.50
        settle h2 1.75                                                    -> charged 1.75, overrun 1.25; headroom 0.00 by credit
        lot b                                                             -> spent 2.25 held 0.00 left 0.00 owed 1.25
        take h3 k 0.000000001                                             -> refused by credit for good, needs 0.000000001 of -1.25
        ",
    );
}

#[test]
fn new_credit_pays_what_is_owed_first() {
    check(
        "
        credit a 1.00                                                     -> done a
        take h1 k 1.00                                                    -> granted 1.00
        settle h1 4.00                                                    -> charged 4.00, overrun 3.00; headroom 0.00 by credit
        credit b 1.00                                                     -> done b
        lot a                                                             -> spent 3.00 held 0.00 left 0.00 owed 2.00
        lot b                                                             -> spent 1.00 held 0.00 left 0.00
        take h2 k 0.01                                                    -> refused by credit for good, needs 0.01 of -2.00
        credit c 5.00                                                     -> done c
        lot a                                                             -> spent 1.00 held 0.00 left 0.00
        lot c                                                             -> spent 2.00 held 0.00 left 3.00
        sums                                                              -> spent 4.00 held 0.00 left 3.00
        take h2 k 3.00                                                    -> granted 3.00
        ",
    );
}

#[test]
fn what_is_owed_stops_calls_although_another_lot_has_something_left() {
    check(
        "
        credit a 1.00                                                     -> done a
        credit b 2.00                                                     -> done b
        take h1 k 3.00                                                    -> granted 3.00
        take h2 k 0.00                                                    -> granted 0.00
        settle h2 0.50                                                    -> charged 0.50, overrun 0.50; headroom 0.00 by credit
        release h1                                                        -> charged 0.00; headroom 2.50 by credit
        take h3 k 2.50                                                    -> granted 2.50
        settle h3 4.00                                                    -> charged 4.00, overrun 1.50; headroom 0.00 by credit
        sums                                                              -> spent 4.50 held 0.00 left 0.00 owed 1.50
        take h4 k 1.00                                                    -> refused by credit for good, needs 1.00 of -1.50
        ",
    );
}

#[test]
fn a_correction_moves_the_charge_within_its_lots_and_beyond() {
    check(
        "
        credit a 2.00                                                     -> done a
        credit b 2.00                                                     -> done b
        take h1 k 3.00                                                    -> granted 3.00
        presume h1                                                        -> charged 3.00; headroom 1.00 by credit
        settle h1 2.50                                                    -> charged 2.50; headroom 1.50 by credit
        lot a                                                             -> spent 2.00 held 0.00 left 0.00
        lot b                                                             -> spent 0.50 held 0.00 left 1.50
        take h2 k 1.00                                                    -> granted 1.00
        presume h2                                                        -> charged 1.00; headroom 0.50 by credit
        settle h2 2.00                                                    -> charged 2.00, overrun 1.00; headroom 0.00 by credit
        lot b                                                             -> spent 2.50 held 0.00 left 0.00 owed 0.50
        ",
    );
}

#[test]
fn credit_that_cannot_be_is_rejected() {
    check(
        "
        credit a 0.00                                                     -> rejected: amount_usd: must be more than 0
        credit a -1.00                                                    -> rejected: amount_usd: must be more than 0
        credit a 4611686018.427387904                                     -> rejected: amount_usd: is more than an organization can ever have
        credit a 4611686018.427387903                                     -> done a
        credit a 1.00                                                     -> rejected: amount_usd: is more than an organization can ever have
        credit b 0.000000001                                              -> rejected: amount_usd: is more than an organization can ever have
        ",
    );
}

#[test]
fn a_chargeback_takes_what_is_left_and_what_was_spent_is_owed() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 6.00                                                    -> granted 6.00
        settle h1 6.00                                                    -> charged 6.00; headroom 4.00 by credit
        chargeback a 3.00                                                 -> done a
        lot a                                                             -> spent 6.00 held 0.00 left 1.00 voided 3.00
        chargeback a 7.00 idem=x/y                                        -> done a
        chargeback a 7.00 idem=x/y                                        -> unchanged a
        lot a                                                             -> spent 6.00 held 0.00 left 0.00 voided 10.00 owed 6.00
        take h2 k 0.01                                                    -> refused by credit for good, needs 0.01 of -6.00
        # The next credit pays what is owed first.
        credit b 10.00                                                    -> done b
        lot a                                                             -> spent 0.00 held 0.00 left 0.00 voided 10.00
        lot b                                                             -> spent 6.00 held 0.00 left 4.00
        take h3 k 4.00                                                    -> granted 4.00
        ",
    );
}

#[test]
fn a_chargeback_is_paid_from_other_lots_and_running_calls_keep_what_they_hold() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 2.00                                                    -> granted 2.00
        settle h1 2.00                                                    -> charged 2.00; headroom 8.00 by credit
        take h2 k 5.00                                                    -> granted 5.00
        credit b 4.00                                                     -> done b
        chargeback a 10.00                                                -> done a
        # Two dollars were spent and are paid by the other lot; five are held and owed until they are spent.
        lot a                                                             -> spent 0.00 held 5.00 left 0.00 voided 10.00 owed 5.00
        lot b                                                             -> spent 2.00 held 0.00 left 2.00
        headroom k                                                        -> 0.00 by credit
        take h3 k 0.01                                                    -> refused by credit for now, needs 0.01 of -3.00
        settle h2 1.00                                                    -> charged 1.00; headroom 1.00 by credit
        lot a                                                             -> spent 1.00 held 0.00 left 0.00 voided 10.00 owed 1.00
        credit c 1.00                                                     -> done c
        lot a                                                             -> spent 0.00 held 0.00 left 0.00 voided 10.00
        sums                                                              -> spent 3.00 held 0.00 left 2.00 voided 10.00
        ",
    );
}

#[test]
fn what_a_correction_may_give_back_is_not_paid_by_another_lot() {
    check(
        "
        credit a 10.00                                                    -> done a
        take h1 k 10.00                                                   -> granted 10.00
        credit b 20.00                                                    -> done b
        presume h1                                                        -> charged 10.00; headroom 20.00 by credit
        chargeback a 10.00                                                -> done a
        lot a                                                             -> spent 10.00 held 0.00 left 0.00 voided 10.00 owed 10.00
        headroom k                                                        -> 10.00 by credit
        settle h1 3.00                                                    -> charged 3.00; headroom 17.00 by credit
        lot a                                                             -> spent 3.00 held 0.00 left 0.00 voided 10.00 owed 3.00
        credit c 1.00                                                     -> done c
        lot a                                                             -> spent 2.00 held 0.00 left 0.00 voided 10.00 owed 2.00
        ",
    );
}

#[test]
fn chargebacks_that_cannot_be_are_rejected() {
    check(
        "
        credit a 10.00 lapses=2026-11-22T15:00:00Z                        -> done a
        chargeback a 0.00                                                 -> rejected: amount_usd: must be more than 0
        chargeback a 10.01                                                -> rejected: amount_usd: is more than the lot was, less what lapsed or was taken back before
        chargeback none 1.00                                              -> rejected: there is no such lot of credit
        chargeback a 4.00                                                 -> done a
        now 2026-11-22T15:00:00Z                                          -> a lapses 6.00
        chargeback a 0.01                                                 -> rejected: amount_usd: is more than the lot was, less what lapsed or was taken back before
        ",
    );
}
