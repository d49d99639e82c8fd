//! A map that is mostly tiny, and sometimes huge: a connection has one link, a supervisor a hundred
//! thousand. Goes through its entries in the order of their keys.

use std::collections::BTreeMap;

/// A list for few entries, a tree for many. A single one lies in the map itself.
pub enum SmallMap<K, V> {
    One(K, V),
    /// Sorted by key.
    Listed(Vec<(K, V)>),
    /// Behind a pointer, so that the map is no larger than the list.
    #[allow(clippy::box_collection)]
    Many(Box<BTreeMap<K, V>>),
}

/// More entries than this are no list.
const LISTED: usize = 16;

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> SmallMap<K, V> {
        SmallMap::Listed(Vec::new())
    }
}

impl<K: Copy + Ord, V> SmallMap<K, V> {
    /// Returns the value that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self {
            SmallMap::One(own, old) if *own == key => Some(std::mem::replace(old, value)),
            SmallMap::One(..) => {
                *self = SmallMap::Listed(std::mem::take(self).into_iter().collect());
                self.insert(key, value)
            }
            SmallMap::Many(map) => map.insert(key, value),
            SmallMap::Listed(list) => match find(list, key) {
                Ok(place) => Some(std::mem::replace(&mut list[place].1, value)),
                Err(_) if list.capacity() == 0 => {
                    *self = SmallMap::One(key, value);
                    None
                }
                Err(_) if list.len() == LISTED => {
                    let mut map: BTreeMap<K, V> = std::mem::take(list).into_iter().collect();
                    map.insert(key, value);
                    *self = SmallMap::Many(Box::new(map));
                    None
                }
                Err(place) => {
                    list.reserve_exact(1);
                    list.insert(place, (key, value));
                    None
                }
            },
        }
    }

    pub fn remove(&mut self, key: K) -> Option<V> {
        match self {
            SmallMap::One(own, _) if *own != key => None,
            SmallMap::One(..) => std::mem::take(self).into_iter().next().map(|(_, value)| value),
            SmallMap::Many(map) => {
                let removed = map.remove(&key);
                if map.is_empty() {
                    *self = SmallMap::default();
                }
                removed
            }
            SmallMap::Listed(list) => find(list, key).ok().map(|place| list.remove(place).1),
        }
    }

    /// Keeps no room to spare.
    pub fn shrink(&mut self) {
        if let SmallMap::Listed(list) = self {
            match list.pop() {
                Some((key, value)) if list.is_empty() => *self = SmallMap::One(key, value),
                last => {
                    list.extend(last);
                    list.shrink_to_fit();
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            SmallMap::One(..) => false,
            SmallMap::Listed(list) => list.is_empty(),
            SmallMap::Many(map) => map.is_empty(),
        }
    }

    pub fn get(&self, key: K) -> Option<&V> {
        match self {
            SmallMap::One(own, value) => (*own == key).then_some(value),
            SmallMap::Many(map) => map.get(&key),
            SmallMap::Listed(list) => find(list, key).ok().map(|place| &list[place].1),
        }
    }

    pub fn any(&self, mut wanted: impl FnMut(&V) -> bool) -> bool {
        match self {
            SmallMap::One(_, value) => wanted(value),
            SmallMap::Listed(list) => list.iter().any(|(_, value)| wanted(value)),
            SmallMap::Many(map) => map.values().any(wanted),
        }
    }
}

/// Takes no memory: the actor whose entries these are may have ended because there is none.
pub enum Entries<K, V> {
    One(std::option::IntoIter<(K, V)>),
    Listed(std::vec::IntoIter<(K, V)>),
    Many(std::collections::btree_map::IntoIter<K, V>),
}

impl<K, V> Iterator for Entries<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        match self {
            Entries::One(one) => one.next(),
            Entries::Listed(list) => list.next(),
            Entries::Many(map) => map.next(),
        }
    }
}

impl<K, V> IntoIterator for SmallMap<K, V> {
    type Item = (K, V);
    type IntoIter = Entries<K, V>;

    fn into_iter(self) -> Entries<K, V> {
        match self {
            SmallMap::One(key, value) => Entries::One(Some((key, value)).into_iter()),
            SmallMap::Listed(list) => Entries::Listed(list.into_iter()),
            SmallMap::Many(map) => Entries::Many(map.into_iter()),
        }
    }
}

fn find<K: Copy + Ord, V>(list: &[(K, V)], key: K) -> Result<usize, usize> {
    list.binary_search_by_key(&key, |(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_entries_behave_like_a_map() {
        let mut small = SmallMap::default();
        let mut map = BTreeMap::new();
        // Up to a hundred entries and down to none again, several times.
        for step in 0..2000i64 {
            let key = step * 7919 % 101;
            if step / 400 % 2 == 0 {
                assert_eq!(small.insert(key, step), map.insert(key, step));
            } else {
                assert_eq!(small.remove(key), map.remove(&key));
            }
            if step % 50 == 0 {
                small.shrink();
            }
            assert_eq!(small.is_empty(), map.is_empty());
            let probe = step * 31 % 101;
            assert_eq!(small.get(probe), map.get(&probe));
        }
        small.insert(-1, 0);
        map.insert(-1, 0);
        assert!(small.into_iter().eq(map));
    }
}
