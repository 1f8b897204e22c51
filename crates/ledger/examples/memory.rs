//! How much memory a Book with ten limits takes: `cargo run --release -p ledger --example memory`.
//!
//! A Book is made by commands, written as a snapshot and read back thousands of times, as a server that serves thousands
//! of organizations has them; then the process's resident memory is divided by how many there are. Linux only.

use std::error::Error;
use std::io::Write as _;

use ids::{KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId};
use ledger::{
    AddCredit, Book, Command, CreateKey, CreateOrganization, CreateProject, DirectoryCommand,
    LimitTerms, LotKind, Scope, Sealer, Snapshot, Time, Window, step,
};
use money::Nanos;

const BOOKS: usize = 20_000;
const NOW: Time = Time::from_micros(1_795_356_000_000_000);
const KEY: KeyId = KeyId::from_bytes([1; 16]);
const PROJECT: ProjectId = ProjectId::from_bytes([5; 16]);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "limits  bytes of memory per Book")?;
    // What is given back to the allocator would hide what the next round takes, so all Books are kept.
    let mut kept = Vec::new();
    for limits in [0, 1, 10] {
        let snapshot = Snapshot::encode(&furnished(limits)?);
        let mut books = Vec::with_capacity(BOOKS);
        books.push(Snapshot::decode(&snapshot)?);
        let before = resident()?;
        while books.len() < BOOKS {
            books.push(Snapshot::decode(&snapshot)?);
        }
        let each = (resident()? - before) / (BOOKS - 1);
        writeln!(out, "{limits:6}  {each:6}")?;
        kept.push(books);
    }
    Ok(())
}

/// Bytes of this process that are in memory.
fn resident() -> Outcome<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).ok_or("no resident pages")?;
    Ok(pages.parse::<usize>()? * 4096)
}

fn furnished(limits: u8) -> Outcome<Book> {
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
            id: PROJECT,
            name: "App".into(),
            default_max_output: None,
        })
        .into(),
        DirectoryCommand::CreateKey(CreateKey {
            id: KEY,
            project: PROJECT,
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
    commands.extend((0..limits).map(|number| {
        Command::CreateLimit(LimitTerms::hard_limit(
            LimitId::from_bytes([number; 16]),
            match number % 3 {
                0 => Scope::Key(KEY),
                1 => Scope::Project(PROJECT),
                _ => Scope::Organization,
            },
            Nanos::new(1_000_000_000_000),
            Window::Month {
                time_zone: "UTC".into(),
            },
        ))
    }));
    let mut book = Book::empty();
    let mut sealer = Sealer::new([9; 8]);
    for command in &commands {
        step(&mut book, command, None, NOW, &mut sealer)?;
    }
    Ok(book)
}
