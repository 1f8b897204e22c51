//! A counter of money: whole nano-dollars inside, dollars in the text.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use money::Nanos;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Money that only grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dollars(Arc<AtomicU64>);

impl Dollars {
    /// Adds an amount. A counter never falls, so one below nothing is not added.
    pub(crate) fn add(&self, amount: Nanos) {
        if let Ok(nanos) = u64::try_from(amount.get()) {
            self.0.fetch_add(nanos, Ordering::Relaxed);
        }
    }
}

impl TypedMetric for Dollars {
    const TYPE: MetricType = MetricType::Counter;
}

impl EncodeMetric for Dollars {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the format knows only floats; this one leaves the program at once and is never read back"
    )]
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let dollars = self.0.load(Ordering::Relaxed) as f64 / 1e9;
        encoder.encode_counter::<NoLabelSet, f64, u64>(&dollars, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}
