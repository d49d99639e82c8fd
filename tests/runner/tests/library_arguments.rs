//! No arguments that the checker accepts make a function of the library read or write what is not its own: numbers
//! from both ends and beyond every bound end the actor that asks, at most.

use snow_syntax::ast::{FnClause, ItemKind, TypeExpr, TypeKind};
use snow_tests::{compiler, process, repository};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(240);

/// Modules over storage, whose functions have no effect but on their arguments.
const MODULES: [(&str, &str); 12] = [
    ("Buffer", "buffer"),
    ("Bytes", "bytes"),
    ("Http.Head", "http/head"),
    ("List", "list"),
    ("String", "string"),
    ("String.Utf8", "string/utf8"),
    ("Ws.Assembly", "ws/assembly"),
    ("Ws.Close", "ws/close"),
    ("Ws.Frame", "ws/frame"),
    ("Ws.Mask", "ws/mask"),
    ("Ws.Message", "ws/message"),
    ("Ws.TextValidation", "ws/text_validation"),
];

/// Arguments for a parameter of a type.
fn values(ty: &str) -> &'static [&'static str] {
    match ty {
        "Int" => &["Int.min_value", "-1", "0", "9", "9223372036854775807"],
        "Bool" => &["true", "false"],
        "Buffer" => &["Buffer.from_bytes(<<1, 2, 3, 4, 5, 6, 7, 8>>)", "Buffer.new(0)"],
        "Bytes" => &["<<1, 2, 3, 4, 5, 6, 7, 8>>", "<<>>"],
        "String" => &["\"añb\"", "\"\""],
        "State" => &["Boundary", "AfterF4"],
        "Progress" => &["Boundary", "AfterE0"],
        "View" => &["Buffer.view(Buffer.from_bytes(<<1, 2>>), 1)"],
        "Assembly" => &[
            "Assembly.begin(Header { final: true, opcode: TextFrame, length: 5, key: 9, payload: 0 })",
            "Assembly.begin(Header { final: false, opcode: BinaryFrame, length: 0, key: 0, payload: 0 })",
        ],
        "Opcode" => &["TextFrame", "BinaryFrame"],
        "Role" => &["Server"],
        "List<T>" => &["[1, 2, 3]", "[]"],
        "T" => &["5"],
        _ => &[],
    }
}

fn text(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeKind::Named(path, arguments) => {
            let name = path.last().map_or(String::new(), |name| name.text.clone());
            let arguments: Vec<String> = arguments.iter().map(text).collect();
            if arguments.is_empty() { name } else { format!("{name}<{}>", arguments.join(", ")) }
        }
        _ => String::new(),
    }
}

/// Every list of arguments for a function that takes a number; none for the others.
fn argument_lists(function: &FnClause) -> Vec<String> {
    let types: Vec<String> =
        function.params.iter().map(|param| param.annotation.as_ref().map_or(String::new(), text)).collect();
    if !types.iter().any(|ty| ty == "Int") {
        return Vec::new();
    }
    let mut lists = vec![String::new()];
    for ty in &types {
        let longer = lists.iter().flat_map(|list| {
            let separator = if list.is_empty() { "" } else { ", " };
            values(ty).iter().map(move |value| format!("{list}{separator}{value}"))
        });
        lists = longer.collect();
    }
    lists
}

#[test]
fn numbers_beyond_every_bound_end_the_caller_at_most() {
    let mut calls = 0;
    for (module, path) in MODULES {
        let file = repository().join("stdlib").join(path).with_extension("snow");
        let source = fs::read_to_string(file).expect("a module of the library");
        let (tree, _) = snow_syntax::parse(0, &source);
        let mut program =
            MODULES.iter().fold("import Int\nimport Job\n".to_string(), |imports, (name, _)| {
                imports + &format!("import {name}\n")
            });
        let mut main = String::new();
        let last = module.rsplit('.').next().unwrap_or(module);
        let functions = tree.items.iter().filter(|item| item.public).filter_map(|item| match &item.kind {
            ItemKind::Fn(function) => Some(function),
            _ => None,
        });
        for list in functions.flat_map(|function| {
            let name = function.name.text.clone();
            argument_lists(function).into_iter().map(move |list| format!("{name}({list})"))
        }) {
            let _ = write!(
                program,
                "\nfn call_{calls}() do\n  Job.await(Job.async(fn -> do\n    {last}.{list}\n    ()\n  end end))\n  ()\nend\n"
            );
            let _ = writeln!(main, "  call_{calls}()");
            calls += 1;
        }
        let _ = write!(program, "\nfn main() do\n{main}  println(\"the end\")\nend\n");
        let name = format!("snow-arguments-{path}-{}.snow", std::process::id()).replace('/', "-");
        let file = std::env::temp_dir().join(name);
        fs::write(&file, program).expect("a file can be written");
        let finished = process::run(compiler::command().arg("run").arg(&file), DEADLINE);
        fs::remove_file(&file).expect("the file can be removed");
        let last_words: String =
            finished.stderr.chars().rev().take(2000).collect::<Vec<_>>().into_iter().rev().collect();
        assert_eq!(
            (finished.code, finished.stdout.as_str()),
            (Some(0), "the end\n"),
            "{module}: {last_words}"
        );
    }
    assert!(calls > 500, "only {calls} calls were found");
}
