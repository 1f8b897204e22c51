//! What was bought at a provider is written down once and read by every start.

use accounts::{BookError, Bought};
use money::Nanos;

use crate::office::{NOW, Office, name};

fn bought(id: &str, dollars: i64) -> Bought {
    let amount = Nanos::new(dollars * Nanos::DOLLAR.get());
    Bought::new(id.to_owned(), (amount, NOW), "card".to_owned())
}

#[tokio::test]
async fn a_purchase_told_twice_is_one_and_another_under_its_id_is_refused() {
    let office = Office::new();
    let upstreams = office.open((None, None)).await;
    let configured = name("configured");
    for _time in 0..2 {
        upstreams
            .bought(&configured, &bought("a", 50))
            .await
            .unwrap();
    }
    let another = upstreams.bought(&configured, &bought("a", 60)).await;
    assert!(matches!(another, Err(BookError::Another)), "{another:?}");
    let days = [("2026-11-22".to_owned(), Nanos::new(7))];
    upstreams.reconciled(&configured, &days).await.unwrap();

    let again = office.open((None, None)).await;
    let book = again.book(&configured).await.unwrap();
    assert_eq!(book.bought, [bought("a", 50)]);
    assert_eq!(
        book.days().collect::<Vec<_>>(),
        [("2026-11-22", Nanos::new(7))]
    );
    assert_eq!(again.book(&name("other")).await.unwrap().bought, []);
    again.not_bought(&configured, "a").await.unwrap();
    let gone = again.not_bought(&configured, "a").await;
    assert!(matches!(gone, Err(BookError::NotFound)), "{gone:?}");
}
