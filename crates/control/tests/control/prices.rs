//! Prices.

use catalog::Catalog;
use money::Nanos;
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn every_model_of_the_catalogue_is_listed() {
    let house = House::new().await;
    let list = house.get("/prices").await.body;
    let shown: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["names"][0].as_str().unwrap())
        .collect();
    let catalog = Catalog::builtin();
    let known: Vec<&str> = catalog
        .models()
        .filter_map(|model| model.names().next())
        .collect();
    assert!(!known.is_empty());
    assert_eq!(shown, known);
    assert_eq!(list["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_models_price_is_the_one_calls_are_charged() {
    let house = House::new().await;
    let catalog = Catalog::builtin();
    let name = "gpt-5-mini";
    let now: jiff::Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
    let list = catalog
        .model(name)
        .unwrap()
        .chat()
        .unwrap()
        .prices_at(now)
        .unwrap();
    let shown = house.get(&format!("/prices?model={name}")).await.body;
    assert_eq!(shown["data"].as_array().unwrap().len(), 1);
    let prices = &shown["data"][0]["chat"]["prices"];
    let dollars = |price: money::Price| json!(Nanos::new(price.get()).to_string());
    assert_eq!(
        prices["standard"]["input_per_million_usd"],
        dollars(list.rates.standard.input)
    );
    assert_eq!(
        prices["standard"]["output_per_million_usd"],
        dollars(list.rates.standard.output)
    );
    assert_eq!(prices["from_at"], json!(list.from.to_string()));
    assert_eq!(shown["data"][0]["catalog"], json!(catalog.version()));
}

#[tokio::test]
async fn a_model_without_a_price_is_not_listed_as_free() {
    let house = House::new().await;
    let list = house.get("/prices?model=no-such-model").await.body;
    assert_eq!(list, json!({"data": [], "next_cursor": null}));
}
