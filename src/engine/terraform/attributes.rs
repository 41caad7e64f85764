//! The attributes of a block.

use super::block::Attribute;
use std::sync::Arc;

/// Attributes by name, in the order of their names. Most blocks have a handful: a list takes a
/// fifth of the memory of a tree.
#[derive(Debug, Clone, Default)]
pub struct Attributes(Vec<(Arc<str>, Attribute)>);

impl Attributes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.get_key_value(name).map(|(_, attribute)| attribute)
    }

    pub fn get_key_value(&self, name: &str) -> Option<(&Arc<str>, &Attribute)> {
        let at = self.position(name).ok()?;
        self.0.get(at).map(|(name, attribute)| (name, attribute))
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Attribute> {
        let at = self.position(name).ok()?;
        self.0.get_mut(at).map(|(_, attribute)| attribute)
    }

    /// Sets one, in the place of what had its name.
    pub fn insert(&mut self, name: Arc<str>, attribute: Attribute) {
        match self.position(&name) {
            Ok(at) => self.0[at].1 = attribute,
            Err(at) => self.0.insert(at, (name, attribute)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Attribute)> {
        self.0.iter().map(|(name, attribute)| (name, attribute))
    }

    pub fn values(&self) -> impl Iterator<Item = &Attribute> {
        self.0.iter().map(|(_, attribute)| attribute)
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(name))
    }
}

#[cfg(test)]
impl std::ops::Index<&str> for Attributes {
    type Output = Attribute;

    /// # Panics
    /// There is no attribute of that name.
    fn index(&self, name: &str) -> &Attribute {
        self.get(name).unwrap_or_else(|| panic!("no attribute `{name}`"))
    }
}

impl FromIterator<(Arc<str>, Attribute)> for Attributes {
    /// Of several with one name the last counts.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Attribute)>>(entries: I) -> Attributes {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.reverse();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|(later, _), (kept, _)| later == kept);
        entries.shrink_to_fit();
        Attributes(entries)
    }
}
