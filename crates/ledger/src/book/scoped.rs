//! Things that are on a scope and count in windows: hard limits and budgets, found by id, by scope and by when they begin
//! anew.
//!
//! They stand in numbered places, and a scope knows the places of what is on it: a decision about a key finds its three
//! scopes once and then walks along, whatever else an organization has.

use std::fmt::Debug;

use ids::{KeyId, ProjectId};

use super::ordered::OrderedSet;
use crate::apply::Inconsistent;
use crate::codec::{Canonical, DecodeError, Reader};
use crate::{Scope, Time};

/// For how many there is room made before they are read.
const MOST_AT_ONCE: usize = 1_024;

/// What is on a scope and counts in windows.
pub(crate) trait Scoped: Canonical + Debug {
    /// What it is known by.
    type Id: Copy + Ord + Canonical + Debug;
    /// What it is called where it is missing.
    const NAME: &'static str;
    fn id(&self) -> Self::Id;
    fn scope(&self) -> Scope;
    /// When something is due of it next: its current window is over, or what else it has an end of.
    fn end(&self) -> Time;
    /// How many subjects have a counter of their own in it.
    fn apart(&self) -> usize {
        0
    }
}

/// All of one kind.
#[derive(Clone, Debug)]
pub(crate) struct ByScope<T: Scoped> {
    /// A place is empty after what stood there was deleted, until the next one takes it.
    places: Vec<Option<T>>,
    /// The places, oldest id first.
    by_id: Vec<u32>,
    /// Where what is on a scope stands: by scope, then oldest first. A list, because that is a tenth of a map of lists,
    /// and is walked along a hundred times for each time that it changes.
    on: Vec<u32>,
    ends: OrderedSet<(Time, T::Id)>,
    /// The subjects that all of them count apart, together.
    apart: usize,
}

impl<T: Scoped> Default for ByScope<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            by_id: Vec::new(),
            on: Vec::new(),
            ends: OrderedSet::default(),
            apart: 0,
        }
    }
}

/// Places differ between a Book and its copy from a snapshot; what stands there does not.
impl<T: Scoped + PartialEq> PartialEq for ByScope<T> {
    fn eq(&self, other: &Self) -> bool {
        self.by_id.len() == other.by_id.len() && self.all().eq(other.all())
    }
}

impl<T: Scoped> Canonical for ByScope<T> {
    fn write(&self, out: &mut Vec<u8>) {
        let length = u32::try_from(self.by_id.len()).unwrap_or(u32::MAX);
        length.write(out);
        for item in self.all() {
            item.write(out);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let mut read = Self::default();
        // Room for all at once is less than growing leaves behind; a length that is damage makes little of it.
        read.places.reserve_exact(length.min(MOST_AT_ONCE));
        read.on.reserve_exact(length.min(MOST_AT_ONCE));
        read.by_id.reserve_exact(length.min(MOST_AT_ONCE));
        read.ends = OrderedSet::with_room(length);
        for _ in 0..length {
            let item = T::read(reader)?;
            let last = read.by_id.last().and_then(|place| read.at(*place));
            if last.is_some_and(|last| last.id() >= item.id()) {
                return Err(DecodeError::NotCanonical("order"));
            }
            read.add(item)
                .map_err(|_full| DecodeError::NotCanonical("length"))?;
        }
        Ok(read)
    }
}

impl<T: Scoped> ByScope<T> {
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// All, oldest id first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.by_id.iter().filter_map(|place| self.at(*place))
    }

    /// How many subjects have a counter of their own in any of them.
    pub(crate) fn apart(&self) -> usize {
        self.apart
    }

    pub(crate) fn get(&self, id: T::Id) -> Option<&T> {
        self.at(self.place_of(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: T::Id) -> Result<&mut T, Inconsistent> {
        self.place_of(id)
            .and_then(|place| self.at_mut(place))
            .ok_or(Inconsistent::Unknown(T::NAME))
    }

    fn place_of(&self, id: T::Id) -> Option<u32> {
        find(&self.places, &self.by_id, id).ok()
    }

    fn at(&self, place: u32) -> Option<&T> {
        at(&self.places, place)
    }

    fn at_mut(&mut self, place: u32) -> Option<&mut T> {
        self.places.get_mut(usize::try_from(place).ok()?)?.as_mut()
    }

    /// What is on exactly this scope.
    pub(crate) fn on(&self, scope: Scope) -> &[u32] {
        on(&self.places, &self.on, scope)
    }

    /// What is on a key, on its project and on the organization, in this order.
    pub(crate) fn along(&self, project: Option<ProjectId>, key: Option<KeyId>) -> Along<'_, T> {
        let on = |scope: Option<Scope>| scope.map_or(&[][..], |scope| self.on(scope));
        // Where there is nothing, nothing is looked for.
        let on = |scope| if self.on.is_empty() { &[] } else { on(scope) };
        Along {
            all: self,
            places: [
                on(key.map(Scope::Key)),
                on(project.map(Scope::Project)),
                on(Some(Scope::Organization)),
            ],
        }
    }

    /// That of which something is due, the longest due first.
    pub(crate) fn ended_by(&self, now: Time) -> impl Iterator<Item = &T> {
        self.ends
            .keys()
            .take_while(move |(end, _)| *end <= now)
            .filter_map(|(_, id)| self.get(*id))
    }

    pub(crate) fn add(&mut self, item: T) -> Result<(), Inconsistent> {
        let (id, scope, end) = (item.id(), item.scope(), item.end());
        let apart = item.apart();
        let Err(age) = find(&self.places, &self.by_id, id) else {
            return Err(Inconsistent::Twice(T::NAME));
        };
        let free = if self.by_id.len() < self.places.len() {
            self.places.iter().position(Option::is_none)
        } else {
            None
        };
        let place = free.unwrap_or(self.places.len());
        let number = u32::try_from(place).map_err(|_size| Inconsistent::Overflow)?;
        match self.places.get_mut(place) {
            Some(empty) => *empty = Some(item),
            None => {
                // Room for an eighth more than there is, not for twice as much: ten are usual, and they are large.
                self.places
                    .reserve_exact(place.div_euclid(8).saturating_add(1));
                self.places.push(Some(item));
            }
        }
        self.by_id.insert(age, number);
        self.apart = self.apart.saturating_add(apart);
        set_end(&mut self.ends, (end, id), true);
        // Ids sort by age.
        let before = |place: &u32| {
            let item = self.at(*place);
            item.is_some_and(|item| (item.scope(), item.id()) < (scope, id))
        };
        let at = self.on.partition_point(before);
        self.on.insert(at, number);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: T::Id) -> Result<(), Inconsistent> {
        let place = self.place_of(id).ok_or(Inconsistent::Unknown(T::NAME))?;
        let at = usize::try_from(place).map_err(|_size| Inconsistent::Overflow)?;
        self.by_id.retain(|other| *other != place);
        self.on.retain(|other| *other != place);
        if let Some(item) = self.places.get_mut(at).and_then(Option::take) {
            self.ends.remove(&(item.end(), id));
            self.apart = self.apart.saturating_sub(item.apart());
        }
        Ok(())
    }

    /// Changes one, and with it perhaps when something is due of it.
    pub(crate) fn change_one(
        &mut self,
        id: T::Id,
        change: impl FnOnce(&mut T) -> Result<(), Inconsistent>,
    ) -> Result<(), Inconsistent> {
        let item = self.get_mut(id)?;
        let before = (item.end(), item.apart());
        change(item)?;
        let after = (item.end(), item.apart());
        changed((&mut self.ends, &mut self.apart), id, before, after);
        Ok(())
    }

    /// Changes these, each by its id, which may be none any more. They are looked for along a key's scopes first, where
    /// they are.
    pub(crate) fn change_each(
        &mut self,
        ids: &[T::Id],
        along: (ProjectId, KeyId),
        mut change: impl FnMut(&mut T) -> Result<(), Inconsistent>,
    ) -> Result<(), Inconsistent> {
        let (project, key) = along;
        let scopes = [
            Scope::Key(key),
            Scope::Project(project),
            Scope::Organization,
        ];
        let [key, project, organization] = scopes.map(|scope| on(&self.places, &self.on, scope));
        let mut path = key.iter().chain(project).chain(organization);
        for id in ids {
            let is = |place: &&u32| at(&self.places, **place).map(T::id) == Some(*id);
            let place = path
                .find(is)
                .copied()
                .or_else(|| find(&self.places, &self.by_id, *id).ok())
                .and_then(|place| usize::try_from(place).ok());
            if let Some(Some(item)) = place.and_then(|place| self.places.get_mut(place)) {
                let before = (item.end(), item.apart());
                change(item)?;
                let after = (item.end(), item.apart());
                changed((&mut self.ends, &mut self.apart), *id, before, after);
            }
        }
        Ok(())
    }
}

fn at<T>(places: &[Option<T>], place: u32) -> Option<&T> {
    places.get(usize::try_from(place).ok()?)?.as_ref()
}

/// Where, among the places in the order of ids, the place of this one is; or where it belongs.
fn find<T: Scoped>(places: &[Option<T>], by_id: &[u32], id: T::Id) -> Result<u32, usize> {
    let age = by_id.partition_point(|place| at(places, *place).map(T::id) < Some(id));
    match by_id.get(age) {
        Some(place) if at(places, *place).map(T::id) == Some(id) => Ok(*place),
        Some(_) | None => Err(age),
    }
}

/// Of places in the order of scopes, those of this one.
fn on<'a, T: Scoped>(places: &[Option<T>], all: &'a [u32], scope: Scope) -> &'a [u32] {
    let scope_of = |place: &u32| at(places, *place).map(T::scope);
    let start = all.partition_point(|place| scope_of(place) < Some(scope));
    let rest = all.get(start..).unwrap_or_default();
    // There are at most as many on one scope as a call looks at.
    let end = rest.iter().position(|place| scope_of(place) != Some(scope));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

/// Keeps what is derived of one thing as the thing is now.
fn changed<I: Ord + Copy>(
    (ends, apart): (&mut OrderedSet<(Time, I)>, &mut usize),
    id: I,
    before: (Time, usize),
    after: (Time, usize),
) {
    if before.0 != after.0 {
        set_end(ends, (before.0, id), false);
        set_end(ends, (after.0, id), true);
    }
    *apart = apart.saturating_add(after.1).saturating_sub(before.1);
}

/// What never begins anew is not waited for.
fn set_end<I: Ord>(ends: &mut OrderedSet<(Time, I)>, end: (Time, I), present: bool) {
    if end.0 == Time::LATEST {
        return;
    }
    if present {
        ends.insert(end, ());
    } else {
        ends.remove(&end);
    }
}

/// What stands on the way from a key to its organization.
#[derive(Debug)]
pub(crate) struct Along<'a, T: Scoped> {
    all: &'a ByScope<T>,
    places: [&'a [u32]; 3],
}

impl<'a, T: Scoped> Along<'a, T> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let [key, project, organization] = self.places.map(<[u32]>::len);
        key.saturating_add(project).saturating_add(organization)
    }

    /// In the order key, project, organization; on each the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &'a T> + use<'a, T> {
        let all = self.all;
        let [key, project, organization] = self.places;
        let places = key.iter().chain(project).chain(organization);
        places.filter_map(|place| all.at(*place))
    }
}
