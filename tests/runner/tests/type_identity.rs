//! Where a program runs, types of messages are told apart by what they are, not by what they are called.
//!
//! A generated program has types of the same name in its main file, in modules inside of files, in files of the same
//! name as those, and beside what is built in; and all of them inside of other types. Whatever tells types apart
//! where it runs is asked about each pair.

use snow_tests::{compiler, process};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(120);

/// The files beside the main one.
const FILES: [(&str, &str); 4] = [
    ("deep.snow", include_str!("type_identity/deep.snow")),
    ("other.snow", include_str!("type_identity/other.snow")),
    ("plain.snow", include_str!("type_identity/plain.snow")),
    ("sub.snow", include_str!("type_identity/sub.snow")),
];

/// What the main file declares.
const MAIN: &str = include_str!("type_identity/main.snow");

/// Types by the names that the main file has for them, and a value of each.
const TYPES: [(&[&str], &str); 17] = [
    (&["String"], "String { x: 7.5 }"),
    (&["Plain.Text"], "\"text\""),
    (&["Other.String"], "Other.string()"),
    (&["Int"], "More(2.5)"),
    (&["Plain.Number"], "3"),
    (&["Bytes"], "Bytes { y: 0.5 }"),
    (&["Plain.Octets"], "<<1, 2>>"),
    (&["Bool"], "Maybe(\"m\")"),
    (&["Plain.Truth"], "true"),
    (&["Sub.Message", "Alias"], "Sub.Message { main: \"m\" }"),
    (&["Plain.SubMessage"], "Plain.sub_message()"),
    (&["Other.Sub.Message"], "Other.Sub.message()"),
    (&["Sub.Deep.Message"], "Sub.Deep.Only"),
    (&["Plain.SubDeepMessage"], "Plain.sub_deep_message()"),
    (&["Plain.DeepMessage"], "Plain.deep_message()"),
    (&["Message"], "Message { m: Zero }"),
    (&["Float"], "0.25"),
];

/// Which of them stand inside of others, too.
const INSIDE: [usize; 11] = [0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 14];

/// Types around a type `@`, and a value around its value `$`.
const AROUND: [(&str, &str); 10] = [
    ("List<@>", "List { first: $ }"),
    ("Plain.Row<@>", "[$]"),
    ("Option<@>", "Option { some: $ }"),
    ("Plain.Perhaps<@>", "Some($)"),
    ("(@, @)", "($, $)"),
    ("(@, @, Float)", "($, $, 1.0)"),
    ("Plain.Row<Plain.Row<@>>", "[[$]]"),
    ("Fun(@) -> ()", "fn(x :: @) -> () end"),
    ("Fun() -> @", "fn -> $ end"),
    ("Pid<@>", "Pid.adapt(spawn(actor_of_0), fn(x :: @) -> String { x: 1.0 } end)"),
];

/// One name of a type. Names of the same type have the same class.
struct Name {
    class: usize,
    ty: String,
    value: String,
}

fn names_of_all() -> Vec<Name> {
    let mut all = Vec::new();
    let plain = TYPES.iter().map(|ty| (ty, ("@", "$")));
    let around = AROUND.iter().flat_map(|around| INSIDE.map(|index| (&TYPES[index], *around)));
    for (class, ((names, value), around)) in plain.chain(around).enumerate() {
        for name in *names {
            let ty = around.0.replace('@', name);
            let value = around.1.replace('@', name).replace('$', value);
            all.push(Name { class, ty, value });
        }
    }
    all
}

/// A program with an actor for each type. It prints a line for each actor, in it for each type `1` or `0`: what `ask`
/// says, the text of a function `ask_N(pid, name)` for the type of number N. `address` is what becomes of the actor's
/// address before.
fn program(all: &[Name], address: &str, ask: impl Fn(&str) -> String) -> String {
    let mut main = MAIN.to_string();
    for (number, name) in all.iter().enumerate() {
        let text = format!(
            "
fn take_#(message :: @) = ()

actor actor_of_#() do
  receive do
    message -> do
      take_#(message)
      actor_of_#()
    end
  end
end
{}
",
            ask(&name.value)
        );
        main.push_str(&text.replace('#', &number.to_string()).replace('@', &name.ty));
    }
    let asked: Vec<String> = (0..all.len()).map(|number| format!("shown(ask_{number}(pid, name))")).collect();
    let _ = write!(
        main,
        "
fn row(pid :: Pid, name :: Plain.Text) -> Plain.Text do
  String.join([{}], \"\")
end

fn main() do
",
        asked.join(",\n    ")
    );
    for (number, name) in all.iter().enumerate() {
        let text = "  let address_# = spawn(actor_of_#)\n  Process.register(\"#\", address_#)\n";
        let text = format!("{text}  println(row({address}, \"#\"))\n");
        main.push_str(&text.replace('#', &number.to_string()).replace('@', &name.ty));
    }
    main + "end\n"
}

/// Runs the program and compares each answer with whether the two types are the same.
fn check(name: &str, all: &[Name], main: &str) {
    let folder: PathBuf = std::env::temp_dir().join(format!("snow-identity-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    for (path, text) in FILES.into_iter().chain([("main.snow", main)]) {
        fs::write(folder.join(path), text).expect("a file can be written");
    }
    let finished = process::run(compiler::command().arg("run").arg(&folder), DEADLINE);
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    let beginning: String = finished.stderr.chars().take(4000).collect();
    assert_eq!(finished.code, Some(0), "{beginning}");
    let rows: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(rows.len(), all.len(), "{beginning}");
    let mut wrong = Vec::new();
    for (own, row) in all.iter().zip(rows) {
        assert_eq!(row.len(), all.len(), "{beginning}");
        for (asked, answer) in all.iter().zip(row.chars()) {
            if (answer == '1') != (own.class == asked.class) {
                wrong.push(format!("an actor for {} and the type {}: {answer}", own.ty, asked.ty));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn typed_addresses() {
    let all = names_of_all();
    let ask = "
fn typed_#(pid :: Pid) -> Plain.Perhaps<Pid<@>> = Pid.typed(pid)

fn ask_#(pid :: Pid, name :: Plain.Text) = is_some(typed_#(pid))
";
    check("typed", &all, &program(&all, "address_#", |_| ask.to_string()));
}

#[test]
fn adapted_addresses() {
    let all = names_of_all();
    let ask = "
fn first_#(pair :: (@, Float)) -> @ do
  let (first, _) = pair
  first
end

fn typed_#(pid :: Pid) -> Plain.Perhaps<Pid<(@, Float)>> = Pid.typed(pid)

fn ask_#(pid :: Pid, name :: Plain.Text) = is_some(typed_#(pid))
";
    let main = program(&all, "Pid.adapt(address_#, first_#)", |_| ask.to_string());
    check("adapted", &all, &main);
}

#[test]
fn messages_to_untyped_addresses() {
    let all = names_of_all();
    let main = program(&all, "address_#", |value| {
        format!(
            "
fn ask_#(pid :: Pid, name :: Plain.Text) = is_ok(Job.await(Job.async(fn -> send(pid, {value}) end)))
"
        )
    });
    check("messages", &all, &main);
}

#[test]
fn names() {
    let all = names_of_all();
    let ask = "
fn named_#(name :: Plain.Text) -> Plain.Perhaps<Pid<@>> = Process.whereis(name)

fn ask_#(pid :: Pid, name :: Plain.Text) = is_ok(Job.await(Job.async(fn -> named_#(name) end)))
";
    check("names", &all, &program(&all, "address_#", |_| ask.to_string()));
}
