//! What intrinsics return, as values: `snow_abi::convention` says of which words a result consists.

use crate::ir::{Class, Op, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_abi::record;
use snow_abi::types::{Sum, Type as Declared};
use snow_check::hir::Type;

/// The words of a result that have not been taken yet.
#[derive(Clone, Copy)]
struct Words {
    /// The word in the register, while it is the next one.
    register: Option<Value>,
    /// How many of those in the record have been taken.
    taken: usize,
}

impl FunctionLowering<'_, '_> {
    /// Calls a function of the runtime. `declared` is what it returns, and `ty` the concrete type of that.
    pub fn call_runtime(
        &mut self,
        function: &'static str,
        arguments: Vec<Value>,
        declared: &Declared,
        ty: &Type,
    ) -> Value {
        let class = types::class(self.context.program, ty);
        let composed = match declared {
            Declared::Tuple(_) => true,
            Declared::Sum(sum) => !sum.is_enumeration(),
            _ => false,
        };
        let in_register = match declared {
            Declared::Parameter("T") if class != Class::Ref => Class::Int,
            _ if composed => self.class_of_first_word(declared, ty),
            _ => class,
        };
        let register = self.builder.runtime(function, arguments, in_register);
        match composed {
            true => self.result(&mut Words { register: Some(register), taken: 0 }, declared, ty),
            false if in_register == class => register,
            false => self.builder.of_word(register, class),
        }
    }

    /// The class of the first word of what consists of several. Raw words are Ints.
    fn class_of_first_word(&self, declared: &Declared, ty: &Type) -> Class {
        let program = self.context.program;
        match (declared, &types::fields(program, ty)[..]) {
            (Declared::Tuple([declared, ..]), [ty, ..]) => self.class_of_first_word(declared, ty),
            (Declared::Sum(_), _) => Class::Int,
            _ if types::class(program, ty) == Class::Ref => Class::Ref,
            _ => Class::Int,
        }
    }

    /// Takes the words of a value of this type, and makes the value of them.
    fn result(&mut self, words: &mut Words, declared: &Declared, ty: &Type) -> Value {
        match declared {
            Declared::Unit => self.builder.unit(),
            Declared::Tuple(elements) => {
                let values = self.results(words, elements, &types::fields(self.context.program, ty));
                self.object(0, &values)
            }
            Declared::Sum(sum) if !sum.is_enumeration() => self.sum(words, sum, ty),
            _ => {
                let class = types::class(self.context.program, ty);
                let word = self.next(words, if class == Class::Ref { class } else { Class::Int });
                self.builder.of_word(word, class)
            }
        }
    }

    fn results(&mut self, words: &mut Words, declared: &[Declared], types: &[Type]) -> Vec<Value> {
        declared.iter().zip(types).map(|(declared, ty)| self.result(words, declared, ty)).collect()
    }

    /// The number of the constructor tells of which words the payload consists. So a sum type is the last part of what
    /// contains it, and no word is left behind it.
    fn sum(&mut self, words: &mut Words, sum: &Sum, ty: &Type) -> Value {
        let number = self.next(words, Class::Int);
        let cases: Vec<_> = sum.constructors.iter().map(|_| self.builder.block()).collect();
        let made = self.builder.block();
        let value = self.builder.block_param(made, Class::Ref);
        let others = (1..).zip(cases[1..].iter().copied()).collect();
        self.builder.switch(number, others, cases[0]);
        for (index, (case, constructor)) in cases.into_iter().zip(sum.constructors).enumerate() {
            self.builder.switch_to(case);
            let payload = types::payload(self.context.program, ty, index);
            let values = self.results(&mut words.clone(), constructor.payload, &payload);
            let value = self.construct(ty, index, &values);
            self.builder.jump(made, vec![value]);
        }
        self.builder.switch_to(made);
        value
    }

    fn next(&mut self, words: &mut Words, class: Class) -> Value {
        match words.register.take() {
            Some(word) => word,
            None => {
                words.taken += 1;
                self.builder.emit(Op::Record { offset: record::OUT[words.taken - 1], class }, class)
            }
        }
    }
}
