//! A call that is held in two Books: its organization's, and that of the upstream account it goes through.

use ids::{KeyHash, LimitId, OrganizationId};
use ledger::{
    Book, CheckKind, Command, CreateUpstream, DirectoryCommand, Entry, LimitTerms, Outcome,
    PresumeReason, Receipt, Scope, Settlement, TakeHold, Window,
};
use money::Nanos;
use teller::{LiveHold, Teller, Unsent};

use crate::calls::{NOTHING, costs, fixed, granted, id, settles, short, story};
use crate::world::{HOLD, Node, answered, dollars, nothing_is_lost, passes};

const CAP: LimitId = LimitId::from_bytes([9; 16]);

/// The account's Book on a node, with a cap of this much.
struct Account {
    teller: Teller,
}

impl Account {
    fn on(node: &Node) -> Self {
        let book = OrganizationId::of_upstream("openai");
        let teller = node.tellers.of(book).unwrap();
        Self { teller }
    }

    async fn with_cap(node: &Node, amount: Nanos) -> Self {
        let account = Self::on(node);
        let begin = DirectoryCommand::CreateUpstream(CreateUpstream {
            name: "openai".into(),
            hash: KeyHash::from_bytes([8; 32]),
        });
        let cap = LimitTerms::hard_limit(CAP, Scope::Organization, amount, Window::Total);
        for command in [begin.into(), Command::CreateLimit(cap)] {
            let outcome = account.teller.command(command, None).await.unwrap();
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
        }
        account
    }

    fn ask(node: &Node, call: u32, amount: Nanos) -> TakeHold {
        TakeHold {
            key: OrganizationId::of_upstream("openai").upstream_key(),
            ..node.ask(call, fixed(amount))
        }
    }

    async fn holds(&self, node: &Node, call: u32, amount: Nanos) -> LiveHold {
        let (teller, ask) = (self.teller.clone(), Self::ask(node, call, amount));
        granted(Box::pin(async move { teller.hold(ask).await }))
            .await
            .0
    }

    async fn book(&self) -> Book {
        let book = answered(self.teller.ask(|book, _now| book.clone()))
            .await
            .unwrap();
        nothing_is_lost(&book);
        book
    }

    async fn story(&self, node: &Node, call: u32) -> Vec<&'static str> {
        let book = OrganizationId::of_upstream("openai");
        let store = node.tellers.store();
        let bytes = store.read(book, 0, usize::MAX).await.unwrap();
        let journal: Vec<Entry> = bytes
            .iter()
            .map(|bytes| Entry::decode(bytes).unwrap())
            .collect();
        story(&journal, call)
    }
}

/// A call of both Books, ready to leave.
async fn both(node: &Node, account: &Account, call: u32, amount: Nanos) -> LiveHold {
    let own = Unsent::new(node.holds(call, amount).await);
    let beside = Unsent::new(account.holds(node, call, amount).await);
    own.leaves(Some(beside)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn both_holds_of_a_call_end_as_one() {
    let node = Node::with_credit(dollars(10)).await;
    let account = Account::with_cap(&node, dollars(5)).await;
    let presumed = Settlement::Presume(PresumeReason::NoUsage);
    for (call, settlement, charged, ended) in [
        (1, costs(dollars(1)), dollars(1), "settled"),
        (2, NOTHING, dollars(0), "released"),
        (3, presumed, dollars(2), "presumed"),
    ] {
        let hold = both(&node, &account, call, dollars(2)).await;
        let Receipt {
            charged: really,
            headroom,
            ..
        } = settles(hold, settlement).await;
        assert_eq!(really, charged);
        // Of $5 of the cap and $10 of the organization the least is told.
        assert_eq!(headroom.unwrap().binding, CheckKind::UpstreamCap(CAP));
        assert_eq!(story(&node.journal().await, call), ["taken", ended]);
        assert_eq!(account.story(&node, call).await, ["taken", ended]);
    }
    let (own, cap) = (node.book().await.balance(), account.book().await.balance());
    assert_eq!((own.spent, own.held), (dollars(3), dollars(0)));
    assert_eq!((cap.spent, cap.held), (dollars(3), dollars(0)));
}

#[tokio::test(start_paused = true)]
async fn a_hold_whose_call_goes_no_further_is_given_back_and_not_presumed() {
    let node = Node::with_credit(dollars(10)).await;
    let account = Account::with_cap(&node, dollars(5)).await;
    let own = Unsent::new(node.holds(1, dollars(6)).await);
    let ask = Account::ask(&node, 1, dollars(6));
    let teller = account.teller.clone();
    let refused = short(Box::pin(async move { teller.hold(ask).await })).await;
    assert_eq!(refused.binding().unwrap().kind, CheckKind::UpstreamCap(CAP));
    answered(own.give_back()).await;
    assert_eq!(node.book().await.balance().left, dollars(10));
    assert_eq!(story(&node.journal().await, 1), ["taken", "released"]);
    // A call that goes away between the two answers.
    drop(Unsent::new(account.holds(&node, 2, dollars(5)).await));
    assert_eq!(account.book().await.balance().held, dollars(0));
    assert_eq!(account.story(&node, 2).await, ["taken", "released"]);
}

#[tokio::test(start_paused = true)]
async fn both_holds_of_a_call_live_with_it_and_are_presumed_each_on_its_own_after_a_crash() {
    let node = Node::with_credit(dollars(10)).await;
    let account = Account::with_cap(&node, dollars(5)).await;
    let hold = both(&node, &account, 1, dollars(2)).await;
    passes(HOLD * 5).await;
    for book in [node.book().await, account.book().await] {
        assert_eq!(
            book.holds().count(),
            1,
            "renewed for as long as its call lives"
        );
    }
    drop(hold);
    passes(HOLD * 2).await;
    for book in [node.book().await, account.book().await] {
        assert_eq!(
            book.presumed().map(|(id, _)| *id).collect::<Vec<_>>(),
            [id(1)]
        );
    }
    // A crash between the two: the one that is there is charged, although nothing was sent. That passes no cap.
    drop(account.holds(&node, 2, dollars(2)).await);
    let again = node.other("a", 2);
    again.tellers.presume_earlier_boots().await.unwrap();
    let cap = Account::on(&again).book().await;
    assert_eq!(cap.balance().spent, dollars(4));
    assert_eq!(again.book().await.balance().spent, dollars(2));
    let ask = Account::ask(&again, 3, dollars(2));
    let teller = Account::on(&again).teller;
    let refused = short(Box::pin(async move { teller.hold(ask).await })).await;
    assert!(!refused.transient);
}
