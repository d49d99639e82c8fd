//! The match compiler: `case`, `receive` and patterns in `let` become a decision tree. Each arm is a row of
//! tests on places of the value; the test that is most useful is made first, so that nothing is tested twice
//! on the way to an arm.
//!
//! A choice may copy a row that it says nothing about into each of its branches. The copies are counted:
//! where there would be too many, the rows are cut into groups that need none, and a group that does not
//! match goes on with the next one. So the code stays about as large as its source.
//! (Lennart Augustsson, "Compiling pattern matching", 1985; Luc Maranget, "Compiling pattern matching
//! to good decision trees", 2008.)

mod bit_comparison;
mod bit_computed;
mod bit_extraction;
mod bit_pattern;
mod bit_sizes;
mod bit_subject;
mod choice;
mod heads;
mod literal_search;
mod number_pieces;
mod places;
mod switch;

pub(crate) use places::Matcher;

use crate::ir::{BlockId, Value};
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::types;
use places::{ArmTarget, Bindings, PlaceId};
use snow_check::hir::{Arm, Expr, Fallthrough, LocalId, Pattern, PatternKind, Type};
use std::collections::{HashMap, HashSet, VecDeque};

/// Rows and tests that are looked at to find the most useful test.
const SAMPLE: usize = 16;

/// What is left to match at a place.
#[derive(Clone, Copy)]
pub(crate) enum Test<'p> {
    Pattern(&'p Pattern),
    /// A list of these elements, and behind them the rest, or nothing.
    Elements(&'p [Pattern], Option<&'p Pattern>),
}

/// One way into an arm.
#[derive(Clone)]
pub(crate) struct Row<'p> {
    pub tests: Vec<(PlaceId, Test<'p>)>,
    pub bindings: Bindings,
    pub arm: usize,
}

impl<'p> Row<'p> {
    fn new(place: PlaceId, pattern: &'p Pattern, arm: usize) -> Row<'p> {
        Row { tests: vec![(place, Test::Pattern(pattern))], bindings: Bindings::default(), arm }
    }

    pub fn test_at(&self, place: PlaceId) -> Option<Test<'p>> {
        self.tests.iter().find(|(tested, _)| *tested == place).map(|(_, test)| *test)
    }

    /// The same row with another test at the place.
    fn with(&self, place: PlaceId, pattern: &'p Pattern) -> Row<'p> {
        let mut row = self.clone();
        for (tested, test) in &mut row.tests {
            if *tested == place {
                *test = Test::Pattern(pattern);
            }
        }
        row
    }
}

/// Rows that are matched where a block begins.
pub(crate) struct Branch<'p> {
    pub block: BlockId,
    pub rows: VecDeque<Row<'p>>,
    /// Places read behind this mark have no value there.
    pub mark: usize,
    pub fail: BlockId,
}

impl<'p> FunctionLowering<'_, 'p> {
    pub fn match_expr(
        &mut self,
        scrutinee: &'p Expr,
        arms: &'p [Arm],
        fallthrough: &Fallthrough,
        ty: &Type,
        tail: bool,
    ) -> Value {
        let mut matcher = Matcher::default();
        let root = self.scrutinee(&mut matcher, scrutinee);
        self.match_arms(matcher, root, arms, fallthrough, ty, tail)
    }

    /// Matches what is in a place, and goes on with the value of the arm taken.
    pub fn match_arms(
        &mut self,
        mut matcher: Matcher<'p>,
        root: PlaceId,
        arms: &'p [Arm],
        fallthrough: &Fallthrough,
        ty: &Type,
        tail: bool,
    ) -> Value {
        if !self.builder.reachable() {
            return self.gone(ty);
        }
        let fail = self.fallthrough(fallthrough);
        for arm in arms {
            self.arm(&mut matcher, &arm.pattern, arm.guard.as_ref());
        }
        let rows = arms.iter().enumerate().map(|(index, arm)| Row::new(root, &arm.pattern, index));
        let rows = rows.map(|row| self.simplified(&mut matcher, row)).collect();
        self.tree(&mut matcher, rows, fail);

        let mut join = self.join(ty);
        for (arm, target) in arms.iter().zip(&matcher.arms) {
            if target.reached {
                self.builder.switch_to(target.block);
                let value = self.expr(&arm.body, tail);
                self.arrive(&mut join, value, &arm.body.ty);
            }
        }
        self.meet(join)
    }

    /// `let` with a pattern that takes the value apart.
    pub fn let_pattern(&mut self, pattern: &'p Pattern, value: &'p Expr, fallthrough: &Fallthrough) {
        let mut matcher = Matcher::default();
        let root = self.scrutinee(&mut matcher, value);
        if self.builder.reachable() {
            let fail = self.fallthrough(fallthrough);
            self.match_one(matcher, root, pattern, fail);
        }
    }

    /// Binds what a pattern names in a value; goes to `fail` if it does not match.
    pub fn bind(&mut self, pattern: &'p Pattern, value: Value, fail: BlockId) {
        let mut matcher = Matcher::default();
        let ty = self.substitution.apply(&pattern.ty);
        let class = self.builder.class(value);
        let root = matcher.known(value, ty, class);
        self.match_one(matcher, root, pattern, fail);
    }

    fn match_one(&mut self, mut matcher: Matcher<'p>, root: PlaceId, pattern: &'p Pattern, fail: BlockId) {
        self.arm(&mut matcher, pattern, None);
        let row = self.simplified(&mut matcher, Row::new(root, pattern, 0));
        self.tree(&mut matcher, VecDeque::from([row]), fail);
        self.builder.resume(matcher.arms[0].reached.then_some(matcher.arms[0].block));
    }

    fn fallthrough(&mut self, fallthrough: &Fallthrough) -> BlockId {
        let block = self.builder.cold_block();
        if let Fallthrough::Panic(message) = fallthrough {
            let position = self.builder.position();
            self.builder.switch_to(block);
            self.builder.panic(message);
            self.builder.resume(position);
        }
        block
    }

    /// Makes the block of an arm, and binds its locals to the block's parameters.
    fn arm(&mut self, matcher: &mut Matcher<'p>, pattern: &'p Pattern, guard: Option<&'p Expr>) {
        let block = self.builder.block();
        let mut found = Vec::new();
        bound(pattern, &mut found);
        let mut locals = Vec::new();
        let mut seen = HashSet::new();
        for (local, ty) in found {
            if self.used.contains(&local) && seen.insert(local) {
                let class = self.class_of(ty);
                self.builder.block_param(block, class);
                locals.push(local);
            }
        }
        matcher.arms.push(ArmTarget { block, locals, guard, reached: false });
    }

    /// Without what needs no test: names are bound, structs and tuples taken apart.
    pub fn simplified(&mut self, matcher: &mut Matcher<'p>, mut row: Row<'p>) -> Row<'p> {
        let tests = std::mem::take(&mut row.tests);
        row.tests = self.simplified_tests(matcher, tests, &mut row.bindings);
        row
    }

    pub fn simplified_tests(
        &mut self,
        matcher: &mut Matcher<'p>,
        mut waiting: Vec<(PlaceId, Test<'p>)>,
        bindings: &mut Bindings,
    ) -> Vec<(PlaceId, Test<'p>)> {
        let mut tests = Vec::new();
        waiting.reverse();
        while let Some((place, test)) = waiting.pop() {
            let pattern = match test {
                Test::Pattern(pattern) => pattern,
                Test::Elements([], Some(rest)) => {
                    waiting.push((place, Test::Pattern(rest)));
                    continue;
                }
                Test::Elements(..) => {
                    tests.push((place, test));
                    continue;
                }
            };
            match &pattern.kind {
                PatternKind::Wildcard | PatternKind::Unit => {}
                PatternKind::Bind(local) => bindings.add(*local, place),
                PatternKind::As(inner, local) => {
                    bindings.add(*local, place);
                    waiting.push((place, Test::Pattern(inner)));
                }
                PatternKind::Tuple(parts) | PatternKind::Struct(parts) => {
                    let places = self.fields_of(matcher, place);
                    waiting.extend(places.into_iter().zip(parts.iter().map(Test::Pattern)).rev());
                }
                PatternKind::Constructor(index, parts)
                    if types::constructors(self.context.program, matcher.ty(place)).len() == 1 =>
                {
                    let places = self.payload_of(matcher, place, *index);
                    waiting.extend(places.into_iter().zip(parts.iter().map(Test::Pattern)).rev());
                }
                PatternKind::List(elements) => tests.push((place, Test::Elements(elements, None))),
                PatternKind::Cons(first, rest) => tests.push((place, Test::Elements(first, Some(rest)))),
                _ => tests.push((place, test)),
            }
        }
        tests
    }

    /// Goes to the arm of the first row that matches, or to `fail`.
    pub fn tree(&mut self, matcher: &mut Matcher<'p>, rows: VecDeque<Row<'p>>, fail: BlockId) {
        let mut branches = Vec::new();
        self.rows(matcher, rows, fail, &mut branches);
        while let Some(branch) = branches.pop() {
            matcher.forget(branch.mark);
            self.builder.switch_to(branch.block);
            self.rows(matcher, branch.rows, branch.fail, &mut branches);
        }
    }

    /// Matches rows up to the next choice; what stands behind it are further branches.
    fn rows(
        &mut self,
        matcher: &mut Matcher<'p>,
        mut rows: VecDeque<Row<'p>>,
        mut fail: BlockId,
        branches: &mut Vec<Branch<'p>>,
    ) {
        loop {
            let Some(place) = most_useful(&rows) else {
                let Some(first) = rows.pop_front() else {
                    return self.builder.jump(fail, Vec::new());
                };
                if self.leaf(matcher, &first) {
                    return;
                }
                continue;
            };
            if let Some(choice) = self.choice(matcher, &rows, place) {
                let first: Vec<Row<'p>> = rows.drain(..choice.rows).collect();
                let fail = self.otherwise(matcher, rows, fail, branches);
                return self.choose(matcher, first, place, choice, fail, branches);
            }
            // A test that is made for the first row alone.
            let Some(mut first) = rows.pop_front() else { return };
            let Some(Test::Pattern(pattern)) = first.test_at(place) else { return };
            if let PatternKind::Or(alternatives) = &pattern.kind
                && matcher.arms[first.arm].guard.is_some()
                && heads::may_overlap(pattern)
            {
                // The guard may accept what a later alternative binds.
                for alternative in alternatives.iter().rev() {
                    let row = first.with(place, alternative);
                    rows.push_front(self.simplified(matcher, row));
                }
                continue;
            }
            fail = self.otherwise(matcher, std::mem::take(&mut rows), fail, branches);
            first.tests.retain(|(tested, _)| *tested != place);
            match &pattern.kind {
                PatternKind::Bits(segments) => self.match_bits(matcher, &mut first, place, segments, fail),
                _ => self.alternatives(matcher, &mut first, place, pattern, fail),
            }
            if !self.builder.reachable() {
                return;
            }
            rows.push_back(self.simplified(matcher, first));
        }
    }

    /// Where to go when none of the rows so far matches: to the others, if there are any.
    fn otherwise(
        &mut self,
        matcher: &Matcher<'p>,
        others: VecDeque<Row<'p>>,
        fail: BlockId,
        branches: &mut Vec<Branch<'p>>,
    ) -> BlockId {
        if others.is_empty() {
            return fail;
        }
        let block = self.builder.block();
        branches.push(Branch { block, rows: others, mark: matcher.mark(), fail });
        block
    }

    /// Matches alternatives by themselves: what follows in the row comes once behind all of them.
    fn alternatives(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &mut Row<'p>,
        place: PlaceId,
        pattern: &'p Pattern,
        fail: BlockId,
    ) {
        let PatternKind::Or(alternatives) = &pattern.kind else { return };
        let arm = matcher.arms.len();
        self.arm(matcher, pattern, None);
        let rows = alternatives.iter().map(|alternative| Row::new(place, alternative, arm));
        let rows = rows.map(|row| self.simplified(matcher, row)).collect();
        let mark = matcher.mark();
        self.tree(matcher, rows, fail);
        matcher.forget(mark);
        let target = &matcher.arms[arm];
        let (block, locals) = (target.block, target.locals.clone());
        self.builder.resume(target.reached.then_some(block));
        for (index, local) in locals.into_iter().enumerate() {
            let value = self.builder.param(block, index);
            let class = self.builder.class(value);
            let bound = matcher.known(value, Type::Never, class);
            row.bindings.add(local, bound);
        }
    }

    /// A row of which everything has matched. True: it has no guard, so that nothing comes behind.
    fn leaf(&mut self, matcher: &mut Matcher<'p>, row: &Row<'p>) -> bool {
        let target = &mut matcher.arms[row.arm];
        target.reached = true;
        let (block, guard, locals) = (target.block, target.guard, target.locals.clone());
        let bindings: HashMap<LocalId, PlaceId> = row.bindings.iter().collect();
        let values: Vec<Value> = locals
            .iter()
            .map(|local| match bindings.get(local) {
                Some(place) => self.read(matcher, *place),
                None => {
                    self.fail("the alternatives of a pattern bind different names".to_owned());
                    self.builder.unit()
                }
            })
            .collect();
        // A guard reads them here, the body reads the parameters of its block.
        let rejected = guard.map(|guard| {
            for (local, value) in locals.iter().zip(&values) {
                self.locals.insert(*local, Binding::Value(*value, None));
            }
            let accepted = self.builder.block();
            let rejected = self.builder.block();
            self.condition(guard, accepted, rejected);
            self.builder.switch_to(accepted);
            rejected
        });
        self.builder.jump(block, values);
        for (index, local) in locals.iter().enumerate() {
            let value = self.builder.param(block, index);
            self.locals.insert(*local, Binding::Value(value, None));
        }
        match rejected {
            Some(rejected) => {
                self.builder.switch_to(rejected);
                false
            }
            None => true,
        }
    }
}

/// The place that the first row tests and most others too. Bits come last: their tests do not help other rows.
fn most_useful(rows: &VecDeque<Row<'_>>) -> Option<PlaceId> {
    let is_bits = |test: &Test<'_>| matches!(test, Test::Pattern(Pattern { kind: PatternKind::Bits(_), .. }));
    let tests = &rows.front()?.tests;
    let mut uses: HashMap<PlaceId, usize> = HashMap::new();
    for row in rows.iter().take(SAMPLE) {
        for (place, _) in row.tests.iter().take(SAMPLE) {
            *uses.entry(*place).or_default() += 1;
        }
    }
    let candidates = tests.iter().take(SAMPLE).filter(|(_, test)| !is_bits(test));
    let best = candidates.rev().max_by_key(|(place, _)| uses.get(place));
    best.or(tests.first()).map(|(place, _)| *place)
}

/// The names that a pattern binds, with their types.
fn bound<'p>(pattern: &'p Pattern, found: &mut Vec<(LocalId, &'p Type)>) {
    match &pattern.kind {
        PatternKind::Bind(local) => found.push((*local, &pattern.ty)),
        PatternKind::As(inner, local) => {
            found.push((*local, &pattern.ty));
            bound(inner, found);
        }
        PatternKind::Tuple(parts)
        | PatternKind::Constructor(_, parts)
        | PatternKind::Struct(parts)
        | PatternKind::List(parts)
        | PatternKind::Or(parts) => parts.iter().for_each(|part| bound(part, found)),
        PatternKind::Cons(head, rest) => {
            head.iter().for_each(|part| bound(part, found));
            bound(rest, found);
        }
        PatternKind::Bits(segments) => segments.iter().for_each(|segment| bound(&segment.value, found)),
        PatternKind::Wildcard
        | PatternKind::Int(_)
        | PatternKind::Range(..)
        | PatternKind::Float(_)
        | PatternKind::Bool(_)
        | PatternKind::String(_)
        | PatternKind::Unit => {}
    }
}
