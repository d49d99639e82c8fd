//! Pattern matching, compiled to a decision tree: rows of tests on places, of which the
//! most useful one is made first, so that nothing is tested twice on the way to an arm.

use crate::ir::{BlockId, Value};
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::places::{ArmTarget, Matcher, PlaceId};
use crate::lower::types;
use snow_check::hir::{Arm, Expr, Fallthrough, LocalId, Pattern, PatternKind, Type};

/// Tests in one `case` before rows are tried one by one, which makes more tests but no copies of them.
const MOST_TESTS: usize = 2_000;

/// What is left to match at a place.
#[derive(Clone, Copy)]
pub(crate) enum Test<'p> {
    Pattern(&'p Pattern),
    /// A list of exactly these elements.
    Elements(&'p [Pattern]),
}

/// One way into an arm.
#[derive(Clone)]
pub(crate) struct Row<'p> {
    pub tests: Vec<(PlaceId, Test<'p>)>,
    pub bindings: Vec<(LocalId, PlaceId)>,
    pub arm: usize,
}

impl<'p> Row<'p> {
    pub fn test_at(&self, place: PlaceId) -> Option<Test<'p>> {
        self.tests.iter().find(|(tested, _)| *tested == place).map(|(_, test)| *test)
    }
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
        let rows = arms.iter().enumerate().map(|(index, arm)| Row {
            tests: vec![(root, Test::Pattern(&arm.pattern))],
            bindings: Vec::new(),
            arm: index,
        });
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
        let row = Row { tests: vec![(root, Test::Pattern(pattern))], bindings: Vec::new(), arm: 0 };
        let row = self.simplified(&mut matcher, row);
        self.tree(&mut matcher, vec![row], fail);
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
        for (local, ty) in found {
            if self.used.contains(&local) && !locals.contains(&local) {
                let class = self.class_of(ty);
                self.builder.block_param(block, class);
                locals.push(local);
            }
        }
        matcher.arms.push(ArmTarget { block, locals, guard, reached: false });
    }

    /// Without what needs no test: names are bound, structs and tuples taken apart.
    pub fn simplified(&mut self, matcher: &mut Matcher<'p>, mut row: Row<'p>) -> Row<'p> {
        let mut waiting = std::mem::take(&mut row.tests);
        waiting.reverse();
        while let Some((place, test)) = waiting.pop() {
            let Test::Pattern(pattern) = test else {
                row.tests.push((place, test));
                continue;
            };
            match &pattern.kind {
                PatternKind::Wildcard | PatternKind::Unit => {}
                PatternKind::Bind(local) => row.bindings.push((*local, place)),
                PatternKind::As(inner, local) => {
                    row.bindings.push((*local, place));
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
                PatternKind::List(elements) => row.tests.push((place, Test::Elements(elements))),
                _ => row.tests.push((place, test)),
            }
        }
        row
    }

    /// Goes to the arm of the first row that matches, or to `fail`.
    pub fn tree(&mut self, matcher: &mut Matcher<'p>, mut rows: Vec<Row<'p>>, fail: BlockId) {
        loop {
            let Some(first) = rows.first() else {
                return self.builder.jump(fail, Vec::new());
            };
            let Some(place) = most_useful(&rows) else {
                let first = first.clone();
                rows.remove(0);
                if self.leaf(matcher, &first) {
                    return;
                }
                continue;
            };
            let is_choice = |row: &Row<'p>| {
                matches!(row.test_at(place), Some(Test::Pattern(Pattern { kind: PatternKind::Or(_), .. })))
            };
            if rows.iter().any(is_choice) {
                rows = self.alternatives(matcher, rows, place);
                continue;
            }
            if let Some(Test::Pattern(Pattern { kind: PatternKind::Bits(segments), .. })) =
                first.test_at(place)
            {
                return self.match_bits(matcher, rows, place, segments, fail);
            }
            matcher.tests += 1;
            if matcher.tests > MOST_TESTS && rows.len() > 1 {
                let others = rows.split_off(1);
                let next = self.builder.block();
                let mark = matcher.mark();
                self.tree(matcher, rows, next);
                matcher.forget(mark);
                self.builder.switch_to(next);
                rows = others;
                continue;
            }
            return self.choose(matcher, rows, place, fail);
        }
    }

    /// A row of which everything has matched. True: it has no guard, so that nothing comes behind.
    fn leaf(&mut self, matcher: &mut Matcher<'p>, row: &Row<'p>) -> bool {
        let target = &mut matcher.arms[row.arm];
        target.reached = true;
        let (block, guard, locals) = (target.block, target.guard, target.locals.clone());
        let values: Vec<Value> = locals
            .iter()
            .map(|local| match row.bindings.iter().find(|(bound, _)| bound == local) {
                Some((_, place)) => self.read(matcher, *place),
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

    /// Rows with alternatives at a place become one row for each of them.
    fn alternatives(
        &mut self,
        matcher: &mut Matcher<'p>,
        rows: Vec<Row<'p>>,
        place: PlaceId,
    ) -> Vec<Row<'p>> {
        let mut result = Vec::new();
        for row in rows {
            let Some(Test::Pattern(Pattern { kind: PatternKind::Or(alternatives), .. })) = row.test_at(place)
            else {
                result.push(row);
                continue;
            };
            for alternative in alternatives {
                let mut one = row.clone();
                if let Some(test) = one.tests.iter_mut().find(|(tested, _)| *tested == place) {
                    test.1 = Test::Pattern(alternative);
                }
                result.push(self.simplified(matcher, one));
            }
        }
        result
    }
}

/// The place that the first row tests and most others too. Bits come last: their tests do not help other rows.
fn most_useful(rows: &[Row<'_>]) -> Option<PlaceId> {
    let is_bits = |test: &Test<'_>| matches!(test, Test::Pattern(Pattern { kind: PatternKind::Bits(_), .. }));
    let useful = |place: PlaceId| rows.iter().filter(|row| row.test_at(place).is_some()).count();
    let tests = &rows.first()?.tests;
    let best = tests.iter().filter(|(_, test)| !is_bits(test)).rev().max_by_key(|(place, _)| useful(*place));
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
            bound(head, found);
            bound(rest, found);
        }
        PatternKind::Bits(segments) => segments.iter().for_each(|segment| bound(&segment.value, found)),
        PatternKind::Wildcard
        | PatternKind::Int(_)
        | PatternKind::Float(_)
        | PatternKind::Bool(_)
        | PatternKind::String(_)
        | PatternKind::Unit => {}
    }
}
