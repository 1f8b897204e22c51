//! How many holds a second one core decides and takes up: `cargo run --release -p bench --example speed`.
//!
//! Each round takes a hold and settles another one, on a Book with 10,000 open holds and so many limits that all count
//! the call. `decide + apply` is the rule alone; `step` adds the encoding and SHA-256 of every entry. Seconds are those
//! that this thread ran, so that a busy machine says nearly the same as an idle one. `speed 10mixed` runs that row alone, for
//! a profiler. Linux only.

use std::io::Write as _;

use bench::books::{self, KEY, Outcome, furniture, made_by};
use ids::{EntryId, HoldId, OrganizationId, RequestId};
use ledger::{Book, Command, Entry, Fact, Sealer, Settlement, TakeHold, Time, decide, step};

const OPEN: u128 = 10_000;
const ROUNDS: u128 = 200_000;
const NOW: Time = Time::from_micros(1_795_356_000_000_000);

fn main() -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "limits  kinds  decide+apply/s  step/s (commands; {OPEN} open holds)"
    )?;
    let only = std::env::args().nth(1);
    let plain = [1, 10, 100].map(|limits| (limits, Kinds::Dollars));
    let mixed = [1, 10, 100].map(|limits| (limits, Kinds::Mixed));
    for (limits, kinds) in plain.into_iter().chain(mixed) {
        if only
            .as_ref()
            .is_some_and(|only| *only != format!("{limits}{}", kinds.name()))
        {
            continue;
        }
        let book = furnished(limits, kinds)?;
        let commands = rounds(kinds);
        let bare = timed((book.clone(), &commands), |book, command| {
            let decision = decide(book, command, None, NOW);
            decision
                .facts
                .into_iter()
                .try_for_each(|fact| apply(book, fact))
        })?;
        let mut sealer = Sealer::new([2; 8]);
        let whole = timed((book, &commands), |book, command| {
            step(book, command, None, NOW, &mut sealer)?;
            Ok(())
        })?;
        let kinds = kinds.name();
        writeln!(out, "{limits:6}  {kinds}  {bare:14}  {whole:6}")?;
    }
    Ok(())
}

/// How long this thread has run, in nanoseconds.
fn ran_for() -> Outcome<u128> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = schedstat.split(' ').next().ok_or("no time")?;
    Ok(first.parse()?)
}

/// What the limits count.
#[derive(Clone, Copy)]
enum Kinds {
    /// Dollars a month of all calls.
    Dollars,
    /// Every measure, window and kind of calls in turn.
    Mixed,
}

impl Kinds {
    fn name(self) -> &'static str {
        match self {
            Kinds::Dollars => "plain",
            Kinds::Mixed => "mixed",
        }
    }
}

/// Takes and settlements in turn.
fn rounds(kinds: Kinds) -> Vec<Command> {
    (0..ROUNDS)
        .flat_map(|round| [take(OPEN + round, kinds), settle(round, kinds)])
        .collect()
}

/// Commands per second.
fn timed(
    (mut book, commands): (Book, &[Command]),
    mut run: impl FnMut(&mut Book, &Command) -> Outcome<()>,
) -> Outcome<u128> {
    let start = ran_for()?;
    for command in commands {
        run(&mut book, command)?;
    }
    let nanoseconds = ran_for()? - start;
    if book.holds().count() != usize::try_from(OPEN)? {
        return Err("a hold was refused, so nothing was measured".into());
    }
    Ok(2 * ROUNDS * 1_000_000_000 / nanoseconds)
}

/// Takes up a fact in an entry whose hash is made up.
fn apply(book: &mut Book, fact: Fact) -> Outcome<()> {
    let head = book.head();
    let seq = head.seq + 1;
    let id = EntryId::from_bytes(u128::from(seq).to_be_bytes());
    let entry = Entry {
        seq,
        previous: head.hash,
        id,
        at: NOW,
        cause: None,
        fact,
    };
    book.apply(&entry, [3; 32])?;
    Ok(())
}

fn take(number: u128, kinds: Kinds) -> Command {
    let take = books::take(KEY, number, NOW);
    Command::TakeHold(match kinds {
        Kinds::Dollars => take,
        Kinds::Mixed => TakeHold {
            traits: books::traits(number),
            ..take
        },
    })
}

fn settle(number: u128, kinds: Kinds) -> Command {
    let settlement = match (kinds, books::settlement()) {
        (Kinds::Mixed, Settlement::Charge(charge)) => Settlement::Metered {
            charge,
            tokens: 3_000,
        },
        (_, settlement) => settlement,
    };
    Command::Settle {
        hold: HoldId::first(RequestId::from_bytes(number.to_be_bytes())),
        settlement,
    }
}

/// An organization whose limits all count its key's calls, with open holds.
fn furnished(limits: u8, kinds: Kinds) -> Outcome<Book> {
    let organization = OrganizationId::from_bytes([6; 16]);
    let mut commands = match kinds {
        Kinds::Dollars => furniture(organization, limits),
        Kinds::Mixed => furniture(organization, 0),
    };
    if let Kinds::Mixed = kinds {
        commands.extend(books::mixed(limits));
    }
    commands.extend((0..OPEN).map(|number| take(number, kinds)));
    made_by(&commands, NOW)
}
