//! Builds one function in SSA form, block by block. Knows nothing of the typed tree.

use crate::ir::{
    BinaryOp, Block, BlockId, Class, Function, Instruction, Op, StaticId, Terminator, UnaryOp, Value,
};
use crate::layout::Layout;
use cranelift_entity::PrimaryMap;
use snow_syntax::span::Span;
use std::collections::HashMap;

pub(crate) struct Builder {
    function: Function,
    /// `None`: control cannot get here; what is emitted vanishes.
    current: Option<BlockId>,
    /// Place of the instructions emitted next.
    pub span: Span,
    pub file: u32,
    integers: HashMap<Value, i64>,
}

impl Builder {
    pub fn new(name: String, file: u32, result: Class) -> Builder {
        let function = Function {
            name,
            file,
            blocks: PrimaryMap::from_iter([Block::default()]),
            values: PrimaryMap::new(),
            result,
            closure: false,
            captures: Vec::new(),
            entry: false,
            cold: false,
        };
        Builder {
            function,
            current: Some(BlockId::ENTRY),
            span: Span::default(),
            file,
            integers: HashMap::new(),
        }
    }

    pub fn function_mut(&mut self) -> &mut Function {
        &mut self.function
    }

    pub fn finish(self) -> Function {
        self.function
    }

    pub fn name(&self) -> &str {
        &self.function.name
    }

    pub fn result_class(&self) -> Class {
        self.function.result
    }

    pub fn class(&self, value: Value) -> Class {
        self.function.values[value]
    }

    pub fn classes(&self, values: &[Value]) -> Vec<Class> {
        values.iter().map(|value| self.class(*value)).collect()
    }

    /// A value that no instruction defines: for code that control cannot reach.
    pub fn undefined(&mut self, class: Class) -> Value {
        self.function.values.push(class)
    }

    // Blocks

    pub fn block(&mut self) -> BlockId {
        self.function.blocks.push(Block::default())
    }

    pub fn cold_block(&mut self) -> BlockId {
        let block = self.block();
        self.function.blocks[block].cold = true;
        block
    }

    pub fn block_param(&mut self, block: BlockId, class: Class) -> Value {
        let value = self.undefined(class);
        self.function.blocks[block].params.push(value);
        value
    }

    pub fn param(&self, block: BlockId, index: usize) -> Value {
        self.function.blocks[block].params[index]
    }

    pub fn switch_to(&mut self, block: BlockId) {
        self.current = Some(block);
    }

    /// Can control get here?
    pub fn reachable(&self) -> bool {
        self.current.is_some()
    }

    /// Where instructions go; to come back later with `resume`.
    pub fn position(&self) -> Option<BlockId> {
        self.current
    }

    pub fn resume(&mut self, position: Option<BlockId>) {
        self.current = position;
    }

    pub fn terminate(&mut self, terminator: Terminator) {
        if let Some(block) = self.current.take() {
            self.function.blocks[block].terminator = terminator;
        }
    }

    pub fn jump(&mut self, block: BlockId, arguments: Vec<Value>) {
        self.terminate(Terminator::Jump(block, arguments));
    }

    pub fn branch(&mut self, condition: Value, then: BlockId, otherwise: BlockId) {
        self.terminate(Terminator::Branch(condition, (then, Vec::new()), (otherwise, Vec::new())));
    }

    /// Goes on in a new block where the condition holds, and to `fail` where not.
    pub fn continue_if(&mut self, condition: Value, fail: BlockId) {
        let next = self.block();
        self.branch(condition, next, fail);
        self.switch_to(next);
    }

    /// On an Int: one branch where that is enough.
    pub fn switch(&mut self, value: Value, mut cases: Vec<(i64, BlockId)>, otherwise: BlockId) {
        cases.retain(|(_, block)| *block != otherwise);
        match cases[..] {
            [] => self.jump(otherwise, Vec::new()),
            [(case, block)] => {
                let case = self.int(case);
                let equal = self.binary(BinaryOp::Equal, value, case);
                self.branch(equal, block, otherwise);
            }
            _ => self.terminate(Terminator::Switch(value, cases, otherwise)),
        }
    }

    /// Ends the actor with a fixed message.
    pub fn panic(&mut self, message: &str) {
        let (span, file) = (self.span, self.file);
        self.terminate(Terminator::Panic { message: message.to_owned(), span, file });
    }

    // Instructions

    fn push(&mut self, result: Option<Value>, op: Op) {
        if let Some(block) = self.current {
            let (span, file) = (self.span, self.file);
            self.function.blocks[block].instructions.push(Instruction { result, op, span, file });
        }
    }

    /// An operation with a result.
    pub fn emit(&mut self, op: Op, class: Class) -> Value {
        let value = self.undefined(class);
        if let Op::Int(number) = op {
            self.integers.insert(value, number);
        }
        self.push(Some(value), op);
        value
    }

    /// An operation without one.
    pub fn effect(&mut self, op: Op) {
        self.push(None, op);
    }

    /// The number, when the value is a constant.
    pub fn constant(&self, value: Value) -> Option<i64> {
        self.integers.get(&value).copied()
    }

    pub fn int(&mut self, value: i64) -> Value {
        self.emit(Op::Int(value), Class::Int)
    }

    pub fn bool(&mut self, value: bool) -> Value {
        self.emit(Op::Bool(value), Class::Bool)
    }

    pub fn unit(&mut self) -> Value {
        self.int(0)
    }

    pub fn static_object(&mut self, id: StaticId) -> Value {
        self.emit(Op::Static(id), Class::Ref)
    }

    pub fn unary(&mut self, op: UnaryOp, a: Value) -> Value {
        if let (UnaryOp::Negate, Some(number)) = (op, self.constant(a)) {
            return self.int(number.wrapping_neg());
        }
        self.emit(Op::Unary(op, a), op.result())
    }

    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        self.emit(Op::Binary(op, a, b), op.result())
    }

    /// a + n
    pub fn add_constant(&mut self, a: Value, n: i64) -> Value {
        match (n, self.constant(a)) {
            (0, _) => a,
            (_, Some(number)) => self.int(number.wrapping_add(n)),
            _ => {
                let n = self.int(n);
                self.binary(BinaryOp::Add, a, n)
            }
        }
    }

    /// A shift by a number of bits that is known.
    pub fn shift(&mut self, op: BinaryOp, value: Value, count: u64) -> Value {
        match count {
            0 => value,
            _ => {
                let count = self.int(count as i64);
                self.binary(op, value, count)
            }
        }
    }

    /// The low `size` bits.
    pub fn mask(&mut self, value: Value, size: u64) -> Value {
        match size {
            64.. => value,
            _ => {
                let mask = self.int(((1u64 << size) - 1) as i64);
                self.binary(BinaryOp::And, value, mask)
            }
        }
    }

    /// a == b, for Ints
    pub fn equal(&mut self, a: Value, b: i64) -> Value {
        let b = self.int(b);
        self.binary(BinaryOp::Equal, a, b)
    }

    /// a <= b without signs
    pub fn at_most(&mut self, a: Value, b: Value) -> Value {
        self.binary(BinaryOp::LessEqualUnsigned, a, b)
    }

    pub fn load(&mut self, object: Value, word: u32, class: Class) -> Value {
        self.emit(Op::Load { object, word, class }, class)
    }

    /// A word of an array's or buffer's own bookkeeping.
    pub fn load_mutable(&mut self, object: Value, word: u32) -> Value {
        self.emit(Op::LoadMutable { object, word, class: Class::Int }, Class::Int)
    }

    pub fn store(&mut self, object: Value, word: u32, value: Value) {
        self.effect(Op::Store { object, word, value });
    }

    pub fn runtime(&mut self, name: &'static str, arguments: Vec<Value>, result: Class) -> Value {
        self.emit(Op::Runtime { name, arguments, result }, result)
    }

    /// A tuple, struct or constructor of these fields in declaration order.
    pub fn new_object(&mut self, tag: u32, fields: &[Value]) -> Value {
        let layout = Layout::fixed(&self.classes(fields));
        let header = layout.fixed_header(tag);
        let fields = layout.order.iter().map(|field| fields[*field]).collect();
        self.emit(Op::New { header, fields }, Class::Ref)
    }

    /// As the raw word that generic intrinsics take and that arrays and messages hold.
    pub fn word_of(&mut self, value: Value) -> Value {
        match self.class(value) {
            Class::Float => self.unary(UnaryOp::FloatBits, value),
            Class::Bool => self.unary(UnaryOp::BoolToInt, value),
            _ => value,
        }
    }

    /// The contrary of `word_of`.
    pub fn of_word(&mut self, value: Value, class: Class) -> Value {
        match class {
            Class::Float => self.unary(UnaryOp::FloatFromBits, value),
            Class::Bool => self.unary(UnaryOp::IntToBool, value),
            _ => value,
        }
    }
}
