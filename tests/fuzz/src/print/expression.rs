//! Expressions and blocks.

use super::{Printer, field_name, literal, pattern, variable};
use crate::library;
use crate::program::{
    Arm, BinaryOperator, Block, Callee, Clause, Closure, Expression, For, ForBinding, Head, Kind, Leave,
    Name, Pattern, Segment, SegmentSize, Statement, Style, TextPart, UnaryOperator,
};

/// How strongly what stands here is bound: see the table of operators.
const PIPE: u8 = 1;
const UNARY: u8 = 10;
const POSTFIX: u8 = 11;
const ATOM: u8 = 12;

fn binary_level(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::Or => 2,
        BinaryOperator::And => 3,
        BinaryOperator::Equal | BinaryOperator::NotEqual => 4,
        BinaryOperator::Less
        | BinaryOperator::LessEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterEqual => 5,
        BinaryOperator::Range => 6,
        BinaryOperator::Concat => 7,
        BinaryOperator::Add | BinaryOperator::Subtract => 8,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 9,
    }
}

fn symbol(operator: BinaryOperator, ty: Head) -> &'static str {
    match operator {
        BinaryOperator::Or => "or",
        BinaryOperator::And => "and",
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Less => "<",
        BinaryOperator::LessEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterEqual => ">=",
        BinaryOperator::Range => "..",
        BinaryOperator::Concat if ty == Head::List => "++",
        BinaryOperator::Concat => "<>",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
    }
}

fn level(expression: &Expression) -> u8 {
    match &expression.kind {
        Kind::Int(number) if *number < 0 && *number != i64::MIN => UNARY,
        Kind::Float(number) if number.is_sign_negative() => UNARY,
        Kind::Unary(..) => UNARY,
        Kind::Binary(operator, ..) => binary_level(*operator),
        Kind::Call(_, _, Style::Pipe) => PIPE,
        Kind::Call(..) | Kind::Field(..) | Kind::Try(..) => POSTFIX,
        Kind::If(..)
        | Kind::Case(..)
        | Kind::Closure(_)
        | Kind::For(_)
        | Kind::While(..)
        | Kind::Leave(_) => 0,
        _ => ATOM,
    }
}

impl Printer<'_> {
    /// An expression where at least this level is wanted: in parentheses if it is bound less strongly.
    fn at(&mut self, wanted: u8, expression: &Expression) {
        if level(expression) < wanted {
            self.open("(");
            self.expression(expression);
            self.close(")");
        } else {
            self.expression(expression);
        }
    }

    pub fn expression(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::Int(number) => self.write(literal::int(*number)),
            Kind::Float(number) => self.write(literal::float(*number)),
            Kind::Bool(truth) => self.write(truth.to_string()),
            Kind::String(text) => self.write(literal::text(text)),
            Kind::Bytes(bytes) => {
                let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
                self.write(format!("<<{}>>", bytes.join(", ")));
            }
            Kind::Unit => self.write("()"),
            Kind::Nothing => {}
            Kind::Variable(name) => self.write(variable(*name)),
            Kind::Constant(number) => {
                let prefix = self.prefix(self.program.constants[*number].home, false);
                self.write(format!("{prefix}k{number}"));
            }
            Kind::Tuple(parts) => self.enclosed_list("(", parts, ")"),
            Kind::List(parts) => self.enclosed_list("[", parts, "]"),
            Kind::Map(pairs) => {
                self.open("%{");
                self.list(pairs, |printer, (key, value)| {
                    printer.expression(key);
                    printer.write(" => ");
                    printer.expression(value);
                });
                self.close("}");
            }
            Kind::Construct(constructor, parts) => self.construct(expression, *constructor, parts),
            Kind::ConstructorValue(declaration, constructor) => {
                let name = self.constructor_name(*declaration, *constructor);
                self.write(name);
            }
            Kind::Update(base, fields) => {
                self.open("%{");
                self.at(PIPE + 1, base);
                self.write(" | ");
                self.fields(fields);
                self.close("}");
            }
            Kind::Field(base, field) => {
                self.at(POSTFIX, base);
                let name = match base.ty.head {
                    Head::Range if *field == 0 => "first".into(),
                    Head::Range => "stop".into(),
                    _ => field_name(*field),
                };
                self.write(format!(".{name}"));
            }
            Kind::Unary(operator, operand) => {
                self.write(if *operator == UnaryOperator::Negate { "-" } else { "not " });
                // Two signs would be hard to read.
                self.at(POSTFIX, operand);
            }
            Kind::Binary(operator, left, right) => {
                let level = binary_level(*operator);
                self.at(level, left);
                self.write(format!(" {} ", symbol(*operator, expression.ty.head)));
                self.at(level + 1, right);
            }
            Kind::Text(parts) => self.text(parts),
            Kind::If(condition, then, otherwise) => self.condition(condition, then, otherwise.as_ref()),
            Kind::Case(subject, arms) => self.case(subject, arms),
            Kind::Call(callee, arguments, style) => self.call(callee, arguments, *style),
            Kind::FunctionValue(number) => self.function_name(*number),
            Kind::LibraryValue(number) => self.write(library::functions()[*number].name),
            Kind::Closure(closure) => self.closure(closure),
            Kind::For(inner) => self.loop_over(inner),
            Kind::While(condition, body) => {
                self.write("while ");
                self.expression(condition);
                self.write(" do");
                self.body(body);
                self.write("end");
            }
            Kind::Try(inner, _) => {
                self.at(POSTFIX, inner);
                self.write("?");
            }
            Kind::Leave(leave) => self.leave(leave),
            Kind::Bits(segments) => {
                self.open("<<");
                self.list(segments, |printer, segment| printer.segment(segment));
                self.close(">>");
            }
            Kind::Default => self.write("default()"),
            Kind::Ascribe(inner) => self.ascribe(inner),
            Kind::Job(block) => {
                self.open("Job.await(Job.async(fn ->");
                self.body(block);
                self.close("end))");
            }
            Kind::JobMap(list, function) => {
                self.open("Job.map(");
                self.expression(list);
                self.write(", ");
                self.expression(function);
                self.close(")");
            }
            Kind::Spawn(actor, state) => {
                self.open(&format!("spawn(actor{actor}"));
                for value in state {
                    self.write(", ");
                    self.expression(value);
                }
                self.close(")");
            }
            Kind::Send(pid, message, payload) => self.send(pid, *message, payload),
            Kind::Ask(pid, message, payload) => self.ask(pid, *message, payload),
            Kind::Start(service, arguments) => {
                self.write(format!("Service{service}.start"));
                self.enclosed_list("(", arguments, ")");
            }
            Kind::CallService(pid, handler, arguments, gently) => {
                self.call_service(pid, *handler, arguments, *gently);
            }
        }
    }

    pub fn enclosed_list(&mut self, open: &str, parts: &[Expression], close: &str) {
        self.open(open);
        self.list(parts, |printer, part| printer.expression(part));
        self.close(close);
    }

    fn construct(&mut self, whole: &Expression, constructor: usize, parts: &[Expression]) {
        let Head::Declared(declaration) = whole.ty.head else { unreachable!("{:?} is declared", whole.ty) };
        let name = self.constructor_name(declaration, constructor);
        self.write(name);
        if self.program.declarations[declaration].is_struct {
            let fields: Vec<(usize, Expression)> = parts.iter().cloned().enumerate().collect();
            self.open(" { ");
            self.fields(&fields);
            self.close(" }");
        } else if !parts.is_empty() {
            self.enclosed_list("(", parts, ")");
        }
    }

    fn fields(&mut self, fields: &[(usize, Expression)]) {
        self.list(fields, |printer, (field, value)| {
            printer.write(format!("{}: ", field_name(*field)));
            printer.expression(value);
        });
    }

    fn text(&mut self, parts: &[TextPart]) {
        self.write("\"");
        for part in parts {
            match part {
                TextPart::Text(text) => self.write(literal::escaped(text)),
                TextPart::Value(value) => {
                    self.write("${");
                    self.expression(value);
                    self.write("}");
                }
            }
        }
        self.write("\"");
    }

    fn condition(&mut self, condition: &Expression, then: &Block, otherwise: Option<&Block>) {
        self.write("if ");
        self.expression(condition);
        self.write(" do");
        self.body(then);
        match otherwise {
            Some(block) => {
                self.write("else");
                match (&block.value.kind, block.statements.is_empty()) {
                    (Kind::If(condition, then, otherwise), true) => {
                        self.write(" ");
                        return self.condition(condition, then, otherwise.as_ref());
                    }
                    _ => self.body(block),
                }
                self.write("end");
            }
            None => self.write("end"),
        }
    }

    fn case(&mut self, subject: &Expression, arms: &[Arm]) {
        self.write("case ");
        if is_over_bytes(arms) && arms.len() % 2 == 1 {
            // The same bytes in a Buffer, behind another one.
            self.open("Buffer.view(Buffer.from_bytes(<<7, ");
            self.at(POSTFIX, subject);
            self.close("::bytes>>), 1)");
        } else {
            self.expression(subject);
        }
        self.write(" do");
        self.indent += 1;
        for arm in arms {
            self.newline();
            self.pattern(&arm.pattern);
            self.arm(arm.guard.as_ref(), &arm.body);
        }
        self.indent -= 1;
        self.newline();
        self.write("end");
    }

    /// What stands behind an arm's pattern.
    pub fn arm(&mut self, guard: Option<&Expression>, body: &Block) {
        self.guard(guard);
        self.write(" -> ");
        if body.statements.is_empty() {
            self.expression(&body.value);
        } else {
            self.write("do");
            self.body(body);
            self.write("end");
        }
        if self.brackets > 0 {
            self.write(";");
        }
    }

    pub fn guard(&mut self, guard: Option<&Expression>) {
        if let Some(guard) = guard {
            self.write(" when ");
            self.expression(guard);
        }
    }

    pub fn function_name(&mut self, number: usize) {
        // Every other function of a file is imported by its name.
        let prefix = self.prefix(self.program.functions[number].home, number.is_multiple_of(2));
        self.write(format!("{prefix}f{number}"));
    }

    fn call(&mut self, callee: &Callee, arguments: &[Expression], style: Style) {
        if let (Style::Index, [subject, index]) = (style, arguments) {
            self.at(POSTFIX, subject);
            return self.enclosed_list("[", std::slice::from_ref(index), "]");
        }
        let mut rest = arguments;
        match (style, arguments.split_first()) {
            (Style::Pipe, Some((first, others))) => {
                self.at(PIPE, first);
                self.write(" |> ");
                rest = others;
            }
            (Style::Method, Some((first, others))) => {
                self.at(POSTFIX, first);
                self.write(".");
                rest = others;
            }
            _ => {}
        }
        match callee {
            Callee::Function(number) => self.function_name(*number),
            Callee::Library(number) if style == Style::Method => {
                let name = library::functions()[*number].name;
                self.write(name.rsplit('.').next().unwrap_or(name));
            }
            Callee::Library(number) => self.write(library::functions()[*number].name),
            Callee::Method(interface, method) => {
                let home = self.program.interfaces[*interface].home;
                let prefix = if style == Style::Method { String::new() } else { self.prefix(home, true) };
                self.write(format!("{prefix}m{interface}_{method}"));
            }
            Callee::Value(function) => self.at(POSTFIX, function),
        }
        // A pipe into a plain name needs no parentheses.
        let bare = style == Style::Pipe && rest.is_empty() && !matches!(callee, Callee::Method(..));
        if !bare {
            self.enclosed_list("(", rest, ")");
        }
    }

    fn closure(&mut self, closure: &Closure) {
        self.write("fn");
        if let [clause] = &closure.clauses[..]
            && clause.patterns.is_empty()
        {
            self.write(" ->");
            self.body(&clause.body);
            return self.write("end");
        }
        for (number, clause) in closure.clauses.iter().enumerate() {
            self.write(if number > 0 { " | " } else { "" });
            self.clause_head(clause, closure, number == 0);
            self.guard(clause.guard.as_ref());
            if clause.body.statements.is_empty() || closure.clauses.len() > 1 {
                self.write(" -> ");
                self.expression(&clause.body.value);
                self.write(" ");
            } else {
                self.write(" do");
                self.body(&clause.body);
            }
        }
        self.write("end");
    }

    /// Parameters in parentheses, with their types where the first clause has plain ones.
    fn clause_head(&mut self, clause: &Clause, closure: &Closure, first: bool) {
        self.open("(");
        let pairs: Vec<_> = clause.patterns.iter().zip(&closure.parameters).collect();
        self.list(&pairs, |printer, (pattern, ty)| {
            printer.enclosed(pattern, matches!(pattern, Pattern::Cons(..) | Pattern::Or(_)));
            if first {
                printer.write(" :: ");
                printer.ty(ty);
            }
        });
        self.close(")");
    }

    fn loop_over(&mut self, inner: &For) {
        self.write("for ");
        match &inner.binds {
            ForBinding::One(pattern) => self.pattern(pattern),
            ForBinding::Pair(key, value) => {
                self.write(format!("{{{}, {}}}", variable(*key), variable(*value)))
            }
        }
        self.write(" in ");
        self.expression(&inner.iterable);
        self.guard(inner.condition.as_ref());
        self.write(" do");
        self.body(&inner.body);
        self.write("end");
    }

    fn leave(&mut self, leave: &Leave) {
        match leave {
            Leave::Return(value) => {
                self.write("return ");
                self.at(PIPE, value);
            }
            Leave::Break => self.write("break"),
            Leave::Continue => self.write("continue"),
        }
    }

    fn segment(&mut self, segment: &Segment) {
        self.at(POSTFIX, &segment.value);
        match segment.size {
            SegmentSize::Bits(bits) => self.write(pattern::size(bits, segment.little, segment.signed)),
            SegmentSize::Bytes => self.write("::bytes"),
        }
    }

    fn ascribe(&mut self, inner: &Expression) {
        let number = self.ascribed.iter().position(|ty| *ty == inner.ty).unwrap_or_else(|| {
            self.ascribed.push(inner.ty.clone());
            self.ascribed.len() - 1
        });
        self.open(&format!("typed{}_{number}(", self.home));
        self.expression(inner);
        self.close(")");
    }

    /// The inside of a block, on lines of its own, up to where `end` or `else` goes.
    pub fn body(&mut self, block: &Block) {
        self.indent += 1;
        self.newline();
        for statement in &block.statements {
            self.statement(statement);
            self.separate();
        }
        self.expression(&block.value);
        self.indent -= 1;
        self.newline();
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let(pattern, annotated, value) => {
                self.write("let ");
                self.pattern(pattern);
                if *annotated {
                    self.write(" :: ");
                    self.ty(&value.ty);
                }
                self.write(" = ");
                self.with_trailing_closure(value);
            }
            Statement::Function(name, closure) => self.local_function(*name, closure),
            Statement::Expression(value) => self.expression(value),
            Statement::LeaveIf(condition, leave) => {
                self.write("if ");
                self.expression(condition);
                self.write(" do ");
                self.leave(leave);
                self.write(" end");
            }
        }
    }

    fn local_function(&mut self, name: Name, closure: &Closure) {
        self.write(format!("fn {}", variable(name)));
        let clause = &closure.clauses[0];
        self.clause_head(clause, closure, true);
        self.write(" -> ");
        self.ty(&closure.result);
        self.write(" do");
        self.body(&clause.body);
        self.write("end");
    }

    /// A call whose last argument is a closure may have it behind its parentheses, where no header follows.
    fn with_trailing_closure(&mut self, value: &Expression) {
        if let Kind::Call(callee @ (Callee::Library(_) | Callee::Function(_)), arguments, Style::Plain) =
            &value.kind
            && let Some((Expression { kind: Kind::Closure(closure), .. }, others)) = arguments.split_last()
            && let [Clause { patterns, guard: None, body }] = &closure.clauses[..]
            && let Some(Pattern::Variable(first)) = patterns.first()
            && patterns.iter().all(|pattern| matches!(pattern, Pattern::Variable(_)))
            && first.is_multiple_of(2)
        {
            self.call(callee, others, Style::Plain);
            self.write(" do |");
            self.list(patterns, |printer, pattern| printer.pattern(pattern));
            self.write("|");
            self.body(body);
            return self.write("end");
        }
        self.expression(value);
    }
}

/// Do all arms take bytes apart, or anything, without a name for all of them?
fn is_over_bytes(arms: &[Arm]) -> bool {
    let fits = |arm: &Arm| matches!(arm.pattern, Pattern::Bits(_) | Pattern::Wildcard);
    arms.iter().all(fits) && arms.iter().any(|arm| matches!(arm.pattern, Pattern::Bits(_)))
}
