//! Money in the text of the metrics: whole nano-dollars inside, dollars outside.

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
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let nanos = i64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let dollars = in_dollars(Nanos::new(nanos));
        encoder.encode_counter::<NoLabelSet, f64, u64>(&dollars, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

/// As the format has it.
#[expect(
    clippy::cast_precision_loss,
    reason = "the format knows only floats; this one leaves the program at once and is never read back"
)]
pub(crate) fn in_dollars(amount: Nanos) -> f64 {
    amount.get() as f64 / 1e9
}
