//! `/prices`: what models cost now. A price is in dollars per million units, as providers print them; a flat price of a
//! picture is for one picture.

mod rates;

use axum::Json;
use axum::extract::State;
use catalog::{ChatPrices, ImageOutput, ImagePrices, Model};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use self::rates::{ImageTokensView, LongContextView, PerImageView, TiersView};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::operation::{self, Operation};
use crate::query::Params;
use crate::show::{Day, List, Moment, Text};

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
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatModel)]
struct ChatView {
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
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImageModel)]
struct ImageView {
    prices: Option<ImagePricesView>,
}

/// Exactly one of the two is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImagePrices)]
struct ImagePricesView {
    from_at: Moment,
    by_token: Option<ImageTokensView>,
    per_image: Option<Vec<PerImageView>>,
}

impl View {
    fn of(model: &Model, catalog: &str, now: Timestamp) -> Self {
        Self {
            names: model.names().map(ToOwned::to_owned).collect(),
            catalog: catalog.to_owned(),
            shutdown_on: model.shutdown().map(Text),
            chat: model.chat().map(|chat| ChatView {
                context_tokens: chat.context(),
                max_output_tokens: chat.max_output(),
                prices: chat.prices_at(now).map(ChatPricesView::of),
            }),
            image: model.image().map(|image| ImageView {
                prices: image.prices_at(now).map(ImagePricesView::of),
            }),
        }
    }
}

impl ChatPricesView {
    fn of(list: &ChatPrices) -> Self {
        Self {
            from_at: Text(list.from),
            tiers: TiersView::of(&list.rates),
            long_context: list.long_context.as_ref().map(LongContextView::of),
        }
    }
}

impl ImagePricesView {
    fn of(list: &ImagePrices) -> Self {
        let (by_token, per_image) = match &list.output {
            ImageOutput::ByToken(tokens) => (Some(ImageTokensView::of(tokens)), None),
            ImageOutput::PerImage(flat) => {
                (None, Some(flat.iter().map(PerImageView::of).collect()))
            }
        };
        Self {
            from_at: Text(list.from),
            by_token,
            per_image,
        }
    }
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
