//! Actors: spawning, receiving, going on as another actor, finishing.

mod support;

use snow_check::hir::*;
use snow_ir::{ir, text};
use snow_ir_testing::interpreter::{self, Data, Machine, Object};
use support::tree::*;

fn print(program: &mut Program) -> FnId {
    let kind = FnKind::Extern { name: "program_failed".to_owned() };
    function(program, "print", &[(0, Type::String)], Type::Unit, kind)
}

fn receive(message: Type, arms: Vec<Arm>, after: Option<(Expr, Expr)>) -> Expr {
    let after = after.map(|(milliseconds, body)| (Box::new(milliseconds), Box::new(body)));
    let fallthrough = Fallthrough::Panic("no arm of the `receive` matches the message");
    expr(Type::Unit, ExprKind::Receive { message, arms, fallthrough, after })
}

fn become_(function: FnId, arguments: Vec<Expr>) -> Expr {
    expr(Type::Never, ExprKind::Become(Target::Function(function, vec![]), arguments))
}

#[test]
fn an_actor_loops_by_calling_itself_and_changes_by_calling_another() {
    // actor counting(total) do receive do 0 -> waiting(total); n -> counting(total + n) end end
    // actor waiting(total) do receive do n when total < n -> print("less"); _ -> print("enough") end end
    let mut program = library();
    let (counting, waiting) = (FnId(0), FnId(1));
    let body = receive(
        Type::Int,
        vec![
            arm(number(0), become_(waiting, vec![var(0)])),
            arm(bind(1, Type::Int), become_(counting, vec![add(var(0), var(1))])),
        ],
        None,
    );
    let actor = |body| FnKind::Actor { message: Type::Int, body, terminate: None };
    let result = Type::Pid(Some(Box::new(Type::Int)));
    function(&mut program, "counting", &[(0, Type::Int)], result.clone(), actor(body));
    let print = FnId(2);
    let say = |text| call(print, vec![string(text)], Type::Unit);
    let arms = vec![
        guarded(bind(1, Type::Int), less(var(0), var(1)), say("less")),
        arm(any(Type::Int), say("enough")),
    ];
    function(&mut program, "waiting", &[(0, Type::Int)], result, actor(receive(Type::Int, arms, None)));
    self::print(&mut program);

    let (lowered, id) = optimised(program, counting);
    let shown = text::function(&lowered.functions[id], &lowered);
    assert!(!shown.contains("call \"counting\""), "its own tail call is a jump\n{shown}");
    for (last, expected) in [(8, "enough"), (100, "less")] {
        let mut machine = Machine::new(&lowered);
        machine.mailbox.extend([3, 5, 0, last].map(Data::Int));
        machine.run(id, vec![Data::Int(0)]).expect("no panic");
        assert_eq!(machine.printed, expected);
    }
    let mut machine = Machine::new(&lowered);
    machine.mailbox.push_back(Data::Int(3));
    assert_eq!(machine.run(id, vec![Data::Int(0)]).err().as_deref(), Some("parked for good"));
}

#[test]
fn after_and_terminate() {
    // actor patient() do receive do "go" -> patient(); text -> print(text) after 10 -> print("late") end
    //   terminate do print(", over") end end
    let mut program = library();
    let patient = FnId(0);
    let print = FnId(1);
    let is_go = pattern(Type::String, PatternKind::String("go".to_owned()));
    let body = receive(
        Type::String,
        vec![
            arm(is_go, become_(patient, vec![])),
            arm(bind(0, Type::String), call(print, vec![local(0, Type::String)], Type::Unit)),
        ],
        Some((int(10), call(print, vec![string("late")], Type::Unit))),
    );
    let terminate = Some(call(print, vec![string(", over")], Type::Unit));
    let kind = FnKind::Actor { message: Type::String, body, terminate };
    function(&mut program, "patient", &[], Type::Pid(None), kind);
    self::print(&mut program);
    let (lowered, id) = optimised(program, patient);
    for (messages, expected) in [(&["go", "go", "stop"][..], "stop, over"), (&["go"][..], "late, over")] {
        let mut machine = Machine::new(&lowered);
        machine.mailbox.extend(messages.iter().map(|message| interpreter::text(message)));
        machine.run(id, vec![]).expect("no panic");
        let (terminate, arguments) = machine.terminate.take().expect("there is such a block");
        machine.run(terminate, vec![arguments]).expect("no panic");
        assert_eq!(machine.printed, expected);
    }
}

#[test]
fn arguments_reach_a_spawned_actor() {
    // actor adder(a, text, flag) do receive do x -> send(pid, a + x) end end
    let mut program = library();
    let adder = FnId(0);
    let params = [(0, Type::Float), (1, Type::String), (2, Type::Bool), (3, Type::Int)];
    let send = ExprKind::Send(
        Box::new(expr(Type::Pid(None), ExprKind::SelfPid)),
        Box::new(if_else(local(2, Type::Bool), local(0, Type::Float), local(4, Type::Float))),
    );
    let arms = vec![arm(bind(4, Type::Float), expr(Type::Unit, send))];
    let body = receive(Type::Float, arms, None);
    let kind = FnKind::Actor { message: Type::Float, body, terminate: None };
    function(&mut program, "adder", &params, Type::Pid(None), kind);
    let arguments = vec![
        expr(Type::Float, ExprKind::Float(2.5)),
        string("text"),
        expr(Type::Bool, ExprKind::Bool(true)),
        int(3),
    ];
    let spawn = expr(Type::Pid(None), ExprKind::Spawn(Target::Function(adder, vec![]), arguments));
    // And once more through a closure that starts it.
    let forwarded = params.iter().map(|(index, ty)| local(*index, ty.clone())).collect();
    let start = expr(Type::Pid(None), ExprKind::Spawn(Target::Function(adder, vec![]), forwarded));
    let starter = closure(&params, Type::Pid(None), start);
    let arguments = vec![
        expr(Type::Float, ExprKind::Float(2.5)),
        string("text"),
        expr(Type::Bool, ExprKind::Bool(false)),
        int(3),
    ];
    let spawn_value = expr(Type::Pid(None), ExprKind::Call(Callee::Value(Box::new(starter)), arguments));
    let body = block(vec![Stmt::Expr(spawn)], spawn_value);
    let main = function(&mut program, "main", &[], Type::Pid(None), FnKind::Body(body));
    let (lowered, id) = optimised(program, main);
    let entry = lowered.main.expect("there is a main");
    assert!(lowered.functions[entry].entry);
    let mut machine = Machine::new(&lowered);
    machine.run(id, vec![]).expect("no panic");
    let spawned = std::mem::take(&mut machine.spawned);
    assert_eq!(spawned.len(), 2);
    for (entry, arguments) in spawned {
        let function: &ir::Function = &lowered.functions[entry];
        assert!(function.entry, "{} is entered by the runtime", function.name);
        // References come first in the object.
        let object = interpreter::object_of(&arguments);
        let Object::Fixed { words, .. } = &*object.borrow() else { panic!("an object") };
        assert!(matches!(words[0], Data::Object(_)));
        machine.mailbox.push_back(Data::Int(7.25f64.to_bits() as i64));
        machine.run(entry, vec![arguments.clone()]).expect("no panic");
    }
    let sent: Vec<f64> =
        machine.sent.iter().map(|(_, message)| f64::from_bits(interpreter::int(message) as u64)).collect();
    assert_eq!(sent, [2.5, 7.25]);
}
