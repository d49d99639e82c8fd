//! A map by number that is mostly tiny, and sometimes huge: a connection has one monitor, a supervisor a hundred
//! thousand links. Goes through its entries in the order of their keys.

use std::collections::BTreeMap;

pub enum Few<V> {
    /// Sorted by key.
    Listed(Vec<(i64, V)>),
    Many(BTreeMap<i64, V>),
}

/// More entries than this are no list.
const LISTED: usize = 16;

impl<V> Default for Few<V> {
    fn default() -> Few<V> {
        Few::Listed(Vec::new())
    }
}

impl<V> Few<V> {
    /// Answers the value that was there.
    pub fn insert(&mut self, key: i64, value: V) -> Option<V> {
        match self {
            Few::Many(map) => map.insert(key, value),
            Few::Listed(list) => match find(list, key) {
                Ok(place) => Some(std::mem::replace(&mut list[place].1, value)),
                Err(_) if list.len() == LISTED => {
                    let mut map: BTreeMap<i64, V> = std::mem::take(list).into_iter().collect();
                    map.insert(key, value);
                    *self = Few::Many(map);
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

    pub fn remove(&mut self, key: i64) -> Option<V> {
        match self {
            Few::Many(map) => {
                let removed = map.remove(&key);
                if map.is_empty() {
                    *self = Few::default();
                }
                removed
            }
            Few::Listed(list) => find(list, key).ok().map(|place| list.remove(place).1),
        }
    }

    /// Keeps no room to spare.
    pub fn shrink(&mut self) {
        if let Few::Listed(list) = self {
            list.shrink_to_fit();
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Few::Listed(list) => list.is_empty(),
            Few::Many(map) => map.is_empty(),
        }
    }

    pub fn get(&self, key: i64) -> Option<&V> {
        match self {
            Few::Many(map) => map.get(&key),
            Few::Listed(list) => find(list, key).ok().map(|place| &list[place].1),
        }
    }
}

impl<V> Few<V> {
    pub fn any(&self, mut wanted: impl FnMut(&V) -> bool) -> bool {
        match self {
            Few::Listed(list) => list.iter().any(|(_, value)| wanted(value)),
            Few::Many(map) => map.values().any(wanted),
        }
    }
}

/// Takes no memory: the actor whose entries these are may have ended because there is none.
pub enum Entries<V> {
    Listed(std::vec::IntoIter<(i64, V)>),
    Many(std::collections::btree_map::IntoIter<i64, V>),
}

impl<V> Iterator for Entries<V> {
    type Item = (i64, V);

    fn next(&mut self) -> Option<(i64, V)> {
        match self {
            Entries::Listed(list) => list.next(),
            Entries::Many(map) => map.next(),
        }
    }
}

impl<V> IntoIterator for Few<V> {
    type Item = (i64, V);
    type IntoIter = Entries<V>;

    fn into_iter(self) -> Entries<V> {
        match self {
            Few::Listed(list) => Entries::Listed(list.into_iter()),
            Few::Many(map) => Entries::Many(map.into_iter()),
        }
    }
}

fn find<V>(list: &[(i64, V)], key: i64) -> Result<usize, usize> {
    list.binary_search_by_key(&key, |(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_and_many_behave_like_a_map() {
        let mut few = Few::default();
        let mut map = BTreeMap::new();
        // Up to a hundred entries and down to none again, several times.
        for step in 0..2000i64 {
            let key = step * 7919 % 101;
            if step / 400 % 2 == 0 {
                assert_eq!(few.insert(key, step), map.insert(key, step));
            } else {
                assert_eq!(few.remove(key), map.remove(&key));
            }
            if step % 50 == 0 {
                few.shrink();
            }
            assert_eq!(few.is_empty(), map.is_empty());
            let probe = step * 31 % 101;
            assert_eq!(few.get(probe), map.get(&probe));
        }
        few.insert(-1, 0);
        map.insert(-1, 0);
        assert!(few.into_iter().eq(map));
    }
}
