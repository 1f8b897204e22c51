//! Who may take a hold at all.

use super::script::check;

#[test]
fn a_frozen_key_takes_nothing_until_it_is_unfrozen() {
    check(
        "
        credit a 9.00                                                     -> done a
        take h1 k 1.00                                                    -> granted 1.00
        freeze k stolen                                                   -> done
        freeze k again                                                    -> unchanged
        take h2 k 1.00                                                    -> key frozen: stolen
        take h2 k 0.00                                                    -> key frozen: stolen
        # The running call may use what it holds.
        settle h1 1.00                                                    -> charged 1.00; headroom 8.00 by credit
        unfreeze k                                                        -> done
        unfreeze k                                                        -> unchanged
        take h2 k 1.00                                                    -> granted 1.00
        freeze none why                                                   -> rejected: there is no such key
        unfreeze none                                                     -> rejected: there is no such key
        ",
    );
}

#[test]
fn a_revoked_key_stays_revoked() {
    check(
        "
        credit a 9.00                                                     -> done a
        take h1 k 1.00                                                    -> granted 1.00
        freeze k stolen                                                   -> done
        revoke k                                                          -> done
        revoke k                                                          -> unchanged
        take h2 k 1.00                                                    -> key revoked
        freeze k again                                                    -> rejected: this key cannot be changed any more: it is revoked
        unfreeze k                                                        -> rejected: this key cannot be changed any more: it is revoked
        change-key k expires=never                                        -> rejected: this key cannot be changed any more: it is revoked
        key k p                                                           -> rejected: this key exists already
        take h2 k 1.00                                                    -> key revoked
        release h1                                                        -> charged 0.00; headroom 9.00 by credit
        revoke none                                                       -> rejected: there is no such key
        ",
    );
}

#[test]
fn a_key_works_until_the_moment_it_expires() {
    check(
        "
        credit a 9.00                                                     -> done a
        key e p expires=2026-11-22T15:00:00Z                              -> done e
        key f p expires=2026-11-22T14:00:00Z                              -> rejected: expires_at: is in the past
        now 2026-11-22T14:59:59.999999Z                                   -> nothing
        take h1 e 1.00                                                    -> granted 1.00
        now 2026-11-22T15:00:00Z                                          -> nothing
        take h2 e 1.00                                                    -> key expired at 2026-11-22T15:00:00Z
        change-key e expires=2026-11-22T16:00:00Z                         -> done
        take h2 e 1.00                                                    -> granted 1.00
        # A node whose clock is behind decides at the Book's time.
        now 2026-11-22T16:00:00Z                                          -> nothing
        credit b 1.00                                                     -> done b
        now 2026-11-22T15:30:00Z                                          -> nothing
        take h3 e 1.00                                                    -> key expired at 2026-11-22T16:00:00Z
        change-key e expires=never                                        -> done
        take h3 e 1.00                                                    -> granted 1.00
        ",
    );
}

#[test]
fn no_key_of_an_archived_project_takes_a_hold() {
    check(
        "
        credit a 9.00                                                     -> done a
        project q                                                         -> done q
        key k2 q                                                          -> done k2
        take h1 k2 1.00                                                   -> granted 1.00
        archive q                                                         -> done
        archive q                                                         -> unchanged
        take h2 k2 1.00                                                   -> key of an archived project
        take h2 k 1.00                                                    -> granted 1.00
        key k3 q                                                          -> rejected: this project cannot be changed any more: it is archived
        key k3 none                                                       -> rejected: there is no such project
        settle h1 2.00                                                    -> charged 2.00, overrun 1.00; headroom 6.00 by credit
        archive none                                                      -> rejected: there is no such project
        take h3 none 1.00                                                 -> key unknown
        ",
    );
}

#[test]
fn a_key_may_name_only_the_models_on_its_list() {
    check(
        "
        credit a 9.00                                                     -> done a
        key m p models=gpt-5,o4-*                                         -> done m
        take h1 m 1.00 model=gpt-5                                        -> granted 1.00
        take h2 m 1.00 model=gpt-5-mini                                   -> key not for gpt-5-mini
        take h2 m 1.00 model=o4-mini                                      -> granted 1.00
        take h3 m 1.00 model=o4                                           -> key not for o4
        change-key m models=*                                             -> done
        take h3 m 1.00 model=o4                                           -> granted 1.00
        change-key m models=any                                           -> done
        take h4 m 1.00 model=sora                                         -> granted 1.00
        ",
    );
}
