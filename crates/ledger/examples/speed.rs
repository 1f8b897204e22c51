//! How many holds a second one core decides and takes up: `cargo run --release -p ledger --example speed`.
//!
//! Each round takes a hold and settles another one, on a Book with 10,000 open holds and so many limits that all count
//! the call. `decide + apply` is the rule alone; `step` adds the encoding and SHA-256 of every entry. Seconds are those
//! that this thread ran, so that a busy machine says nearly the same as an idle one. Linux only.

use std::error::Error;
use std::io::Write as _;

use ids::{
    BootId, EntryId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId,
};
use ledger::{
    AddCredit, Book, Charge, Command, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, Entry, Fact, Holder, LimitTerms, LotKind, Patience, Scope, Sealer,
    Settlement, TakeHold, Time, Traits, Window, decide, step,
};
use money::{Bound, Femtos, Nanos};

const OPEN: u128 = 10_000;
const ROUNDS: u128 = 200_000;
const NOW: Time = Time::from_micros(1_795_356_000_000_000);
const KEY: KeyId = KeyId::from_bytes([1; 16]);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "limits  decide+apply/s  step/s (commands; {OPEN} open holds)"
    )?;
    for limits in [1, 10, 100] {
        let book = furnished(limits)?;
        let bare = timed(book.clone(), |book, command| {
            let decision = decide(book, command, None, NOW);
            decision
                .facts
                .into_iter()
                .try_for_each(|fact| apply(book, fact))
        })?;
        let mut sealer = Sealer::new([2; 8]);
        let whole = timed(book, |book, command| {
            step(book, command, None, NOW, &mut sealer)?;
            Ok(())
        })?;
        writeln!(out, "{limits:6}  {bare:14}  {whole:6}")?;
    }
    Ok(())
}

/// How long this thread has run, in nanoseconds.
fn ran_for() -> Outcome<u128> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = schedstat.split(' ').next().ok_or("no time")?;
    Ok(first.parse()?)
}

/// Commands per second.
fn timed(mut book: Book, mut run: impl FnMut(&mut Book, &Command) -> Outcome<()>) -> Outcome<u128> {
    let commands: Vec<Command> = (0..ROUNDS)
        .flat_map(|round| [take(OPEN + round), settle(round)])
        .collect();
    let start = ran_for()?;
    for command in &commands {
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

fn hold(number: u128) -> HoldId {
    HoldId::first(RequestId::from_bytes(number.to_be_bytes()))
}

fn take(number: u128) -> Command {
    Command::TakeHold(TakeHold {
        hold: hold(number),
        key: KEY,
        bound: Bound::fixed(Femtos::from(Nanos::new(1_000))),
        patience: Patience::Last,
        holder: Holder {
            node: "node-1".into(),
            boot: BootId::from_bytes([4; 16]),
        },
        deadline: NOW.plus_seconds(600),
        route: "/v1/chat/completions".into(),
        model: "gpt-5".into(),
        upstream: "openai".into(),
        traits: Traits::default(),
        others_wait: false,
    })
}

fn settle(number: u128) -> Command {
    let charge = Charge {
        amount: Nanos::new(400),
        fees: Vec::new(),
        catalog: "2026-11".into(),
    };
    Command::Settle {
        hold: hold(number),
        settlement: Settlement::Charge(charge),
    }
}

/// An organization with credit, one key, limits that all count its calls, and open holds.
fn furnished(limits: u8) -> Outcome<Book> {
    let project = ProjectId::from_bytes([5; 16]);
    let mut commands: Vec<Command> = vec![
        DirectoryCommand::CreateOrganization(CreateOrganization {
            id: OrganizationId::from_bytes([6; 16]),
            name: "Acme".into(),
            time_zone: "UTC".into(),
            approved_usage_limit: None,
            spend_guard: None,
        })
        .into(),
        DirectoryCommand::CreateProject(CreateProject {
            id: project,
            name: "App".into(),
            default_max_output: None,
        })
        .into(),
        DirectoryCommand::CreateKey(CreateKey {
            id: KEY,
            project,
            name: "Key".into(),
            hash: KeyHash::from_bytes([7; 32]),
            hint: "wxyz".into(),
            expires_at: None,
            models: None,
            ip_allow: None,
        })
        .into(),
        Command::AddCredit(AddCredit {
            lot: LotId::from_bytes([8; 16]),
            kind: LotKind::Purchase,
            amount: Nanos::new(1_000_000_000_000),
            lapses_at: None,
            priority: 100,
            note: "".into(),
        }),
    ];
    // At most 64 limits may be on one scope, so they are on three in turn.
    commands.extend((0..limits).map(|number| {
        Command::CreateLimit(LimitTerms::hard_limit(
            LimitId::from_bytes([number; 16]),
            match number % 3 {
                0 => Scope::Key(KEY),
                1 => Scope::Project(project),
                _ => Scope::Organization,
            },
            Nanos::new(1_000_000_000_000),
            Window::Month {
                time_zone: "UTC".into(),
            },
        ))
    }));
    commands.extend((0..OPEN).map(take));
    let mut book = Book::empty();
    let mut sealer = Sealer::new([9; 8]);
    for command in &commands {
        step(&mut book, command, None, NOW, &mut sealer)?;
    }
    Ok(book)
}
