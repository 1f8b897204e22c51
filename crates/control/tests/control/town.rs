//! A house with something of everything in it.

use serde_json::json;

use crate::house::House;

/// Something of everything that can be asked for.
pub(crate) struct Town {
    organization: String,
    project: String,
    key: String,
    limit: String,
    budget: String,
    served: String,
}

/// Accounts that were made at run time.
async fn upstreams(house: &House) {
    for body in [
        json!({
            "name": "made", "kind": "azure", "base_url": "https://r.openai.azure.com", "api_key": "k-0123456789012345678",
            "models": [{"model": "gpt-5", "as": "eu"}],
        }),
        json!({"name": "local", "kind": "compatible", "provider": "ollama", "serves": "listed"}),
    ] {
        let made = house.post("/upstreams", body).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let scope = json!({"kind": "upstream", "name": "made"});
    let cap = json!({"scope": scope, "amount_usd": "100", "window": {"kind": "month"}});
    let cap = house.post("/limits", cap).await;
    assert_eq!(cap.status, 201, "{}", cap.body);
}

/// What is asked of an upstream account in the place of an organization.
fn of_caps() -> Vec<(&'static str, String)> {
    let paths = ["/api/v1/limits", "/api/v1/headroom", "/api/v1/audit"];
    let of_made = paths.map(|path| (path, format!("{path}?upstream=made")));
    of_made.to_vec()
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
        kinds_of_limits(house, &organization, &key).await;
        let notify = json!([
            {"kind": "webhook", "url": "https://example.org/hook"}, {"kind": "slack", "url": "env:SLACK_URL"},
        ]);
        let window = json!({"kind": "month"});
        let body =
            json!({"scope": scope, "amount_usd": "0.30", "window": window, "notify": notify});
        let budget = house.post("/budgets", body).await.id();
        let change = json!({"amount_usd": "0.40"});
        house.patch(&format!("/budgets/{budget}"), change).await;
        house
            .call(
                "PUT",
                &format!("{path}/alerts"),
                Some(json!({"notify": notify})),
            )
            .await;
        let served = house.spend(&organization, &key, "0.25").await.to_string();
        upstreams(house).await;
        house
            .post("/alerts/test", json!({"organization": organization}))
            .await
            .id();
        Self {
            organization,
            project,
            key,
            limit,
            budget,
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
            budget: _,
        } = self;
        let api = "/api/v1";
        let mut uris = self.telling();
        uris.extend(of_caps());
        uris.extend([
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
        ]);
        uris
    }

    /// Those of what is told, foretold and looked after.
    fn telling(&self) -> Vec<(&'static str, String)> {
        let Self {
            organization,
            budget,
            ..
        } = self;
        let api = "/api/v1";
        vec![
            ("/api/v1/audit", format!("{api}/audit")),
            ("/api/v1/prices", format!("{api}/prices")),
            (
                "/api/v1/forecast",
                format!("{api}/forecast?organization={organization}"),
            ),
            (
                "/api/v1/budgets",
                format!("{api}/budgets?organization={organization}"),
            ),
            (
                "/api/v1/budgets/{budget}",
                format!("{api}/budgets/{budget}"),
            ),
            (
                "/api/v1/organizations/{org}/alerts",
                format!("{api}/organizations/{organization}/alerts"),
            ),
            (
                "/api/v1/alerts",
                format!("{api}/alerts?organization={organization}"),
            ),
            ("/api/v1/upstreams", format!("{api}/upstreams")),
            ("/api/v1/upstreams/{name}", format!("{api}/upstreams/made")),
            ("/api/v1/verifications", format!("{api}/verifications")),
            (
                "/api/v1/requests/rebuild",
                format!("{api}/requests/rebuild"),
            ),
        ]
    }
}

/// Hard limits of every kind, none of which is in the way.
async fn kinds_of_limits(house: &House, organization: &str, key: &str) {
    let rolling = json!({"kind": "rolling", "seconds": 60});
    let each = json!({"kind": "end_user", "organization_id": organization});
    let one = json!({"kind": "end_user", "organization_id": organization, "value": "alice"});
    let tag = json!({"kind": "tag", "organization_id": organization, "value": "team=red"});
    let model =
        json!({"kind": "model", "organization_id": organization, "key_id": key, "model": "gpt-5*"});
    for scope in [each, one, tag, model] {
        let body = json!({
            "scope": scope, "amount_usd": "40", "window": rolling, "mode": "shadow", "on_trip": "freeze_key",
            "until_at": "2027-11-22T16:00:00Z",
        });
        house.post("/limits", body).await.id();
    }
    let requests = json!({
        "scope": {"kind": "key", "id": key}, "measure": "requests", "amount": 1000, "window": rolling,
    });
    let limit = house.post("/limits", requests).await.id();
    let raise = json!({"amount": 2000, "until_at": "2026-11-22T16:00:00Z"});
    house.patch(&format!("/limits/{limit}"), raise).await;
}
