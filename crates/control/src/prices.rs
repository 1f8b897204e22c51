//! `/prices`: what models cost now. A price is in dollars per million units, as providers print them; a flat price of a
//! picture is for one picture.

mod rates;

use axum::Json;
use axum::extract::State;
use catalog::{Chat, ChatPrices, ImageOutput, ImagePrices, Model, Service};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use self::rates::{
    ImageTokensView, LongContextView, PerImageView, TiersView, UnitPriceView, per_million,
};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::operation::{self, Operation};
use crate::query::Params;
use crate::show::{Day, List, Moment, Text, Usd};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
pub(crate) struct View {
    /// The first is the model's own name; one that ends in `*` stands for all that begin like it.
    names: Vec<String>,
    /// The version of the catalogue the prices are from; it stands in every charge that was computed with them.
    catalog: String,
    /// The day the provider has announced to shut it down. A warning: no call is refused for it.
    shutdown_on: Option<Day>,
    chat: Option<ChatView>,
    image: Option<ImageView>,
    /// Tasks that are billed by a plain list of units.
    services: Vec<ServiceView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatModel)]
struct ChatView {
    /// Along which routes it writes text: `chat`, `responses`, `completions`, `messages`.
    routes: Vec<&'static str>,
    context_tokens: u64,
    max_output_tokens: u64,
    /// Null before the first price list: calls are refused as unpriced.
    prices: Option<ChatPricesView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatPrices)]
struct ChatPricesView {
    from_at: Moment,
    #[serde(flatten)]
    tiers: TiersView,
    long_context: Option<LongContextView>,
    /// The provider's own tools, by the unit they are billed in.
    tools: Vec<UnitPriceView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImageModel)]
struct ImageView {
    prices: Option<ImagePricesView>,
}

/// Exactly one of the three is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImagePrices)]
struct ImagePricesView {
    from_at: Moment,
    by_token: Option<ImageTokensView>,
    per_image: Option<Vec<PerImageView>>,
    per_million_pixels_usd: Option<Usd>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Service)]
struct ServiceView {
    /// `embedding`, `speech`, `transcription`, `moderation` or `rerank`.
    task: &'static str,
    context_tokens: Option<u64>,
    max_output_tokens: Option<u64>,
    prices: Option<ServicePricesView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicePrices)]
struct ServicePricesView {
    from_at: Moment,
    units: Vec<UnitPriceView>,
}

impl ServiceView {
    fn of(service: &Service, now: Timestamp) -> Self {
        Self {
            task: service.task().as_str(),
            context_tokens: service.context(),
            max_output_tokens: service.max_output(),
            prices: service.prices_at(now).map(|list| ServicePricesView {
                from_at: Text(list.from),
                units: list.units.iter().copied().map(UnitPriceView::of).collect(),
            }),
        }
    }
}

impl View {
    fn of(model: &Model, catalog: &str, now: Timestamp) -> Self {
        Self {
            names: model.names().map(ToOwned::to_owned).collect(),
            catalog: catalog.to_owned(),
            shutdown_on: model.shutdown().map(Text),
            chat: text(model).map(|chat| ChatView {
                routes: model.routes().iter().map(|route| route.as_str()).collect(),
                context_tokens: chat.context(),
                max_output_tokens: chat.max_output(),
                prices: chat.prices_at(now).map(ChatPricesView::of),
            }),
            image: model.image().map(|image| ImageView {
                prices: image.prices_at(now).map(ImagePricesView::of),
            }),
            services: model
                .services()
                .iter()
                .map(|service| ServiceView::of(service, now))
                .collect(),
        }
    }
}

impl ChatPricesView {
    fn of(list: &ChatPrices) -> Self {
        Self {
            from_at: Text(list.from),
            tiers: TiersView::of(&list.rates),
            long_context: list.long_context.as_ref().map(LongContextView::of),
            tools: UnitPriceView::of_tools(&list.tools),
        }
    }
}

impl ImagePricesView {
    fn of(list: &ImagePrices) -> Self {
        let mut view = Self {
            from_at: Text(list.from),
            by_token: None,
            per_image: None,
            per_million_pixels_usd: None,
        };
        match &list.output {
            ImageOutput::ByToken(tokens) => view.by_token = Some(ImageTokensView::of(tokens)),
            ImageOutput::PerImage(flat) => {
                view.per_image = Some(flat.iter().map(PerImageView::of).collect());
            }
            ImageOutput::PerPixel(price) => view.per_million_pixels_usd = Some(per_million(*price)),
        }
        view
    }
}

/// What a model is as one that writes text, along whichever route.
fn text(model: &Model) -> Option<&Chat> {
    let first = model.routes().first()?;
    model.text(*first)
}

/// All models, or the one that a call with this `model` would be priced as.
pub(crate) async fn list(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<List<View>>, ApiError> {
    let name = params.text("model")?;
    params.finish()?;
    let now = app.tellers.settings().clock.now().to_timestamp();
    let view = |model: &Model| View::of(model, app.catalog.version(), now);
    let data = match name {
        None => app.catalog.models().map(view).collect(),
        Some(name) => app.catalog.model(&name).map(view).into_iter().collect(),
    };
    Ok(Json(List {
        data,
        next_cursor: None,
    }))
}

/// How this is described to clients.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation::get("/prices", "listPrices", "What models cost now.")
            .query_text(
                "model",
                "Only the one that a call with this `model` would be priced as.",
            )
            .lists::<View>(),
    ]
}
