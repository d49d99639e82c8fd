//! Places in a source file.

/// A range of bytes in one source file: `start` included, `end` not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Where the lines of a text begin.
pub struct LineStarts(Vec<u32>);

impl LineStarts {
    pub fn of(text: &str) -> LineStarts {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        LineStarts(std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect())
    }

    /// The number of the line that a place is in, counted from 1.
    pub fn line(&self, place: u32) -> u32 {
        self.0.partition_point(|start| *start <= place) as u32
    }
}
