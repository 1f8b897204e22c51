//! Calls that cost money, straight through a teller, as the data plane makes them.

use ids::{HoldId, OrganizationId, RequestId};
use ledger::{Charge, Patience, Settlement, TakeHold, Time, Traits};
use money::{Bound, Femtos, Nanos};
use teller::{HoldAnswer, LiveHold};

use crate::house::House;

pub(crate) fn usd(text: &str) -> Nanos {
    text.parse().unwrap()
}

impl House {
    /// Holds an amount for a call of a key.
    pub(crate) async fn hold(
        &self,
        organization: &str,
        key: &str,
        amount: &str,
    ) -> (RequestId, LiveHold) {
        match self
            .try_hold(organization, key, (amount, Traits::default()))
            .await
        {
            (request, HoldAnswer::Granted(hold, _)) => (request, hold),
            (_, other) => panic!("{other:?}"),
        }
    }

    /// Asks for a hold for a call of such traits, without waiting.
    pub(crate) async fn try_hold(
        &self,
        organization: &str,
        key: &str,
        (amount, traits): (&str, Traits),
    ) -> (RequestId, HoldAnswer) {
        let organization: OrganizationId = organization.parse().unwrap();
        let request = RequestId::from_bytes(control::NewIds::id(&*self.ids));
        let ask = TakeHold {
            hold: HoldId::first(request),
            key: key.parse().unwrap(),
            bound: Bound::fixed(Femtos::from(usd(amount))),
            patience: Patience::Wait,
            holder: self.tellers.settings().holder.clone(),
            deadline: Time::LATEST,
            route: "/v1/chat/completions".into(),
            model: "gpt-5-mini".into(),
            upstream: "openai".into(),
            traits,
            others_wait: false,
        };
        let teller = self.tellers.of(organization).unwrap();
        (request, teller.hold(ask).await.unwrap())
    }

    /// A call of such traits that costs exactly this.
    pub(crate) async fn spend_for(&self, organization: &str, key: &str, of: (&str, Traits)) {
        let amount = of.0;
        match self.try_hold(organization, key, of).await.1 {
            HoldAnswer::Granted(hold, _) => settle(hold, amount).await,
            other => panic!("{other:?}"),
        }
    }

    /// A call that costs exactly this.
    pub(crate) async fn spend(&self, organization: &str, key: &str, amount: &str) -> RequestId {
        let (request, hold) = self.hold(organization, key, amount).await;
        settle(hold, amount).await;
        request
    }
}

async fn settle(hold: LiveHold, amount: &str) {
    let charge = Charge {
        amount: usd(amount),
        fees: Vec::new(),
        catalog: "test".into(),
    };
    hold.settle(Settlement::Charge(charge)).await.unwrap();
}
