//! What every store must do, as checks.
//!
//! A store passes if [`conformance_suite!`](crate::conformance_suite) passes for its [`Harness`]. The entries are a
//! ledger's own, so heads are honest and every journal can be replayed into a Book. The checks know nothing of how a
//! store works; what only one store can do wrong is tested beside that store.

mod append;
mod archive;
mod author;
mod beside;
mod conflict;
mod trouble;

use std::future::Future;

use ids::OrganizationId;

use crate::Store;

pub use append::{
    a_journal_that_does_not_exist_is_empty, a_large_entry_is_kept_whole,
    a_read_gives_no_more_than_was_asked, many_organizations_do_not_disturb_each_other,
    numbering_has_no_gaps, what_was_appended_is_read_back,
};
pub use archive::what_is_archived_is_read_as_before;
pub use author::{Author, replay};
pub use beside::{
    a_record_is_written_only_over_the_version_expected, a_snapshot_replaces_the_one_before,
    an_organization_is_found_by_its_short_id, of_many_writers_of_a_record_exactly_one_succeeds,
    organizations_come_in_pages_in_order,
};
pub use conflict::{
    a_conflict_does_not_disturb_its_neighbours, a_taken_short_id_does_not_disturb_its_neighbours,
    an_append_after_an_old_head_conflicts, an_append_after_another_history_conflicts,
    an_append_to_a_journal_that_does_not_exist_conflicts,
    of_many_appends_at_one_head_exactly_one_happens,
};
pub use trouble::{
    a_crash_leaves_no_half_of_a_batch, a_crash_loses_nothing_that_was_acknowledged,
    a_missing_entry_is_damage, a_repeated_append_happens_once, a_store_that_lost_entries_shows_it,
    an_append_nobody_waited_for_is_resolved_by_repeating_it,
};

/// Makes stores of one kind, and does to them what only their surroundings can.
///
/// Whatever fails here may panic: it is a test that fails.
pub trait Harness: Sync {
    /// The kind of store.
    type Store: Store;
    /// All that a store held at some moment, as a backup is.
    type Saved: Send;

    /// A store without journals, not shared with any other check.
    fn fresh(&self) -> impl Future<Output = Self::Store> + Send;

    /// Ends the store as `kill -9` would, with whatever is under way in it, and starts it again on what is left.
    fn crash(&self, store: Self::Store) -> impl Future<Output = Self::Store> + Send;

    /// All that the store holds now. No append is under way.
    fn save(&self, store: &Self::Store) -> impl Future<Output = Self::Saved> + Send;

    /// The store as it was when it was saved: as after a fail-over to a copy that lagged, or from a backup.
    fn restore(
        &self,
        store: Self::Store,
        saved: Self::Saved,
    ) -> impl Future<Output = Self::Store> + Send;

    /// Loses one entry, and not the ones around it, nor the head.
    fn lose_entry(
        &self,
        store: &Self::Store,
        organization: OrganizationId,
        seq: u64,
    ) -> impl Future<Output = ()> + Send;
}

/// Makes a test of each check, on the stores of a [`Harness`]: `conformance_suite!(MyHarness::new())`, in a module of its
/// own. The caller depends on tokio with its `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! conformance_suite {
    ($harness:expr) => {
        $crate::conformance_suite!($harness;
            a_journal_that_does_not_exist_is_empty,
            a_large_entry_is_kept_whole,
            a_read_gives_no_more_than_was_asked,
            many_organizations_do_not_disturb_each_other,
            numbering_has_no_gaps,
            what_was_appended_is_read_back,
            what_is_archived_is_read_as_before,
            a_record_is_written_only_over_the_version_expected,
            a_snapshot_replaces_the_one_before,
            an_organization_is_found_by_its_short_id,
            of_many_writers_of_a_record_exactly_one_succeeds,
            organizations_come_in_pages_in_order,
            a_conflict_does_not_disturb_its_neighbours,
            a_taken_short_id_does_not_disturb_its_neighbours,
            an_append_after_an_old_head_conflicts,
            an_append_after_another_history_conflicts,
            an_append_to_a_journal_that_does_not_exist_conflicts,
            of_many_appends_at_one_head_exactly_one_happens,
            a_crash_leaves_no_half_of_a_batch,
            a_crash_loses_nothing_that_was_acknowledged,
            a_missing_entry_is_damage,
            a_repeated_append_happens_once,
            a_store_that_lost_entries_shows_it,
            an_append_nobody_waited_for_is_resolved_by_repeating_it,
        );
    };
    ($harness:expr; $($check:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $check() {
            $crate::conformance::$check(&$harness).await;
        }
    )*};
}
