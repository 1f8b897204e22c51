//! The parks as everybody sees them: a reader never waits, a change makes a new board and puts it in the old one's place.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::board::Board;
use super::upstreams::News;
use crate::upstreams::Upstreams;

/// Whoever is told, with the accounts as they are then.
type Listener = Box<dyn Fn(&Upstreams, &News) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Parking {
    board: ArcSwap<Board>,
    changing: Mutex<()>,
    /// Something is to be written down.
    pub(crate) unwritten: Notify,
    listener: OnceLock<Listener>,
}

impl fmt::Debug for Parking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parking")
            .field("board", &self.board)
            .finish_non_exhaustive()
    }
}

impl Parking {
    pub(crate) fn board(&self) -> arc_swap::Guard<Arc<Board>> {
        self.board.load()
    }

    /// Changes the board; hands back what is to be told of it.
    pub(super) fn change(&self, change: impl FnOnce(&mut Board) -> Vec<News>) -> Vec<News> {
        let news = {
            let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let mut board = Board::clone(&self.board.load());
            let news = change(&mut board);
            self.board.store(Arc::new(board));
            news
        };
        self.unwritten.notify_one();
        news
    }

    pub(super) fn listener(&self) -> Option<&Listener> {
        self.listener.get()
    }

    /// Has somebody told of what is worth telling; `false` where somebody is already.
    pub(super) fn listen(&self, listener: Listener) -> bool {
        self.listener.set(listener).is_ok()
    }
}
