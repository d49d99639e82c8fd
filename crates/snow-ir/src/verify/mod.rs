//! Checks that a program in the intermediate form is well made. For tests, and behind each pass in
//! debug builds. What the code generator and the passes rely on, in blocks that can be reached:
//!
//! - Every value is defined once, on every way to each of its uses.
//! - Classes fit, and edges pass what blocks take.
//! - An address is the result of `Op::Address`: it can be derived anew wherever it is needed. So no block
//!   takes one, no way of choosing gives one, and none is passed on, stored or returned.
//! - Numbers that choose an instruction lie in their ranges, and a switch has each case once.

use crate::ir::{BlockId, Class, FuncId, Function, Op, Program, Terminator, Value};
use snow_abi::{Kind, kind_of};

/// All that is wrong, one line each.
pub fn verify(program: &Program) -> Result<(), Vec<String>> {
    let rules = Rules::of(program);
    let mut errors = Vec::new();
    for function in &program.functions {
        if let Err(found) = rules.verify(function) {
            errors.extend(found.into_iter().map(|error| format!("{}: {error}", function.name)));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// What a function may refer to: enough of a program to verify one of its functions while others
/// are being worked on.
pub struct Rules {
    /// By function, its name, the classes of its parameters, and that of its result.
    signatures: Vec<(String, Vec<Class>, Class)>,
    statics: usize,
}

impl Rules {
    pub fn of(program: &Program) -> Rules {
        let signature = |function: &Function| {
            let params = function.blocks[0].params.iter();
            let classes = params.map(|param| function.values[param.0 as usize]).collect();
            (function.name.clone(), classes, function.result)
        };
        Rules {
            signatures: program.functions.iter().map(signature).collect(),
            statics: program.statics.len(),
        }
    }

    /// All that is wrong with a function, one line each.
    pub fn verify(&self, function: &Function) -> Result<(), Vec<String>> {
        let mut check = Check { rules: self, function, errors: Vec::new() };
        check.function();
        if check.errors.is_empty() { Ok(()) } else { Err(check.errors) }
    }
}

struct Check<'a> {
    rules: &'a Rules,
    function: &'a Function,
    errors: Vec<String>,
}

/// Where a value is defined: block, and place in it (0 for parameters).
type Definition = Option<(usize, usize)>;

impl Check<'_> {
    fn error(&mut self, error: String) {
        self.errors.push(error);
    }

    fn function(&mut self) {
        let Some(definitions) = self.definitions() else { return };
        let dominators = dominators(self.function);
        for (index, block) in self.function.blocks.iter().enumerate() {
            if dominators[index].is_none() {
                continue;
            }
            for (at, instruction) in block.instructions.iter().enumerate() {
                for value in instruction.op.operands() {
                    self.is_defined(&definitions, &dominators, value, index, at + 1);
                }
            }
            for value in block.terminator.operands() {
                self.is_defined(&definitions, &dominators, value, index, usize::MAX);
            }
        }
        if !self.errors.is_empty() {
            return;
        }
        self.signature();
        for (index, block) in self.function.blocks.iter().enumerate() {
            if dominators[index].is_none() {
                continue;
            }
            for param in &block.params {
                if self.class(*param) == Class::Address {
                    self.error(format!("{param} is an address, which no block may take"));
                }
            }
            for instruction in &block.instructions {
                let callee = |function: FuncId| {
                    self.rules.signatures.get(function.0 as usize).map(|(.., result)| *result)
                };
                match (result(callee, self.function, &instruction.op), instruction.result) {
                    (Some(class), Some(value)) => self.has_class(value, class),
                    (None, None) => {}
                    _ => self.error(format!("{:?} with or without a result", instruction.op)),
                }
                let gives_address =
                    instruction.result.is_some_and(|result| self.class(result) == Class::Address);
                if gives_address && !matches!(instruction.op, Op::Address(_)) {
                    self.error(format!("{:?} gives an address", instruction.op));
                }
                self.operands(&instruction.op);
            }
            self.terminator(&block.terminator);
        }
    }

    /// What the runtime and closures call has the parameters that they give.
    fn signature(&mut self) {
        let params: Vec<Class> =
            self.function.blocks[0].params.iter().map(|param| self.class(*param)).collect();
        if self.function.entry && (params != [Class::Ref] || self.function.result != Class::Int) {
            self.error(format!("an entry takes a reference and gives an Int, not {params:?}"));
        }
        if self.function.closure && params.first() != Some(&Class::Ref) {
            self.error(format!("a closure takes its object first, not {params:?}"));
        }
        if self.function.result == Class::Address {
            self.error("an address is returned".to_owned());
        }
    }

    fn in_range(&mut self, op: &Op, fits: bool) {
        if !fits {
            self.error(format!("{op:?} is out of range"));
        }
    }

    fn definitions(&mut self) -> Option<Vec<Definition>> {
        let mut definitions: Vec<Definition> = vec![None; self.function.values.len()];
        let mut define = |value: Value, block: usize, at: usize, errors: &mut Vec<String>| match definitions
            .get_mut(value.0 as usize)
        {
            Some(slot @ None) => *slot = Some((block, at)),
            Some(Some(_)) => errors.push(format!("{value} is defined twice")),
            None => errors.push(format!("{value} has no class")),
        };
        for (index, block) in self.function.blocks.iter().enumerate() {
            block.params.iter().for_each(|param| define(*param, index, 0, &mut self.errors));
            for (at, instruction) in block.instructions.iter().enumerate() {
                if let Some(result) = instruction.result {
                    define(result, index, at + 1, &mut self.errors);
                }
            }
            for successor in block.terminator.successors() {
                if successor.0 as usize >= self.function.blocks.len() {
                    self.errors.push(format!("b{index} leads to {successor}, which does not exist"));
                }
            }
        }
        self.errors.is_empty().then_some(definitions)
    }

    fn is_defined(
        &mut self,
        definitions: &[Definition],
        dominators: &[Option<usize>],
        value: Value,
        block: usize,
        at: usize,
    ) {
        let Some((home, place)) = definitions.get(value.0 as usize).copied().flatten() else {
            return self.error(format!("{value} is used in b{block} and defined nowhere"));
        };
        let before = match home == block {
            true => place < at,
            false => dominates(dominators, home, block),
        };
        if !before {
            self.error(format!("{value} of b{home} is used in b{block}, which it does not dominate"));
        }
    }

    fn class(&self, value: Value) -> Class {
        self.function.values[value.0 as usize]
    }

    fn has_class(&mut self, value: Value, class: Class) {
        let found = self.class(value);
        if found != class {
            self.error(format!("{value} is {found:?}, not {class:?}"));
        }
    }

    /// Values that are passed on must have the classes that are expected.
    fn passes(&mut self, what: &str, values: &[Value], classes: &[Class]) {
        let found: Vec<Class> = values.iter().map(|value| self.class(*value)).collect();
        if found != classes {
            self.error(format!("{what} takes {classes:?}, not {found:?}"));
        }
        if found.contains(&Class::Address) {
            self.error(format!("{what} is given an address"));
        }
    }

    fn call(&mut self, function: FuncId, arguments: &[Value]) {
        let rules = self.rules;
        match rules.signatures.get(function.0 as usize) {
            Some((name, params, _)) => self.passes(name, arguments, params),
            None => self.error(format!("call of function {} which does not exist", function.0)),
        }
    }

    fn operands(&mut self, op: &Op) {
        use Class::{Address, Int, Ref, Vector};
        match op {
            Op::Int(_) | Op::Float(_) | Op::Bool(_) | Op::Immediate(_) | Op::VectorConst(_) => {}
            Op::Record { .. } | Op::Park | Op::Poll => {}
            Op::Static(id) => {
                if id.0 as usize >= self.rules.statics {
                    self.error(format!("constant {} does not exist", id.0));
                }
            }
            Op::FunctionAddress(function) => {
                if function.0 as usize >= self.rules.signatures.len() {
                    self.error(format!("function {} does not exist", function.0));
                }
            }
            Op::Unary(op, a) => self.has_class(*a, op.operand()),
            Op::Binary(op, a, b) => {
                self.has_class(*a, op.operand());
                self.has_class(*b, op.operand());
            }
            Op::VectorShiftRight(a, count) => {
                self.has_class(*a, Vector);
                self.in_range(op, *count <= 8);
            }
            Op::VectorAlign(a, b, count) => {
                self.has_class(*a, Vector);
                self.has_class(*b, Vector);
                self.in_range(op, (1..16).contains(count));
            }
            Op::Select(condition, a, b) => {
                self.has_class(*condition, Class::Bool);
                self.has_class(*b, self.class(*a));
            }
            Op::New { header, fields } => self.new_object(*header, fields),
            Op::NewArray { capacity, .. } => self.has_class(*capacity, Int),
            Op::Load { object, .. }
            | Op::LoadMutable { object, .. }
            | Op::Store { object, .. }
            | Op::Address(object) => self.has_class(*object, Ref),
            Op::ArrayGet { array, index, .. } | Op::ArraySet { array, index, .. } => {
                self.has_class(*array, Ref);
                self.has_class(*index, Int);
            }
            Op::LoadBytes { address, offset, width, .. } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.in_range(op, matches!(width, 1 | 2 | 4 | 8));
            }
            Op::LoadVector { address, offset } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
            }
            Op::StoreBytes { address, offset, value, width, .. } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.has_class(*value, Int);
                self.in_range(op, matches!(width, 1 | 2 | 4 | 8));
            }
            Op::StoreVector { address, offset, value } => {
                self.has_class(*address, Address);
                self.has_class(*offset, Int);
                self.has_class(*value, Vector);
            }
            Op::Call { function, arguments } => self.call(*function, arguments),
            Op::CallClosure { closure, arguments, .. } => {
                self.has_class(*closure, Ref);
                self.no_address(arguments);
            }
            Op::Runtime { arguments, .. } => self.no_address(arguments),
        }
    }

    fn no_address(&mut self, arguments: &[Value]) {
        if arguments.iter().any(|argument| self.class(*argument) == Class::Address) {
            self.error("an address is passed on".to_owned());
        }
    }

    fn new_object(&mut self, header: u64, fields: &[Value]) {
        let words = (header >> 24 & 0xf_ffff) as usize;
        let references = (header >> 44 & 0xf_ffff) as usize;
        if words != fields.len() {
            return self.error(format!("an object of {words} words is given {}", fields.len()));
        }
        let is_closure = kind_of(header) == Kind::Closure;
        let first = usize::from(is_closure);
        for (index, field) in fields.iter().enumerate() {
            let expected = index >= first && index < first + references;
            let class = self.class(*field);
            if (class == Class::Ref) != expected || matches!(class, Class::Vector | Class::Address) {
                self.error(format!("field {index} of an object is {class:?}"));
            }
        }
    }

    fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(block, arguments) => self.edge(*block, arguments),
            Terminator::Branch(condition, then, otherwise) => {
                self.has_class(*condition, Class::Bool);
                self.edge(then.0, &then.1);
                self.edge(otherwise.0, &otherwise.1);
            }
            Terminator::Switch(value, cases, otherwise) => {
                self.has_class(*value, Class::Int);
                cases.iter().for_each(|(_, block)| self.edge(*block, &[]));
                self.edge(*otherwise, &[]);
                let mut numbers: Vec<i64> = cases.iter().map(|(case, _)| *case).collect();
                numbers.sort_unstable();
                if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
                    self.error(format!("a switch has the case {} twice", twice[0]));
                }
            }
            Terminator::Return(value) => self.has_class(*value, self.function.result),
            Terminator::TailCall { function, arguments, .. } => {
                self.call(*function, arguments);
                if let Some((name, _, result)) = self.rules.signatures.get(function.0 as usize)
                    && *result != self.function.result
                {
                    self.error(format!("tail call of {name}, whose result is {result:?}"));
                }
            }
            Terminator::TailCallClosure { closure, arguments, .. } => {
                self.has_class(*closure, Class::Ref);
                self.no_address(arguments);
            }
            Terminator::PanicWith { message, .. } => self.has_class(*message, Class::Ref),
            Terminator::Panic { .. } | Terminator::Unreachable => {}
        }
    }

    fn edge(&mut self, block: BlockId, arguments: &[Value]) {
        let params = &self.function.blocks[block.0 as usize].params;
        let classes: Vec<Class> = params.iter().map(|param| self.class(*param)).collect();
        self.passes(&block.to_string(), arguments, &classes);
    }
}

/// The class of an operation's result; `callee` tells that of another function.
pub(crate) fn result(
    callee: impl FnOnce(FuncId) -> Option<Class>,
    function: &Function,
    op: &Op,
) -> Option<Class> {
    Some(match op {
        Op::Int(_) | Op::FunctionAddress(_) | Op::LoadBytes { .. } => Class::Int,
        Op::Float(_) => Class::Float,
        Op::Bool(_) => Class::Bool,
        Op::Immediate(_) | Op::Static(_) | Op::New { .. } | Op::NewArray { .. } => Class::Ref,
        Op::VectorConst(_) | Op::VectorShiftRight(..) | Op::VectorAlign(..) | Op::LoadVector { .. } => {
            Class::Vector
        }
        Op::Unary(op, _) => op.result(),
        Op::Binary(op, ..) => op.result(),
        Op::Load { class, .. }
        | Op::LoadMutable { class, .. }
        | Op::ArrayGet { class, .. }
        | Op::Record { class, .. } => *class,
        Op::CallClosure { result, .. } | Op::Runtime { result, .. } => *result,
        Op::Address(_) => Class::Address,
        Op::Call { function, .. } => callee(*function)?,
        Op::Select(_, a, _) => function.values[a.0 as usize],
        Op::Store { .. }
        | Op::ArraySet { .. }
        | Op::StoreBytes { .. }
        | Op::StoreVector { .. }
        | Op::Park
        | Op::Poll => return None,
    })
}

/// The immediate dominator of each block; the entry's is itself, `None` for unreachable ones.
fn dominators(function: &Function) -> Vec<Option<usize>> {
    let order = reverse_postorder(function);
    let mut number = vec![usize::MAX; function.blocks.len()];
    for (index, block) in order.iter().enumerate() {
        number[*block] = index;
    }
    let mut predecessors = vec![Vec::new(); function.blocks.len()];
    for block in &order {
        for successor in function.blocks[*block].terminator.successors() {
            predecessors[successor.0 as usize].push(*block);
        }
    }
    let mut dominators: Vec<Option<usize>> = vec![None; function.blocks.len()];
    dominators[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for block in order.iter().skip(1) {
            let mut best: Option<usize> = None;
            for predecessor in &predecessors[*block] {
                if dominators[*predecessor].is_none() {
                    continue;
                }
                best = Some(match best {
                    None => *predecessor,
                    Some(other) => {
                        let (mut a, mut b) = (*predecessor, other);
                        while a != b {
                            let later = if number[a] > number[b] { &mut a } else { &mut b };
                            *later = dominators[*later].unwrap_or(0);
                        }
                        a
                    }
                });
            }
            if best.is_some() && dominators[*block] != best {
                dominators[*block] = best;
                changed = true;
            }
        }
    }
    dominators
}

fn dominates(dominators: &[Option<usize>], above: usize, below: usize) -> bool {
    let mut at = below;
    loop {
        if at == above {
            return true;
        }
        match dominators[at] {
            Some(next) if next != at => at = next,
            _ => return false,
        }
    }
}

fn reverse_postorder(function: &Function) -> Vec<usize> {
    let mut seen = vec![false; function.blocks.len()];
    let mut order = Vec::new();
    let mut stack = vec![(0, function.blocks[0].terminator.successors())];
    seen[0] = true;
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) => {
                let next = next.0 as usize;
                if !std::mem::replace(&mut seen[next], true) {
                    stack.push((next, function.blocks[next].terminator.successors()));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

#[cfg(test)]
mod tests {
    use super::verify;
    use crate::optimise::testing::program;

    /// Functions that are wrong in one way, and what is said of it.
    const BROKEN: &[(&str, &str)] = &[
        (
            "fn \"f\" -> int
            b0(v0: int):
              branch v0, b1, b1
            b1():
              return v0",
            "v0 is Int, not Bool",
        ),
        (
            "fn \"f\" -> int
            b0(v0: int, v1: bool):
              branch v1, b1, b2
            b1():
              v2 = add v0, v0
              jump b2
            b2():
              return v2",
            "v2 of b1 is used in b2, which it does not dominate",
        ),
        (
            "fn \"f\" -> int
            b0(v0: int):
              v1 = add v2, v0
              v2 = add v0, v0
              return v1",
            "v2 of b0 is used in b0, which it does not dominate",
        ),
        (
            "fn \"f\" -> int
            b0(v0: int):
              jump b1(v0)
            b1():
              return v0",
            "b1 takes [], not [Int]",
        ),
        (
            "fn \"f\" -> int
            b0(v0: ref, v1: int):
              v2 = address v0
              jump b1(v2)
            b1(v3: address):
              v4 = load u8 little v3 + v1
              return v4",
            "v3 is an address, which no block may take",
        ),
        (
            "fn \"f\" -> int
            b0(v0: ref, v1: ref, v2: bool, v5: int):
              v3 = address v0
              v4 = address v1
              v6 = select v2, v3, v4
              v7 = load u8 little v6 + v5
              return v7",
            "Select(Value(2), Value(3), Value(4)) gives an address",
        ),
        (
            "fn \"f\" -> address
            b0(v0: ref):
              v1 = address v0
              return v1",
            "an address is returned",
        ),
        (
            "fn \"f\" -> int
            b0(v0: ref):
              v1 = address v0
              v2 = runtime bytes_length(v1) -> int
              return v2",
            "an address is passed on",
        ),
        (
            "fn \"f\" -> int
            b0(v0: int):
              switch v0, 1 -> b1, 1 -> b2, else b2
            b1():
              return v0
            b2():
              return v0",
            "a switch has the case 1 twice",
        ),
        (
            "entry fn \"f\" -> int
            b0(v0: int):
              return v0",
            "an entry takes a reference and gives an Int, not [Int]",
        ),
        (
            "closure fn \"f\" -> int
            b0(v0: int):
              return v0",
            "a closure takes its object first, not [Int]",
        ),
        (
            "fn \"f\" -> float
            b0(v0: int):
              return v0",
            "v0 is Int, not Float",
        ),
    ];

    #[test]
    fn what_is_broken_is_told() {
        for (source, expected) in BROKEN {
            let errors = verify(&program(source)).expect_err(source);
            let told = errors.contains(&format!("f: {expected}"));
            assert!(told, "{source}\n{errors:#?}");
        }
    }

    #[test]
    fn what_nothing_reaches_does_not_count() {
        let source = "fn \"f\" -> int
            b0(v0: int):
              return v0
            b1():
              v1 = add v2, v0
              v2 = add v0, v0
              return v1";
        assert_eq!(verify(&program(source)), Ok(()));
    }
}
