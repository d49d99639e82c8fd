//! The search for values that no row covers.

use super::numbers::{are_all_numbers, gaps};
use super::question::{ANY, MAX_MISSING, Missing, Part, Question, Shape, Simple, StackId, State, TypeNumber};
use crate::hir::Type;
use std::collections::HashMap;
use std::rc::Rc;

/// Rows looked at for one match.
const MAX_STEPS: usize = 2_000_000;
/// How deep a missing pattern is shown.
const MAX_DEPTH: usize = 12;

/// A state whose branches are being looked at.
struct Frame<'p> {
    state: State,
    /// Columns without any test that came before.
    skipped: usize,
    ty: TypeNumber,
    branches: Vec<(Shape<'p>, usize, State)>,
    /// What has none of the shapes of the branches.
    others: Option<State>,
    results: Vec<Missing<'p>>,
}

impl<'p> Question<'_, 'p> {
    /// What no row covers; notes which rows are useful. `None`: too many steps.
    pub fn walk(&mut self, root: State) -> Option<Missing<'p>> {
        let mut frames: Vec<Box<Frame<'p>>> = Vec::new();
        let mut next = Some(root);
        loop {
            let mut result = None;
            if let Some(state) = next.take() {
                match self.answers.get(&state) {
                    Some(known) => result = Some(known.clone()),
                    None => match self.enter(state)? {
                        Ok(answer) => result = Some(answer),
                        Err(frame) => frames.push(frame),
                    },
                }
            }
            let Some(frame) = frames.last_mut() else { return result };
            frame.results.extend(result);
            let done = frame.results.len();
            next = match frame.branches.get(done) {
                Some((.., state)) => Some(state.clone()),
                None if done == frame.branches.len() => frame.others.clone(),
                None => None,
            };
            if next.is_none()
                && let Some(frame) = frames.pop()
            {
                let answer = Rc::new(self.gather(&frame));
                self.answers.insert(frame.state.clone(), answer.clone());
                match frames.last_mut() {
                    // As if its state had been known: goes on with what follows it.
                    Some(_) => next = Some(frame.state),
                    None => return Some(answer),
                }
            }
        }
    }

    /// The answer for a state that needs no split; for others a frame with the branches.
    fn enter(&mut self, mut state: State) -> Option<Result<Missing<'p>, Box<Frame<'p>>>> {
        let whole = state.clone();
        let nothing = || Ok(Rc::new(Vec::new()));
        let mut skipped = 0;
        loop {
            self.steps += state.rows.len() + 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            // A row that matches everything ends the question, unless its guard may fail.
            let open = state.rows.iter().position(|(row, stack)| {
                let takes_all = self.takes_all[*stack as usize];
                self.useful[*row as usize] |= takes_all;
                !takes_all || !self.guarded[*row as usize]
            });
            state.rows.drain(..open.unwrap_or(state.rows.len()));
            if state.rows.first().is_some_and(|(_, stack)| self.takes_all[*stack as usize]) {
                return Some(nothing());
            }
            if state.rows.is_empty() {
                let impossible = state.types.iter().any(|ty| self.types[*ty as usize] == Type::Never);
                let all = vec![Part::Any; whole.types.len()];
                return Some(if impossible { nothing() } else { Ok(Rc::new(vec![all])) });
            }
            let ty = state.types.pop()?;
            if self.count(ty) == Some(0) {
                return Some(nothing());
            }
            if state.rows.iter().any(|(_, stack)| self.stacks[*stack as usize].0 != ANY) {
                return Some(Err(self.split(whole, state, skipped, ty)));
            }
            skipped += 1;
            for (_, stack) in &mut state.rows {
                *stack = self.stacks[*stack as usize].1;
            }
        }
    }

    /// Splits a state, of which the type of the first column was taken off, by the shapes there.
    fn split(&mut self, whole: State, state: State, skipped: usize, ty: TypeNumber) -> Box<Frame<'p>> {
        struct Found<'p> {
            shape: Shape<'p>,
            count: usize,
            rows: Vec<(u32, StackId)>,
            closed: bool,
        }
        let mut found: Vec<Found<'p>> = Vec::new();
        let mut numbers: HashMap<Shape<'p>, usize> = HashMap::new();
        let mut open: Vec<usize> = Vec::new();
        let mut others: Vec<(u32, StackId)> = Vec::new();
        let mut waiting = Vec::new();
        let cuts = self.cuts(&state.rows);
        'rows: for (row, stack) in state.rows {
            let (first, rest) = self.stacks[stack as usize];
            waiting.push(first);
            while let Some(pattern) = waiting.pop() {
                self.steps += 1;
                match self.patterns[pattern as usize].clone() {
                    Simple::Or(alternatives) => waiting.extend(alternatives.into_iter().rev()),
                    Simple::Opaque => self.useful[row as usize] = true,
                    Simple::Any => {
                        open.retain(|number| !found[*number].closed);
                        self.steps += open.len();
                        if self.steps > MAX_STEPS {
                            break 'rows;
                        }
                        let closes = self.takes_all[rest as usize] && !self.guarded[row as usize];
                        for number in &open {
                            let Found { count, rows, .. } = &mut found[*number];
                            let stack = (0..*count).fold(rest, |stack, _| self.push(ANY, stack));
                            rows.push((row, stack));
                        }
                        others.push((row, rest));
                        if closes {
                            break 'rows;
                        }
                    }
                    Simple::Shape(shape, parts) => {
                        for shape in cuts.pieces(shape) {
                            self.steps += 1;
                            if self.steps > MAX_STEPS {
                                break 'rows;
                            }
                            let number = match numbers.get(&shape) {
                                Some(number) => *number,
                                None => {
                                    self.steps += others.len();
                                    let before = others.iter().map(|(row, rest)| {
                                        (*row, parts.iter().fold(*rest, |stack, _| self.push(ANY, stack)))
                                    });
                                    let rows = before.collect();
                                    found.push(Found { shape, count: parts.len(), rows, closed: false });
                                    numbers.insert(shape, found.len() - 1);
                                    open.push(found.len() - 1);
                                    found.len() - 1
                                }
                            };
                            let entry = &mut found[number];
                            if !entry.closed && entry.count == parts.len() {
                                let stack =
                                    parts.iter().rev().fold(rest, |stack, part| self.push(*part, stack));
                                entry.rows.push((row, stack));
                                entry.closed = self.takes_all[stack as usize] && !self.guarded[row as usize];
                            }
                        }
                    }
                }
            }
        }
        let mut branches: Vec<(Shape<'p>, usize, State)> = Vec::new();
        for Found { shape, count, rows, .. } in found {
            let mut types = state.types.clone();
            types.extend(self.part_types(ty, shape, count).iter().rev());
            branches.push((shape, count, State { rows, types }));
        }
        let complete = match self.count(ty) {
            Some(count) => count == branches.len(),
            None => are_all_numbers(branches.iter().map(|(shape, ..)| *shape)),
        };
        if self.count(ty).is_some() {
            branches.sort_by_key(|(shape, ..)| *shape);
        }
        let others = (!complete).then_some(State { rows: others, types: state.types });
        Box::new(Frame { state: whole, skipped, ty, branches, others, results: Vec::new() })
    }

    /// The missing values of a state, from those of its branches: in the order of the type's shapes.
    fn gather(&self, frame: &Frame<'p>) -> Vec<Vec<Part<'p>>> {
        let ty = frame.ty;
        let around = |mut row: Vec<Part<'p>>, part: Part<'p>| {
            row.push(part);
            row.extend((0..frame.skipped).map(|_| Part::Any));
            row
        };
        let shaped = |shape: Shape<'p>, parts: Vec<Part<'p>>| {
            let depth = 1 + parts.iter().map(Part::depth).max().unwrap_or(0);
            match depth <= MAX_DEPTH {
                true => Part::Shape { ty, shape, parts, depth },
                false => Part::Any,
            }
        };
        let mut found: Vec<(Option<Shape<'p>>, Vec<Part<'p>>)> = Vec::new();
        for ((shape, count, _), result) in frame.branches.iter().zip(&frame.results) {
            for row in result.iter() {
                let mut row = row.clone();
                let parts = row.split_off(row.len() - count).into_iter().rev().collect();
                found.push((Some(*shape), around(row, shaped(*shape, parts))));
            }
        }
        if let Some(others) = frame.results.get(frame.branches.len()).filter(|others| !others.is_empty()) {
            let countable = self.count(ty).is_some() && !frame.branches.is_empty();
            let labels = match countable {
                true => self.absent(ty, &frame.branches).into_iter().map(Some).collect(),
                false => gaps(frame.branches.iter().map(|(shape, ..)| *shape)),
            };
            for shape in labels {
                let part = match shape {
                    Some(shape) => shaped(shape, vec![Part::Any; self.part_count(ty, shape)]),
                    None => Part::Any,
                };
                found.extend(others.iter().map(|row| (shape, around(row.clone(), part.clone()))));
            }
            if countable {
                found.sort_by_key(|(shape, _)| *shape);
            }
        }
        found.into_iter().map(|(_, row)| row).take(MAX_MISSING).collect()
    }
}
