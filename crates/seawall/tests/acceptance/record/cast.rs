//! Who calls, under which limits, and what an administrator changes meanwhile.

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::dice::Dice;
use crate::stage::Stage;
use crate::tenant::{Key, On, Tenant, id};
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;
/// Room for no call, for a short one, and for some.
const TIGHT: [i64; 3] = [1_000, 150_000, 700_000];

/// An organization with keys and limits of every kind, and one that nothing but its own holds can refuse.
pub(super) struct Cast {
    pub(super) organization: String,
    project: String,
    pub(super) key: Key,
    /// Frozen now and then.
    frozen: Key,
    /// With what is the matter with each.
    pub(super) odd: Vec<(&'static str, Key)>,
    models: Key,
    addresses: Key,
    pub(super) calm: Tenant,
    /// The limit on the calm one's project: room for one call of [`whole`] and a half.
    pub(super) room: String,
}

/// A chat that holds a thousand tokens and may not be cut down.
pub(super) fn whole() -> Call {
    let call = Call::chat().max(1_000).sim("output-tokens", 1);
    call.header("x-seawall-fit", "never")
}

impl Cast {
    pub(super) async fn new(stage: &Stage) -> Self {
        let Tenant {
            organization,
            project,
            key,
            secret,
        } = stage.tenant(DOLLAR).await;
        let key_of = async |name: &str| stage.key(&project, json!({"name": name})).await;
        let (revoked, expired) = (key_of("revoked").await, key_of("expired").await);
        stage.delete(&format!("keys/{}", revoked.id)).await;
        let at_once = json!({"overlap_seconds": 0});
        let rotate = format!("keys/{}/rotate", expired.id);
        stage.create(&rotate, &at_once).await;
        let old = stage.project(&organization, json!({"name": "old"})).await;
        let archived = stage.key(&old, json!({"name": "left"})).await;
        stage.act(&format!("projects/{old}/archive")).await;
        let (frozen, models, addresses) = (
            key_of("frozen").await,
            key_of("models").await,
            key_of("addresses").await,
        );
        let elsewhere = json!({"ip_allow": ["10.0.0.0/8"]});
        stage
            .patch(&format!("keys/{}", addresses.id), &elsewhere)
            .await;
        let calm = stage.tenant(100 * DOLLAR).await;
        let worst = stage.worst_case(&whole()).await;
        let room = stage.limit(On::Project(&calm.project), worst * 3 / 2).await;
        Self {
            key: Key { id: key, secret },
            odd: vec![
                ("revoked", revoked),
                ("expired", expired),
                ("archived", archived),
                ("frozen", frozen.clone()),
                ("models", models.clone()),
                ("addresses", addresses.clone()),
            ],
            organization,
            project,
            frozen,
            models,
            addresses,
            calm,
            room,
        }
    }

    /// Changes something, so that something else stops the next calls, or nothing.
    pub(super) async fn edit(&self, stage: &Stage, dice: &mut Dice) {
        match dice.within(0..=10) {
            0 => self.toggle_frozen(stage).await,
            1 => {
                let models = pick(dice, json!(["gpt-4o"]));
                let change = json!({"models": models});
                stage
                    .patch(&format!("keys/{}", self.models.id), &change)
                    .await;
            }
            2 => {
                let addresses = pick(dice, json!(["10.0.0.0/8", "2001:db8::/32"]));
                let change = json!({"ip_allow": addresses});
                let key = &self.addresses.id;
                stage.patch(&format!("keys/{key}"), &change).await;
            }
            3 | 4 => self.credit(stage, dice).await,
            5 => self.approve(stage, dice).await,
            6 | 7 => self.delete_a_limit(stage, dice).await,
            _ => self.set_a_limit(stage, dice).await,
        }
    }

    /// What the calm one has spent counts no longer.
    pub(super) async fn make_room(&self, stage: &Stage) {
        let reset = json!({"used": "reset"});
        stage.patch(&format!("limits/{}", self.room), &reset).await;
    }

    async fn toggle_frozen(&self, stage: &Stage) {
        let key = stage.get(&format!("keys/{}", self.frozen.id)).await;
        let act = if key["state"] == "frozen" {
            "unfreeze"
        } else {
            "freeze"
        };
        stage.act(&format!("keys/{}/{act}", self.frozen.id)).await;
    }

    /// Takes back what is left, or adds plenty or next to nothing.
    async fn credit(&self, stage: &Stage, dice: &mut Dice) {
        let amount = *dice.pick(&[DOLLAR, TIGHT[1], TIGHT[2]]);
        if amount < DOLLAR {
            let credits = format!("organizations/{}/credits", self.organization);
            for lot in stage.list(&credits).await {
                if usd::of(&lot, "left_usd") > 0 {
                    stage.delete(&format!("{credits}/{}", id(&lot))).await;
                }
            }
        }
        stage.credit(&self.organization, amount).await;
    }

    /// The operator approves more or less, or anything.
    async fn approve(&self, stage: &Stage, dice: &mut Dice) {
        let spent = stage.balance(&self.organization).await.spent;
        let most = pick(dice, json!(usd::dollars(spent + TIGHT[1])));
        let change = json!({"approved_usage_limit_usd": most});
        let organization = format!("organizations/{}", self.organization);
        stage.patch(&organization, &change).await;
    }

    async fn limits(&self, stage: &Stage) -> Vec<Value> {
        let path = format!("limits?organization={}", self.organization);
        let mut limits = stage.list(&path).await;
        limits.retain(|limit| limit["origin"] != "operator");
        limits
    }

    async fn delete_a_limit(&self, stage: &Stage, dice: &mut Dice) {
        let limits = self.limits(stage).await;
        if !limits.is_empty() {
            let path = format!("limits/{}", id(dice.pick(&limits)));
            // The approved usage limit is the operator's and is not deleted here.
            stage.administer(Method::DELETE, &path, None).await;
        }
    }

    /// Makes a limit, or raises, lowers or resets one.
    async fn set_a_limit(&self, stage: &Stage, dice: &mut Dice) {
        let limits = self.limits(stage).await;
        let room = *dice.pick(&[TIGHT[0], TIGHT[1], TIGHT[2], DOLLAR, DOLLAR, DOLLAR]);
        if limits.len() < 3 {
            let on = [
                On::Organization(&self.organization),
                On::Project(&self.project),
                On::Key(&self.key.id),
            ];
            stage.limit(*dice.pick(&on), room).await;
            return;
        }
        let limit = dice.pick(&limits);
        let (amount, used) = if dice.within(0..=3) == 0 {
            (room, "reset")
        } else {
            (usd::of(limit, "spent_usd") + room, "keep")
        };
        let change = json!({"amount_usd": usd::dollars(amount), "used": used});
        let path = format!("limits/{}", id(limit));
        stage.administer(Method::PATCH, &path, Some(&change)).await;
    }
}

/// This, or nothing.
fn pick(dice: &mut Dice, value: Value) -> Value {
    if dice.within(0..=1) == 0 {
        value
    } else {
        Value::Null
    }
}
