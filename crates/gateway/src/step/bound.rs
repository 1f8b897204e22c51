//! Step 4: the most the call can cost.
//!
//! In two stages: by the bytes of the body, which is cheap and always enough where money is plenty; by an exact count of
//! its tokens, where the first does not fit.

use std::sync::Arc;

use catalog::{Chat, ChatTerms, Image, ImageTerms, Model, chat_bound, image_bound, image_tokens};
use http::HeaderMap;
use ledger::Time;
use money::Bound;
use teller::KeyView;
use wire::{chat, image};

use super::read::Facts;
use crate::Gateway;
use crate::settings::Served;
use crate::tell::Stop;

/// How closely the input is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closeness {
    /// By its bytes.
    Bytes,
    /// By counting its tokens.
    Count,
}

/// The most a call can come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// What it can cost.
    pub(crate) cost: Bound,
    /// The tokens of its input, and of what of its output does not depend on max tokens.
    pub(crate) tokens: u64,
    /// The tokens that each unit of the cost adds.
    pub(crate) tokens_per_unit: u64,
}

impl Most {
    /// The same for a call that may not be cut down.
    pub(crate) fn unfittable(self) -> Self {
        Self {
            cost: self.cost.unfittable(),
            ..self
        }
    }
}

/// What a call may do, as far as it decides the bound.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Output tokens of a choice, where the caller asked for none.
    default_max_output: Option<u64>,
    /// Whether the caller would rather be refused than fitted.
    never_fit: bool,
    /// The account, which may pin a tier for calls that leave it open.
    served: Arc<Served>,
    floor: u64,
    /// Prices are those of this moment, for the bound and for the bill.
    pub(crate) at: Time,
}

impl Terms {
    pub(crate) fn new(
        gateway: &Gateway,
        key: &KeyView,
        headers: &HeaderMap,
        served: &Arc<Served>,
    ) -> Self {
        let never = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"never");
        Self {
            default_max_output: key.default_max_output,
            never_fit: headers.get("x-seawall-fit").is_some_and(never),
            served: Arc::clone(served),
            floor: key.fit_floor.unwrap_or(gateway.settings().fit_floor),
            at: gateway.now(),
        }
    }

    /// The most the call can come to.
    pub(crate) fn bound(
        &self,
        model: &Model,
        facts: &Facts<'_>,
        closeness: Closeness,
    ) -> Result<Most, Stop> {
        let most = match facts {
            Facts::Chat(facts) => {
                let chat = model
                    .chat()
                    .ok_or_else(|| Stop::WrongRoute(facts.model.clone()))?;
                self.of_chat(chat, facts, closeness)?
            }
            Facts::Images(facts) => {
                let image = model
                    .image()
                    .ok_or_else(|| Stop::WrongRoute(facts.model.clone()))?;
                self.of_image(image, facts, closeness)?
            }
        };
        Ok(if self.never_fit {
            most.unfittable()
        } else {
            most
        })
    }

    /// Max tokens to put into a request that names none; `None`: leave it to the model's own maximum.
    pub(crate) const fn default_max_output(&self) -> Option<u64> {
        self.default_max_output
    }

    fn of_chat(
        &self,
        chat: &Chat,
        facts: &chat::Facts<'_>,
        closeness: Closeness,
    ) -> Result<Most, Stop> {
        let prices = chat
            .prices_at(self.at.to_timestamp())
            .ok_or_else(|| Stop::Unpriced(facts.model.clone()))?;
        let input = match closeness {
            Closeness::Bytes => chat.input_by_bytes(facts.body_len(), facts.parts),
            Closeness::Count => chat.input_by_count(&facts.prompt()),
        };
        let open = facts
            .service_tier
            .as_deref()
            .is_none_or(|tier| tier == "auto");
        let terms = ChatTerms {
            input_tokens_at_most: input,
            max_output: facts
                .max_output
                .or(self.default_max_output)
                .unwrap_or_else(|| chat.max_output()),
            n: facts.n,
            service_tier: if open {
                self.served.service_tier.as_deref()
            } else {
                facts.service_tier.as_deref()
            },
            cache: facts.cache,
            floor: self.floor,
        };
        let cost = chat_bound(prices, &terms)
            .map_err(|unpriced| Stop::Unmetered(facts.model.clone(), unpriced))?;
        Ok(Most {
            cost,
            tokens: input,
            tokens_per_unit: facts.n,
        })
    }

    fn of_image(
        &self,
        image: &Image,
        facts: &image::Facts<'_>,
        closeness: Closeness,
    ) -> Result<Most, Stop> {
        let prices = image
            .prices_at(self.at.to_timestamp())
            .ok_or_else(|| Stop::Unpriced(facts.model.clone()))?;
        let prompt = match closeness {
            Closeness::Bytes => {
                image.prompt_by_bytes(u64::try_from(facts.prompt.len()).unwrap_or(u64::MAX))
            }
            Closeness::Count => image.prompt_by_count(&facts.prompt),
        };
        let terms = ImageTerms {
            prompt_tokens_at_most: prompt,
            shape: facts.shape(),
            n: facts.n,
            // Refused where the request is read.
            partial_images: 0,
        };
        let unmetered = |unpriced| Stop::Unmetered(facts.model.clone(), unpriced);
        Ok(Most {
            cost: image_bound(prices, &terms).map_err(unmetered)?,
            tokens: image_tokens(prices, &terms).map_err(unmetered)?,
            tokens_per_unit: 0,
        })
    }
}
