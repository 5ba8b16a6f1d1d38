//! What every backend must do, as cases that its own tests run.
//!
//! A case gets a way to open the same store again and again; it closes one before it opens the next. A backend
//! runs all of them with [`suite!`](crate::suite).
#![expect(
    clippy::unwrap_used,
    reason = "a case that fails panics, as tests do; nothing of this is in a program"
)]

use std::sync::Arc;

use crate::Store;

pub mod attachment;
pub mod audit;
pub mod custody;
pub mod delivery;
pub mod dispatch;
pub mod kept;
pub mod maintenance;
pub mod quarantine;
pub mod sample;
pub mod write;

/// Opens the store of this case: new the first time, then as it was left.
pub type Open<'o> = &'o (dyn Fn() -> Arc<dyn Store> + Send + Sync);

/// Makes a test of each case. `$home` is an expression that gives `(guard, open)` anew for each test: a value
/// that is kept until the test ends, and a function that opens the store.
#[macro_export]
macro_rules! suite {
    ($home:expr) => {
        $crate::suite! { $home,
            attachment: [
                announced_attachments_are_wanted_until_they_are_complete,
                bytes_come_back_from_partial_and_whole_files,
                a_file_made_here_is_moved_in,
            ],
            audit: [
                entries_are_chained_without_gaps,
                entries_are_found_by_their_object,
                the_chain_goes_on_after_a_restart,
            ],
            custody: [
                custody_counts_against_the_node_it_came_from,
                bytes_go_with_the_last_custody_and_come_again,
                custody_runs_out,
                an_own_dispatch_keeps_its_bytes_after_custody,
            ],
            delivery: [
                the_outbox_goes_by_lane_then_age,
                one_outbox_item_for_all_offices_of_a_node,
                a_delivery_moves_only_from_the_states_named,
                overdue_deliveries_are_those_that_wait,
                what_a_restored_node_has_lost_is_found,
                voids_are_kept,
                waiting_and_counts_add_up,
            ],
            dispatch: [
                a_dispatch_comes_back_as_it_was,
                a_relayed_dispatch_has_no_content,
                bytes_of_every_size_come_back,
                a_dispatch_is_kept_once,
                lists_are_newest_first_and_filtered,
                references_prefixes_and_parents_lead_to_dispatches,
                arrivals_are_ranges,
                a_submission_token_works_once,
            ],
            kept: [
                acts_keep_their_order,
                counters_never_go_back,
                progress_is_kept_once,
                receipts_are_kept_once_for_each_verdict,
                secrets_come_back_and_can_be_dropped,
            ],
            maintenance: [
                totals_count,
                a_healthy_store_has_nothing_to_complain_of,
            ],
            quarantine: [
                quarantine_keeps_the_beginning,
                quarantine_drops_the_oldest,
            ],
            write: [
                a_refused_write_leaves_nothing,
                one_refused_write_does_not_harm_its_neighbours,
                a_write_that_contradicts_itself_is_refused_alone,
                a_token_that_was_used_leaves_nothing_of_its_second_use,
                what_was_written_is_read_at_once,
                everything_is_there_after_a_restart,
                an_empty_write_is_fine,
            ],
        }
    };
    ($home:expr, $($group:ident: [$($case:ident,)*],)*) => {
        $(mod $group {
            #[allow(unused_imports, reason = "what the expression needs is known to its author")]
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let (guard, open) = $home;
                $crate::conformance::$group::$case(&open).await;
                drop(guard);
            })*
        })*
    };
}
