//! A map in the order of its keys that is small where it holds little.
//!
//! A node of the standard library's tree has room for eleven from the first one on. Most organizations have one key, one
//! lot and ten limits, and a server has thousands of organizations; so a few stand in a list that is as long as what is in
//! it, and only many in a tree.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::codec::{Canonical, DecodeError, Reader};

/// How many stand in a list. So many are moved and looked through faster than a tree is walked.
const FEW: usize = 16;

/// A map in the order of its keys.
#[derive(Clone, Debug)]
pub(crate) enum Ordered<K, V> {
    /// In order, each key once.
    Few(Vec<(K, V)>),
    /// What became many stays so until the Book is read anew.
    Many(BTreeMap<K, V>),
}

/// A set in order.
pub(crate) type OrderedSet<K> = Ordered<K, ()>;

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// Which of the two it is, is not what it says.
impl<K: Ord, V: PartialEq> PartialEq for Ordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Ord, V: Eq> Eq for Ordered<K, V> {}

/// As a map of the standard library is written.
impl<K: Canonical + Ord, V: Canonical> Canonical for Ordered<K, V> {
    fn write(&self, out: &mut Vec<u8>) {
        u32::try_from(self.len()).unwrap_or(u32::MAX).write(out);
        for (key, value) in self.iter() {
            key.write(out);
            value.write(out);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let tree = BTreeMap::<K, V>::read(reader)?;
        Ok(if tree.len() > FEW {
            Self::Many(tree)
        } else {
            let mut few = Vec::with_capacity(tree.len());
            few.extend(tree);
            Self::Few(few)
        })
    }
}

impl<K, V> Ordered<K, V> {
    /// With room for so many, where they are few.
    pub(crate) fn with_room(length: usize) -> Self {
        Self::Few(Vec::with_capacity(length.min(FEW)))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }

    /// The least key first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let (few, many) = match self {
            Self::Few(few) => (few.as_slice(), None),
            Self::Many(many) => (&[][..], Some(many)),
        };
        let many = many.into_iter().flatten();
        few.iter().map(|(key, value)| (key, value)).chain(many)
    }

    /// The least key first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// That of the least key first.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> Ordered<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        match self {
            Self::Few(few) => few.get(place(few, key).ok()?).map(|(_, value)| value),
            Self::Many(many) => many.get(key),
        }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self {
            Self::Few(few) => {
                let place = place(few, key).ok()?;
                few.get_mut(place).map(|(_, value)| value)
            }
            Self::Many(many) => many.get_mut(key),
        }
    }

    /// Answers what stood there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let few = match self {
            Self::Many(many) => return many.insert(key, value),
            Self::Few(few) => few,
        };
        let at = match place(few, &key) {
            Ok(at) => {
                let (_, old) = few.get_mut(at)?;
                return Some(std::mem::replace(old, value));
            }
            Err(at) => at,
        };
        if few.len() < FEW {
            // Most lists never get a second item; one that does gets others.
            few.reserve_exact(few.len().div_euclid(4).saturating_add(1));
            few.insert(at, (key, value));
        } else {
            let mut many: BTreeMap<K, V> = std::mem::take(few).into_iter().collect();
            many.insert(key, value);
            *self = Self::Many(many);
        }
        None
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        match self {
            Self::Few(few) => {
                let place = place(few, key).ok()?;
                Some(few.remove(place).1)
            }
            Self::Many(many) => many.remove(key),
        }
    }

    /// Keeps only those of which this holds.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        match self {
            Self::Few(few) => few.retain_mut(|(key, value)| keep(key, value)),
            Self::Many(many) => many.retain(keep),
        }
    }
}

fn place<K: Ord, V>(few: &[(K, V)], key: &K) -> Result<usize, usize> {
    few.binary_search_by(|(other, _)| other.cmp(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_holds_what_a_tree_holds_however_much_that_is(
            steps in proptest::collection::vec((0_u8..40, 0_u32..1_000, proptest::bool::weighted(0.6)), 0..200),
        ) {
            let (mut ours, mut tree) = (Ordered::<u8, u32>::default(), BTreeMap::new());
            for (key, value, comes) in steps {
                if comes {
                    proptest::prop_assert_eq!(ours.insert(key, value), tree.insert(key, value));
                } else {
                    proptest::prop_assert_eq!(ours.remove(&key), tree.remove(&key));
                }
                proptest::prop_assert_eq!(ours.get(&key), tree.get(&key));
                proptest::prop_assert_eq!(ours.len(), tree.len());
                proptest::prop_assert!(ours.iter().eq(&tree));
                if value % 16 == 0 {
                    ours.retain(|key, _| key % 3 != 0);
                    tree.retain(|key, _| key % 3 != 0);
                }
            }
            let (mut written, mut expected) = (Vec::new(), Vec::new());
            ours.write(&mut written);
            tree.write(&mut expected);
            proptest::prop_assert_eq!(&written, &expected);
            let read = Ordered::read(&mut Reader::new(&written));
            proptest::prop_assert_eq!(read, Ok(ours));
        }
    }
}
