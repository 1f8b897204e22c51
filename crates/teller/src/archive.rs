//! Retention: old entries go where they take less room. Nothing is forgotten; the journal reads as before.

use ids::OrganizationId;
use ledger::Time;

use crate::{ReplayError, Tellers};

impl Tellers {
    /// Has the store archive what every journal says of the time before a moment, as far as there is a snapshot of it. Reads
    /// and writes beside the running calls, a thousand entries at a time. An organization whose journal cannot be read is left
    /// for the next time.
    ///
    /// # Errors
    /// [`ReplayError`]: the store cannot say which organizations there are.
    pub async fn archive(&self, before: Time) -> Result<(), ReplayError> {
        for organization in self.organizations().await? {
            if let Err(error) = self.archive_one(organization, before).await {
                tracing::warn!(%organization, %error, "old entries were not archived");
            }
        }
        Ok(())
    }

    async fn archive_one(
        &self,
        organization: OrganizationId,
        before: Time,
    ) -> Result<(), ReplayError> {
        let head = self.store().head(organization).await?.seq;
        let through = self.last_before(organization, before, head).await?;
        let mut archived = 0;
        while archived < through {
            let last = self.store().archive(organization, through).await?;
            if last <= archived {
                // The rest is not in a snapshot yet, or the store keeps everything as it is.
                break;
            }
            archived = last;
        }
        Ok(())
    }
}
