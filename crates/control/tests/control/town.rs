//! A house with something of everything in it.

use serde_json::json;

use crate::house::House;

/// Something of everything that can be asked for.
pub(crate) struct Town {
    organization: String,
    project: String,
    key: String,
    limit: String,
    served: String,
}

impl Town {
    pub(crate) async fn new(house: &House) -> Self {
        let organization = house.organization("Acme").await;
        let path = format!("/organizations/{organization}");
        house
            .patch(&path, json!({"approved_usage_limit_usd": "500"}))
            .await;
        let project = house.project(&organization, "bot").await;
        let key = house.key(&project, "ci").await;
        let spare = house.key(&project, "spare").await;
        house
            .post(
                &format!("/keys/{spare}/freeze"),
                json!({"reason": "leaked"}),
            )
            .await;
        house.call("DELETE", &format!("/keys/{spare}"), None).await;
        house.credit(&organization, "5").await;
        let lot = house.credit(&organization, "1").await;
        house
            .call("DELETE", &format!("{path}/credits/{lot}"), None)
            .await;
        let scope = json!({"kind": "project", "id": project});
        let window = json!({"kind": "day", "time_zone": "Europe/Berlin"});
        let body = json!({"scope": scope, "amount_usd": "10", "window": window});
        let limit = house.post("/limits", body).await.id();
        house
            .patch(&format!("/limits/{limit}"), json!({"amount_usd": "9"}))
            .await;
        let total = json!({"scope": scope, "amount_usd": "99", "window": {"kind": "total"}});
        house.post("/limits", total).await.id();
        let served = house.spend(&organization, &key, "0.25").await.to_string();
        Self {
            organization,
            project,
            key,
            limit,
            served,
        }
    }

    /// Each path that can be read, as it is described and as it is asked for.
    pub(crate) fn uris(&self) -> Vec<(&'static str, String)> {
        let Self {
            organization,
            project,
            key,
            limit,
            served,
        } = self;
        let api = "/api/v1";
        vec![
            ("/livez", "/livez".to_owned()),
            ("/readyz", "/readyz".to_owned()),
            ("/version", "/version".to_owned()),
            (
                "/api/v1/organizations",
                format!("{api}/organizations?limit=1"),
            ),
            (
                "/api/v1/organizations/{org}",
                format!("{api}/organizations/{organization}"),
            ),
            (
                "/api/v1/organizations/{org}/projects",
                format!("{api}/organizations/{organization}/projects"),
            ),
            (
                "/api/v1/organizations/{org}/credits",
                format!("{api}/organizations/{organization}/credits"),
            ),
            (
                "/api/v1/organizations/{org}/balance",
                format!("{api}/organizations/{organization}/balance"),
            ),
            (
                "/api/v1/organizations/{org}/ledger",
                format!("{api}/organizations/{organization}/ledger"),
            ),
            (
                "/api/v1/projects/{project}",
                format!("{api}/projects/{project}"),
            ),
            (
                "/api/v1/projects/{project}/keys",
                format!("{api}/projects/{project}/keys"),
            ),
            ("/api/v1/keys/{key}", format!("{api}/keys/{key}")),
            (
                "/api/v1/limits",
                format!("{api}/limits?organization={organization}"),
            ),
            ("/api/v1/limits/{limit}", format!("{api}/limits/{limit}")),
            ("/api/v1/headroom", format!("{api}/headroom?key={key}")),
            ("/api/v1/requests", format!("{api}/requests")),
            (
                "/api/v1/requests/{request}",
                format!("{api}/requests/{served}"),
            ),
            (
                "/api/v1/requests/{request}/explanation",
                format!("{api}/requests/{served}/explanation"),
            ),
            ("/api/v1/usage", format!("{api}/usage")),
            (
                "/api/v1/usage",
                format!("{api}/usage?group_by=project,key,model,upstream,organization&bucket=hour"),
            ),
            ("/api/v1/audit", format!("{api}/audit")),
            ("/api/v1/prices", format!("{api}/prices")),
        ]
    }
}
