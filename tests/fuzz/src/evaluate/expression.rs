//! Expressions, from left to right.

use super::{Environment, Function, Machine, Outcome, Process, Stop, Value};
use crate::program::{
    BinaryOperator, Bound, Callee, Expression, For, ForBinding, Head, Kind, TextPart, Type, UnaryOperator,
};
use std::rc::Rc;

impl Machine<'_> {
    pub fn evaluate(&mut self, expression: &Expression, environment: &Environment) -> Outcome {
        self.burn(1)?;
        Ok(match &expression.kind {
            Kind::Int(value) => Value::Int(*value),
            Kind::Float(value) => Value::Float(*value),
            Kind::Bool(value) => Value::Bool(*value),
            Kind::String(text) => Value::string(text),
            Kind::Bytes(bytes) => Value::Bytes(bytes.as_slice().into()),
            Kind::Unit => Value::Unit,
            Kind::Nothing => unreachable!("mutants are not judged"),
            // The reducer may have taken the binding away.
            Kind::Variable(name) => {
                environment.get(*name).ok_or(Stop::Unspecified("a name without a binding"))?.clone()
            }
            Kind::Constant(number) => {
                let program = self.program;
                self.evaluate(&program.constants[*number].value, &Environment::default())?
            }
            Kind::Tuple(parts) => Value::Tuple(self.all(parts, environment)?.into()),
            Kind::List(parts) => Value::list(self.all(parts, environment)?),
            Kind::Map(pairs) => self.map(pairs, environment)?,
            Kind::Construct(constructor, parts) => {
                self.data(&expression.ty, *constructor, parts, environment)?
            }
            Kind::ConstructorValue(declaration, constructor) => {
                Value::Function(Function::Constructor(*declaration, *constructor))
            }
            Kind::Update(base, changes) => self.update(base, changes, environment)?,
            Kind::Field(base, field) => self.field(base, *field, environment)?,
            Kind::Unary(operator, operand) => self.unary(*operator, operand, environment)?,
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, environment)?,
            Kind::Text(parts) => self.text(parts, environment)?,
            Kind::If(condition, then, otherwise) => match (self.truth(condition, environment)?, otherwise) {
                (true, Some(_)) => self.block(then, environment.clone())?,
                (false, Some(otherwise)) => self.block(otherwise, environment.clone())?,
                (true, None) => {
                    self.block(then, environment.clone())?;
                    Value::Unit
                }
                (false, None) => Value::Unit,
            },
            Kind::Case(subject, arms) => {
                let subject = self.evaluate(subject, environment)?;
                for arm in arms {
                    let mut inside = environment.clone();
                    if self.matches(&arm.pattern, &subject, &mut inside)?
                        && self.holds(arm.guard.as_ref(), &inside)?
                    {
                        return self.block(&arm.body, inside);
                    }
                }
                return Err(Stop::Crash("non-exhaustive match".into()));
            }
            Kind::Call(callee, arguments, _) => self.call(callee, arguments, environment)?,
            Kind::FunctionValue(number) => Value::Function(Function::Named(*number)),
            Kind::LibraryValue(number) => Value::Function(Function::Library(*number)),
            Kind::Closure(closure) => {
                Value::Function(Function::Closure(Rc::new((**closure).clone()), environment.clone()))
            }
            Kind::For(inner) => self.loop_over(inner, environment)?,
            Kind::While(condition, body) => {
                while self.truth(condition, environment)? {
                    match self.block(body, environment.clone()) {
                        Ok(_) | Err(Stop::Continue) => {}
                        Err(Stop::Break) => break,
                        Err(stop) => return Err(stop),
                    }
                }
                Value::Unit
            }
            Kind::Try(inner, conversion) => self.unwrap(inner, *conversion, environment)?,
            Kind::Leave(leave) => return Err(self.leave(leave, environment)?),
            Kind::Bits(segments) => self.construct_bits(segments, environment)?,
            Kind::Default => default(&expression.ty),
            Kind::Ascribe(inner) => self.evaluate(inner, environment)?,
            Kind::Job(block) => {
                let outcome = self.block(block, environment.clone());
                job(outcome)?
            }
            Kind::JobMap(list, function) => self.job_map(list, function, environment)?,
            Kind::Spawn(actor, state) => {
                let state = self.all(state, environment)?;
                Value::Actor(Rc::new(Process::new(*actor, state)))
            }
            Kind::Send(pid, message, payload) => {
                self.message(pid, *message, payload, environment)?;
                Value::Unit
            }
            Kind::Ask(pid, message, payload) => {
                Value::option(self.message(pid, *message, payload, environment)?)
            }
            Kind::Start(service, arguments) => self.start(*service, arguments, environment)?,
            Kind::CallService(pid, handler, arguments, gently) => {
                self.call_service(pid, *handler, arguments, *gently, environment)?
            }
        })
    }

    pub fn all(&mut self, expressions: &[Expression], environment: &Environment) -> Outcome<Vec<Value>> {
        expressions.iter().map(|expression| self.evaluate(expression, environment)).collect()
    }

    fn map(&mut self, pairs: &[(Expression, Expression)], environment: &Environment) -> Outcome {
        let mut entries = Vec::new();
        for (key, value) in pairs {
            let key = self.evaluate(key, environment)?;
            let value = self.evaluate(value, environment)?;
            entries.push((key, value));
        }
        let mut map = Vec::new();
        for (key, value) in entries {
            self.put(&mut map, key, value)?;
        }
        Ok(Value::Map(map.into()))
    }

    fn data(
        &mut self,
        ty: &Type,
        constructor: usize,
        parts: &[Expression],
        environment: &Environment,
    ) -> Outcome {
        let Head::Declared(declaration) = ty.head else { unreachable!("{ty:?} is declared") };
        Ok(Value::Data { declaration, constructor, fields: self.all(parts, environment)?.into() })
    }

    fn update(
        &mut self,
        base: &Expression,
        changes: &[(usize, Expression)],
        environment: &Environment,
    ) -> Outcome {
        let base = self.evaluate(base, environment)?;
        let Value::Data { declaration, constructor, fields } = base else {
            unreachable!("{base:?} is a struct")
        };
        let mut fields = fields.to_vec();
        for (field, value) in changes {
            fields[*field] = self.evaluate(value, environment)?;
        }
        Ok(Value::Data { declaration, constructor, fields: fields.into() })
    }

    fn field(&mut self, base: &Expression, field: usize, environment: &Environment) -> Outcome {
        match self.evaluate(base, environment)? {
            Value::Data { fields, .. } => Ok(fields[field].clone()),
            Value::Range(first, stop) => Ok(Value::Int([first, stop][field])),
            other => unreachable!("{other:?} has no fields"),
        }
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expression, environment: &Environment) -> Outcome {
        Ok(match (operator, self.evaluate(operand, environment)?) {
            (UnaryOperator::Negate, Value::Int(value)) => Value::Int(value.wrapping_neg()),
            (UnaryOperator::Negate, Value::Float(value)) => Value::Float(-value),
            (UnaryOperator::Not, Value::Bool(value)) => Value::Bool(!value),
            (operator, other) => unreachable!("{operator:?} {other:?}"),
        })
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        environment: &Environment,
    ) -> Outcome {
        match operator {
            BinaryOperator::And => {
                Ok(Value::Bool(self.truth(left, environment)? && self.truth(right, environment)?))
            }
            BinaryOperator::Or => {
                Ok(Value::Bool(self.truth(left, environment)? || self.truth(right, environment)?))
            }
            _ => {
                let left = self.evaluate(left, environment)?;
                let right = self.evaluate(right, environment)?;
                self.operate(operator, left, right)
            }
        }
    }

    fn text(&mut self, parts: &[TextPart], environment: &Environment) -> Outcome {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Text(part) => text.push_str(part),
                TextPart::Value(expression) => {
                    let value = self.evaluate(expression, environment)?;
                    let program = self.program;
                    // A type parameter that is shown says itself by which interface: see `Program::shown_by`.
                    let debug = program.shown_by(&expression.ty) == Bound::Debug;
                    let shown = self.text_of(&value, debug)?;
                    text.push_str(&shown);
                }
            }
        }
        self.room(text.len())?;
        Ok(Value::string(text))
    }

    fn call(&mut self, callee: &Callee, arguments: &[Expression], environment: &Environment) -> Outcome {
        match callee {
            Callee::Function(number) => {
                let arguments = self.all(arguments, environment)?;
                let program = self.program;
                self.enter(&program.functions[*number].body, Environment::default(), arguments)
            }
            Callee::Library(number) => {
                let arguments = self.all(arguments, environment)?;
                crate::library::call(self, *number, arguments)
            }
            Callee::Value(function) => {
                let function = self.evaluate(function, environment)?;
                let arguments = self.all(arguments, environment)?;
                self.apply(&function, arguments)
            }
            Callee::Method(interface, method) => {
                let arguments = self.all(arguments, environment)?;
                let program = self.program;
                let closure = program.method(*interface, *method, &arguments[0]);
                self.enter(closure, Environment::default(), arguments)
            }
        }
    }

    fn loop_over(&mut self, inner: &For, environment: &Environment) -> Outcome {
        let iterable = self.evaluate(&inner.iterable, environment)?;
        let mut results = Vec::new();
        for element in self.elements(iterable)? {
            self.burn(1)?;
            let mut inside = environment.clone();
            match (&inner.binds, element) {
                (ForBinding::One(pattern), (value, _)) => {
                    if !self.matches(pattern, &value, &mut inside)? {
                        return Err(Stop::Crash("non-exhaustive match".into()));
                    }
                }
                (ForBinding::Pair(key, name), (first, second)) => {
                    inside.bind(*key, first);
                    inside.bind(*name, second.expect("only maps have pairs"));
                }
            }
            if !self.holds(inner.condition.as_ref(), &inside)? {
                continue;
            }
            match self.block(&inner.body, inside) {
                Ok(value) => results.push(value),
                Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(stop) => return Err(stop),
            }
        }
        self.room(results.len())?;
        Ok(Value::list(results))
    }

    /// What a loop goes over; of a map, keys and values.
    fn elements(&mut self, iterable: Value) -> Outcome<Vec<(Value, Option<Value>)>> {
        Ok(match iterable {
            Value::List(values) | Value::Set(values) => {
                values.iter().map(|value| (value.clone(), None)).collect()
            }
            Value::Map(pairs) => {
                pairs.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect()
            }
            Value::Range(first, stop) => {
                let length = (stop as i128 - first as i128).max(0);
                self.burn(usize::try_from(length).unwrap_or(usize::MAX))?;
                (first..stop).map(|number| (Value::Int(number), None)).collect()
            }
            other => unreachable!("{other:?} is nothing to loop over"),
        })
    }

    fn unwrap(
        &mut self,
        inner: &Expression,
        conversion: Option<usize>,
        environment: &Environment,
    ) -> Outcome {
        let value = self.evaluate(inner, environment)?;
        let Value::Data { declaration, constructor, fields } = &value else { unreachable!("{value:?}?") };
        match (declaration, constructor) {
            (0, 1) | (1, 0) => Ok(fields[0].clone()),
            _ => match conversion {
                Some(number) => {
                    let program = self.program;
                    let error = vec![fields[0].clone()];
                    let error =
                        self.enter(&program.conversions[number].body, Environment::default(), error)?;
                    Err(Stop::Return(Value::err(error)))
                }
                None => Err(Stop::Return(value)),
            },
        }
    }

    fn job_map(&mut self, list: &Expression, function: &Expression, environment: &Environment) -> Outcome {
        let list = self.evaluate(list, environment)?;
        let function = self.evaluate(function, environment)?;
        let Value::List(elements) = list else { unreachable!("{list:?} is a list") };
        let mut outcomes = Vec::new();
        for element in elements.iter() {
            let outcome = self.apply(&function, vec![element.clone()]);
            outcomes.push(job(outcome)?);
        }
        Ok(Value::list(outcomes))
    }
}

/// What awaiting a job gives: a crash is an `Err` with its text.
fn job(outcome: Outcome) -> Outcome {
    match outcome {
        Ok(value) | Err(Stop::Return(value)) => Ok(Value::ok(value)),
        Err(Stop::Crash(text)) => Ok(Value::err(Value::string(text))),
        Err(stop) => Err(stop),
    }
}

/// What `default()` gives for a type.
fn default(ty: &Type) -> Value {
    match ty.head {
        Head::Int => Value::Int(0),
        Head::Float => Value::Float(0.0),
        Head::Bool => Value::Bool(false),
        Head::String => Value::string(""),
        Head::Bytes => Value::Bytes(Rc::new([])),
        Head::Unit => Value::Unit,
        Head::List => Value::list(Vec::new()),
        Head::Map => Value::Map(Rc::default()),
        _ => unreachable!("{ty:?} has no default"),
    }
}
