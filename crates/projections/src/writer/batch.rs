//! What one transaction changes: each call once, however many of the jobs are about it.

use std::collections::HashMap;

use ids::{HoldId, OrganizationId, RequestId};
use ledger::{Entry, Fact, HoldFact, Time};
use rusqlite::Connection;

use super::tally::{self, Tally};
use super::{Answer, Memory, audit, statements};
use crate::LogError;
use crate::call::Call;
use crate::log::Shared;
use crate::queue::Job;
use crate::stored::{Found, Offset, Place};
use crate::usage::Share;

/// A call that is changed.
struct Slot {
    call: Call,
    /// Its row's id and place, where it is known to have one.
    row: Option<(i64, Place)>,
    /// Whether a refusal's details are to be kept.
    details: bool,
    /// What it counted for before.
    before: Option<Share>,
}

/// Where to look for a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// It is new in all likelihood: the insert tells if not.
    New,
    /// It may be in the file; if not, it is made.
    OrMake,
    /// It is in the file; if not, it was removed by age or number and stays so.
    Only,
}

pub(super) struct Batch<'a> {
    connection: &'a Connection,
    memory: &'a mut Memory,
    shared: &'a Shared,
    slots: Vec<Slot>,
    index: HashMap<RequestId, usize>,
    /// Offsets that are to be written, as `memory` has them.
    moved: Vec<OrganizationId>,
    /// What is added to the sums.
    tally: Tally,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        memory: &'a mut Memory,
        shared: &'a Shared,
    ) -> Self {
        let (slots, index, moved) = (Vec::new(), HashMap::new(), Vec::new());
        Self {
            connection,
            memory,
            shared,
            slots,
            index,
            moved,
            tally: Tally::default(),
        }
    }

    pub(super) fn take(&mut self, job: Job) -> Result<Option<Answer>, LogError> {
        match job {
            Job::Entries {
                organization,
                entries,
            } => self.entries(organization, entries)?,
            Job::Page {
                organization,
                entries,
                reply,
            } => {
                self.entries(organization, entries)?;
                return Ok(Some(Answer::Done(reply)));
            }
            Job::Remark(remark) => {
                self.memory.hear(remark.at);
                if let Some(slot) = self.slot(remark.organization, remark.request, Look::OrMake)? {
                    slot.call.remark(remark);
                }
            }
            Job::Refused(refused) => {
                self.memory.hear(refused.at);
                if let Some(slot) = self.slot(refused.organization, refused.request, Look::New)? {
                    slot.details = refused.details_json.is_some();
                    slot.call.refuse(*refused);
                }
            }
            Job::Happened(happened) => {
                self.memory.hear(happened.at);
                audit::happened(self.connection, &happened)?;
            }
            Job::Offset {
                organization,
                reply,
            } => {
                let offset = self.offset(organization)?;
                return Ok(Some(Answer::Offset(reply, offset)));
            }
            Job::Forget {
                organization,
                reply,
            } => {
                self.forget(organization)?;
                return Ok(Some(Answer::Done(reply)));
            }
            Job::Flush { reply } => return Ok(Some(Answer::Done(reply))),
        }
        Ok(None)
    }

    /// Takes up what follows the offset. Entries before it were taken up already; where some are missing in between, or
    /// were not meant to come again, the journal has to be looked at.
    fn entries(
        &mut self,
        organization: OrganizationId,
        entries: Vec<Entry>,
    ) -> Result<(), LogError> {
        let mut offset = self.offset(organization)?;
        let before = offset;
        for entry in entries {
            let expected = offset.seq.saturating_add(1);
            if entry.seq != expected {
                if entry.seq > expected || self.is_other(&entry, offset) {
                    self.shared.lag.mark(organization);
                }
                if entry.seq > expected {
                    break;
                }
                continue;
            }
            offset = Offset {
                seq: entry.seq,
                last: entry.id,
            };
            self.memory.hear(entry.at);
            match entry.fact {
                // A call's hold at an upstream account's caps is not another call: its row is its organization's.
                Fact::Hold(_) if organization.is_of_upstream() => {}
                Fact::Hold(fact) => self.hold(organization, fact, entry.seq, entry.at)?,
                Fact::Directory(_) | Fact::Credit(_) | Fact::Limit(_) | Fact::Budget(_) => {
                    audit::write(self.connection, organization, &entry)?;
                }
            }
        }
        if offset != before {
            self.memory.offsets.insert(organization, offset);
            if !self.moved.contains(&organization) {
                self.moved.push(organization);
            }
        }
        Ok(())
    }

    /// Whether an entry at the offset's number is not the one that was read: the store came back without it.
    fn is_other(&self, entry: &Entry, offset: Offset) -> bool {
        entry.seq == offset.seq && entry.id != offset.last
    }

    fn hold(
        &mut self,
        organization: OrganizationId,
        fact: HoldFact,
        seq: u64,
        at: Time,
    ) -> Result<(), LogError> {
        let (HoldId { request, attempt }, look) = match &fact {
            HoldFact::Taken(taken) if taken.hold.attempt == 1 => (taken.hold, Look::New),
            HoldFact::Taken(taken) => (taken.hold, Look::OrMake),
            HoldFact::Settled { hold, .. }
            | HoldFact::Released { hold, .. }
            | HoldFact::Presumed { hold, .. }
            | HoldFact::Corrected { hold, .. } => (*hold, Look::Only),
            HoldFact::Renewed { .. } | HoldFact::Described { .. } | HoldFact::Measured { .. } => {
                return Ok(());
            }
        };
        let too_old = at < self.memory.cutoff(&self.shared.options);
        if too_old && attempt == 1 && look == Look::New {
            return Ok(());
        }
        if let Some(slot) = self.slot(organization, request, look)? {
            slot.call.take_up(fact, seq, at);
        }
        Ok(())
    }

    fn slot(
        &mut self,
        organization: OrganizationId,
        request: RequestId,
        look: Look,
    ) -> Result<Option<&mut Slot>, LogError> {
        if let Some(place) = self.index.get(&request) {
            return Ok(self.slots.get_mut(*place));
        }
        let mut found = self.memory.recent.take(request);
        if found.is_none() && look != Look::New {
            found = statements::load(self.connection, request)?;
        }
        let slot = match found {
            Some(Found { call, id, place }) => Slot {
                before: Share::of(&call),
                call,
                row: Some((id, place)),
                details: false,
            },
            None if look == Look::Only => return Ok(None),
            None => Slot {
                call: Call::new(organization, request),
                row: None,
                details: false,
                before: None,
            },
        };
        self.index.insert(request, self.slots.len());
        self.slots.push(slot);
        Ok(self.slots.last_mut())
    }

    fn offset(&mut self, organization: OrganizationId) -> Result<Offset, LogError> {
        if let Some(offset) = self.memory.offsets.get(&organization) {
            return Ok(*offset);
        }
        let offset = statements::offset(self.connection, organization)?.unwrap_or(Offset::START);
        self.memory.offsets.insert(organization, offset);
        Ok(offset)
    }

    fn forget(&mut self, organization: OrganizationId) -> Result<(), LogError> {
        self.write()?;
        self.tally.write(self.connection)?;
        self.memory.recent = super::Recent::default();
        self.memory.offsets.remove(&organization);
        self.moved.retain(|moved| *moved != organization);
        let removed = statements::forget(self.connection, organization)?;
        self.memory.rows = self.memory.rows.saturating_sub(removed);
        // Sums of hours that are not read again stay.
        let cutoff = self.memory.cutoff(&self.shared.options);
        tally::forget(self.connection, organization, cutoff)?;
        audit::forget(self.connection, organization)
    }

    pub(super) fn finish(mut self) -> Result<(), LogError> {
        self.write()?;
        self.tally.write(self.connection)?;
        for organization in std::mem::take(&mut self.moved) {
            if let Some(offset) = self.memory.offsets.get(&organization) {
                statements::put_offset(self.connection, organization, *offset)?;
            }
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), LogError> {
        self.index.clear();
        for slot in std::mem::take(&mut self.slots) {
            self.write_slot(slot)?;
        }
        Ok(())
    }

    fn write_slot(&mut self, slot: Slot) -> Result<(), LogError> {
        let Slot {
            mut call,
            row,
            details,
            before,
        } = slot;
        self.tally.take(before);
        let Some((id, place)) = row else {
            return self.write_new(call, details);
        };
        if place == Place::of(&call) {
            statements::update(self.connection, id, &call)?;
        } else {
            statements::rewrite(self.connection, id, &call)?;
        }
        self.written(&mut call, details)?;
        self.keep(call, id);
        Ok(())
    }

    /// Writes a call that has no row in all likelihood. Where it has one, what was known joins what is new.
    fn write_new(&mut self, mut call: Call, details: bool) -> Result<(), LogError> {
        let id = match statements::insert(self.connection, &call)? {
            Some(id) => {
                self.memory.rows = self.memory.rows.saturating_add(1);
                id
            }
            None => match statements::load(self.connection, call.request)? {
                Some(mut earlier) => {
                    self.tally.take(Share::of(&earlier.call));
                    earlier.call.join(call);
                    call = earlier.call;
                    statements::rewrite(self.connection, earlier.id, &call)?;
                    earlier.id
                }
                None => {
                    statements::remove(self.connection, call.request)?;
                    let id = statements::insert(self.connection, &call)?;
                    id.ok_or_else(|| LogError::Damaged("a row cannot be replaced".to_owned()))?
                }
            },
        };
        self.written(&mut call, details)?;
        self.keep(call, id);
        Ok(())
    }

    /// Keeps an error that was told apart from the row.
    fn written(&mut self, call: &mut Call, details: bool) -> Result<(), LogError> {
        let kept = call
            .refusal
            .as_mut()
            .and_then(|refusal| Some((refusal.details_json.take()?, refusal.decided.take())));
        match kept {
            Some((text, decided)) if details => {
                statements::put_details(self.connection, call.request, (&text, decided.as_ref()))
            }
            // Whatever a call that was refused is told is its refusal.
            _ => match call.error_json.take().filter(|_| call.refusal.is_none()) {
                Some(text) => statements::put_details(self.connection, call.request, (&text, None)),
                None => Ok(()),
            },
        }
    }

    /// Counts a call as it is now, and keeps it at hand if more is to be expected.
    fn keep(&mut self, call: Call, id: i64) {
        self.tally.add(Share::of(&call));
        if !call.is_complete() {
            let place = Place::of(&call);
            self.memory.recent.put(Found { call, id, place });
        }
    }
}
