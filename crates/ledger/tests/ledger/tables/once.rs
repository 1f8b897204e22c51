//! What must not happen twice does not.

use super::script::check;

#[test]
fn an_idempotency_key_answers_the_same_request_with_the_same_thing_for_a_day() {
    check(
        "
        credit a 5.00 idem=x/one                                          -> done a
        credit b 5.00 idem=x/one                                          -> unchanged a
        credit b 5.00 idem=x/two                                          -> rejected: this Idempotency-Key was used for a different request before
        credit b 5.00 idem=y/one                                          -> done b
        sums                                                              -> spent 0.00 held 0.00 left 10.00
        now 2026-11-23T13:59:59.999999Z                                   -> nothing
        credit c 5.00 idem=x/one                                          -> unchanged a
        now 2026-11-23T14:00:00Z                                          -> nothing
        credit c 5.00 idem=x/two                                          -> done c
        credit d 5.00 idem=x/one                                          -> rejected: this Idempotency-Key was used for a different request before
        sums                                                              -> spent 0.00 held 0.00 left 15.00
        ",
    );
}

#[test]
fn what_was_rejected_may_be_asked_again_under_its_idempotency_key() {
    check(
        "
        credit a 0.00 idem=x/one                                          -> rejected: amount_usd: must be more than 0
        credit a 1.00 idem=x/two                                          -> done a
        project q idem=q/one                                              -> done q
        key k2 q idem=k/one                                               -> done k2
        key k3 q idem=k/one                                               -> unchanged k2
        limit l org 1.00 day idem=l/one                                   -> done l
        delete l                                                          -> done
        # The answer to a repetition is what was made, also where it is gone since.
        limit m org 1.00 day idem=l/one                                   -> unchanged l
        lim m                                                             -> gone
        ",
    );
}

#[test]
fn a_call_is_charged_once() {
    check(
        "
        credit a 5.00                                                     -> done a
        take h1 k 2.00                                                    -> granted 2.00
        settle h1 1.00                                                    -> charged 1.00; headroom 4.00 by credit
        settle h1 1.50                                                    -> unchanged 0.00
        release h1                                                        -> unchanged 0.00
        presume h1                                                        -> unchanged 0.00
        sums                                                              -> spent 1.00 held 0.00 left 4.00
        take h2 k 2.00                                                    -> granted 2.00
        presume h2                                                        -> charged 2.00; headroom 2.00 by credit
        presume h2                                                        -> unchanged 2.00; headroom 2.00 by credit
        settle h2 0.50                                                    -> charged 0.50; headroom 3.50 by credit
        settle h2 0.50                                                    -> unchanged 0.00
        sums                                                              -> spent 1.50 held 0.00 left 3.50
        ",
    );
}
