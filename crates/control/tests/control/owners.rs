//! Which organization a thing belongs to, with several organizations and several nodes.

use journal::memory::Memory;
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn what_one_node_created_another_finds_in_the_right_organization() {
    let here = House::on(Memory::new(), 1).await;
    let there = House::on(here.store.other_node(), 2).await;
    let unknown = "proj_00000000000000000000000zzz";
    assert_eq!(there.get(&format!("/projects/{unknown}")).await.status, 404);
    for name in ["Acme", "Bolt", "Core"] {
        let organization = here.organization(name).await;
        let project = here.project(&organization, "bot").await;
        let key = here.key(&project, "ci").await;
        let body = json!({
            "scope": {"kind": "key", "id": key}, "amount_usd": "1", "window": {"kind": "total"},
        });
        let limit = here.post("/limits", body).await.id();
        for path in [
            format!("/projects/{project}"),
            format!("/keys/{key}"),
            format!("/limits/{limit}"),
        ] {
            let found = there.get(&path).await;
            assert_eq!(
                found.body["organization_id"],
                organization.as_str(),
                "{path}"
            );
        }
        let frozen = there
            .call("POST", &format!("/keys/{key}/freeze"), None)
            .await;
        assert_eq!(frozen.body["state"], "frozen");
        assert_eq!(
            here.get(&format!("/keys/{key}")).await.body["state"],
            "frozen"
        );
    }
}
