//! Which word of an object each field has.

use crate::ir::Class;
use snow_abi::{Kind, header};

/// Where the fields of a fixed object or of a closure's captures are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Word of each field, in declaration order.
    pub words: Vec<u32>,
    /// Declaration index of the field in each word.
    pub order: Vec<usize>,
    pub references: u32,
}

impl Layout {
    /// References first, then raw words, each group in declaration order; the first field's word is `first`.
    pub fn new(classes: &[Class], first: u32) -> Layout {
        let is_reference = |index: &usize| classes[*index] == Class::Ref;
        let mut order: Vec<usize> = (0..classes.len()).filter(is_reference).collect();
        let references = order.len() as u32;
        order.extend((0..classes.len()).filter(|index| !is_reference(index)));
        let mut words = vec![0; classes.len()];
        for (place, field) in order.iter().enumerate() {
            words[*field] = first + place as u32;
        }
        Layout { words, order, references }
    }

    /// Of a tuple, struct or constructor.
    pub fn fixed(classes: &[Class]) -> Layout {
        Layout::new(classes, 1)
    }

    /// Of a closure's captures, which follow the code address.
    pub fn closure(captures: &[Class]) -> Layout {
        Layout::new(captures, 2)
    }

    pub fn fixed_header(&self, tag: u32) -> u64 {
        header(Kind::Fixed, tag, self.words.len() as u32, self.references)
    }

    pub fn closure_header(&self) -> u64 {
        header(Kind::Closure, 0, self.words.len() as u32 + 1, self.references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_first_and_keep_their_order() {
        let fields = [Class::Int, Class::Ref, Class::Bool, Class::Ref];
        let fixed = Layout::fixed(&fields);
        assert_eq!(fixed.words, [3, 1, 4, 2]);
        assert_eq!(fixed.order, [1, 3, 0, 2]);
        assert_eq!(fixed.fixed_header(5), header(Kind::Fixed, 5, 4, 2));
        let closure = Layout::closure(&fields);
        assert_eq!(closure.words, [4, 2, 5, 3], "the first word is the address of the code");
        assert_eq!(closure.closure_header(), header(Kind::Closure, 0, 5, 2));
    }
}
