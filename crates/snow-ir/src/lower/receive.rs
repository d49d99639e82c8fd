//! `receive`: takes the oldest message and matches it, or parks until there is one or the time of
//! `after` is over.

use crate::ir::{Class, Op, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::Matcher;
use crate::lower::types;
use snow_abi::{MessageWait, adapted, adapter, parcel, record};
use snow_check::hir::{Arm, Expr, Fallthrough, Type};

impl<'p> FunctionLowering<'_, 'p> {
    pub fn receive(
        &mut self,
        message: &Type,
        arms: &'p [Arm],
        fallthrough: &Fallthrough,
        after: Option<&'p (Box<Expr>, Box<Expr>)>,
        ty: &Type,
        tail: bool,
    ) -> Value {
        let deadline = match after {
            Some((milliseconds, _)) => {
                let milliseconds = self.expr(milliseconds, false);
                self.builder.runtime("actor_deadline", vec![milliseconds], Class::Int)
            }
            None => self.builder.int(-1),
        };
        if !self.builder.reachable() {
            return self.gone(ty);
        }
        let message_type = self.substitution.apply(message);
        let class = types::class(self.context.program, &message_type);
        let take = self.builder.block();
        let wait = self.builder.block();
        let park = self.builder.block();
        let taken = self.builder.block();
        let word = self.builder.block_param(taken, if class == Class::Ref { class } else { Class::Int });
        let adapted = self.builder.block();
        let late = self.builder.block();
        self.builder.jump(take, Vec::new());

        self.builder.switch_to(take);
        let found = self.builder.block();
        let value = match class {
            Class::Ref => {
                let value = self.builder.runtime("actor_take_ref", Vec::new(), Class::Ref);
                let none = self.builder.unary(UnaryOp::IsNull, value);
                self.builder.branch(none, wait, found);
                value
            }
            _ => {
                // An `Option` of a word.
                let some = self.builder.runtime("actor_take_raw", Vec::new(), Class::Int);
                let none = self.builder.equal(some, 0);
                self.builder.branch(none, wait, found);
                self.builder.switch_to(found);
                self.builder.emit(Op::Record { offset: record::OUT[0], class: Class::Int }, Class::Int)
            }
        };
        self.builder.switch_to(found);
        self.builder.jump(taken, vec![value]);

        self.builder.switch_to(wait);
        let waiting = self.builder.runtime("actor_wait", vec![deadline], Class::Int);
        let mut cases = vec![(MessageWait::NotYet as i64, park), (MessageWait::Adapted as i64, adapted)];
        if after.is_some() {
            cases.push((MessageWait::Late as i64, late));
        }
        self.builder.switch(waiting, cases, take);
        self.builder.switch_to(park);
        self.park();
        self.builder.jump(take, Vec::new());
        self.builder.switch_to(adapted);
        let value = self.take_adapted(class);
        self.builder.jump(taken, vec![value]);

        let mut join = self.join(ty);
        self.builder.switch_to(taken);
        let value = self.builder.of_word(word, class);
        let mut matcher = Matcher::default();
        let root = matcher.known(value, message_type, class);
        let result = self.match_arms(matcher, root, arms, fallthrough, ty, tail);
        self.arrive(&mut join, result, ty);
        if let Some((_, body)) = after {
            self.builder.switch_to(late);
            let result = self.expr(body, tail);
            self.arrive(&mut join, result, &body.ty);
        }
        self.meet(join)
    }

    /// Takes a message that came through adapters, and applies them: the last one's function first.
    fn take_adapted(&mut self, class: Class) -> Value {
        let message = self.builder.runtime("actor_take_adapted", Vec::new(), Class::Ref);
        let adapter = self.builder.load(message, adapted::ADAPTER, Class::Ref);
        let parcel = self.builder.load(message, adapted::PARCEL, Class::Ref);
        let apply = self.builder.block();
        let done = self.builder.block();
        let incoming = vec![adapter, parcel];
        let adapter = self.builder.block_param(apply, Class::Ref);
        let parcel = self.builder.block_param(apply, Class::Ref);
        self.builder.jump(apply, incoming);
        self.builder.switch_to(apply);
        let function = self.builder.load(adapter, adapter::FUNCTION, Class::Ref);
        let next = self.builder.load(adapter, adapter::TO, Class::Ref);
        let parcel = self.builder.emit(
            Op::CallClosure { closure: function, arguments: vec![parcel], result: Class::Ref },
            Class::Ref,
        );
        let again = self.builder.block();
        let last = self.builder.unary(UnaryOp::IsImmediate, next);
        self.builder.branch(last, done, again);
        self.builder.switch_to(again);
        self.builder.jump(apply, vec![next, parcel]);
        self.builder.switch_to(done);
        let word_class = if class == Class::Ref { Class::Ref } else { Class::Int };
        self.builder.load(parcel, parcel::MESSAGE, word_class)
    }
}
