//! Programs with thousands of the same thing in one place: they work, or are told where it is too much, by
//! `check` as by `run`.

use snow_tests::{compiler, process};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(300);

/// Functions whose results the compiler does not know.
const CALLS: &str = "
fn number(x :: Int) -> Int = if x > 1000000 do number(x - 7) + number(x - 9) else x end
fn text(x :: Int) -> String = if x > 1000000 do text(x - 1) <> \"a\" else \"${x}\" end
";

/// So many of something, each with its number, between two others.
fn many(count: usize, between: &str, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(between)
}

/// The file of a program with these declarations and this body of `main`.
fn program(name: &str, declarations: &str, main: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("snow-large-programs-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for programs");
    let path = folder.join(format!("{name}.snow"));
    fs::write(&path, format!("{CALLS}\n{declarations}\nfn main() do\n{main}\nend\n")).expect("a program");
    path
}

fn prints(name: &str, declarations: &str, main: &str, wanted: &str) {
    let path = program(name, declarations, main);
    let finished = process::run(compiler::command().arg("run").arg(&path), DEADLINE);
    assert_eq!(finished.stdout.trim_end(), wanted, "{name}; stderr: {}", finished.stderr);
    fs::remove_file(path).expect("the program is there");
}

/// Refused with this message, the same by both commands, at a line of the program.
fn is_refused(name: &str, declarations: &str, main: &str, message: &str, line: usize) {
    let path = program(name, declarations, main);
    let mut said = Vec::new();
    for command in ["check", "run"] {
        let finished = process::run(compiler::command().arg(command).arg(&path), DEADLINE);
        assert_eq!(finished.code, Some(1), "{name}");
        assert!(finished.stderr.contains(message), "{name}: {}", finished.stderr);
        assert!(finished.stderr.contains(&format!("{name}.snow:{line}:")), "{name}: {}", finished.stderr);
        said.push(finished.stderr);
    }
    assert_eq!(said[0], said[1], "{name}");
    fs::remove_file(path).expect("the program is there");
}

/// What 0, 1, … up to a number take to write.
fn digits(count: usize) -> usize {
    (0..count).map(|number| number.to_string().len()).sum()
}

#[test]
fn a_list_of_calls() {
    let count = 20_000;
    let numbers = many(count, ", ", |n| format!("number({n})"));
    let texts = many(count, ",\n", |n| format!("text({n})"));
    let main = format!(
        "let numbers = [{numbers}]\nlet texts = [{texts}]\nlet sum = List.reduce(numbers, 0, fn a, b -> a + b end)\n\
         println(\"${{sum}} ${{List.length(texts)}} ${{texts[{}]}}\")",
        count - 1
    );
    prints("list", "", &main, &format!("{} {count} {}", count * (count - 1) / 2, count - 1));
}

#[test]
fn a_list_that_is_left_in_the_middle() {
    let numbers = many(1000, ", ", |n| match n {
        500 => "if last == 500 do return 7 else number(500) end".to_string(),
        _ => format!("number({n})"),
    });
    let declarations = format!("fn sum(last) = List.reduce([{numbers}], 0, fn a, b -> a + b end)");
    prints("left", &declarations, "println(\"${sum(500)} ${sum(1)}\")", "7 499500");
}

#[test]
fn a_map_of_calls() {
    let entries = many(3000, ", ", |n| format!("number({n}) => text({n})"));
    let main = format!("let map = %{{{entries}}}\nprintln(\"${{Map.size(map)}} ${{map[2999]}}\")");
    prints("map", "", &main, "3000 2999");
}

#[test]
fn a_text_of_many_parts() {
    let count = 20_000;
    let parts = many(count, " ", |n| format!("${{text({n})}}"));
    let joined = many(count, " <> ", |n| format!("text({n})"));
    let main =
        format!("println(\"${{String.length(\"{parts}\")}}\")\nprintln(\"${{String.length({joined})}}\")");
    prints("text", "", &main, &format!("{}\n{}", digits(count) + count - 1, digits(count)));
}

#[test]
fn bytes_of_many_segments() {
    let count = 6000;
    // Six segments make six bytes, at whatever bit each begins.
    let bits = many(count, ", ", |n| format!("(number({n}))::{}", [3, 5, 16, 8, 12, 4][n % 6]));
    let bytes = many(1000, ", ", |n| format!("(number({n})), (String.to_bytes(text({n})))::bytes"));
    let main = format!(
        "let bits = <<{bits}>>\nprintln(\"${{Bytes.length(bits)}} ${{Bytes.get(bits, 6)}} ${{Bytes.get(bits, 9)}}\")\n\
         let bytes = <<{bytes}>>\nprintln(\"${{Bytes.length(bytes)}} ${{Bytes.get(bytes, 2)}}\")"
    );
    // The second six begin with 6 in 3 bits and 7 in 5; then come 8 in 16 bits, and 9 in 8.
    let wanted = format!("{count} {} 9\n{} 1", 6 << 5 | 7, digits(1000) + 1000);
    prints("bytes", "", &main, &wanted);
}

#[test]
fn values_of_many_fields() {
    let count = 4000;
    let texts = many(count, ", ", |n| format!("text({n})"));
    let fields = many(count, "\n", |n| format!("  f{n} :: String"));
    let given = many(count, ", ", |n| format!("f{n}: text({n})"));
    let types = many(count, ", ", |_| "String".to_string());
    let others = many(count - 1, ", ", |_| "_".to_string());
    let last = count - 1;
    let declarations = format!(
        "struct Wide do\n{fields}\nend deriving()\ntype Choice do\n  Long({types})\n  Short\nend deriving()"
    );
    let main = format!(
        "let wide = Wide {{ {given} }}\nlet ({others}, last) = ({texts})\n\
         let long = case Long({texts}) do\n  Long({others}, last) -> last\n  Short -> \"short\"\nend\n\
         println(\"${{wide.f{last}}} ${{last}} ${{long}}\")"
    );
    prints("fields", &declarations, &main, &format!("{last} {last} {last}"));
}

#[test]
fn blocks_of_many_lets() {
    // Each uses the one before; and two thousand that are all used in the end.
    let chain = many(10_000, "\n", |n| match n {
        0 => "let a0 = number(1)".to_string(),
        n => format!("let a{n} = number(a{} + 1)", n - 1),
    });
    let lets = many(2000, "\n", |n| format!("let b{n} = text({n})"));
    let all = many(2000, " <> ", |n| format!("b{n}"));
    let main = format!(
        "{chain}\n{lets}\nlet later = fn -> {all} end\nprintln(\"${{a9999}} ${{String.length({all})}} ${{String.length(later())}}\")"
    );
    prints("lets", "", &main, &format!("10000 {} {}", digits(2000), digits(2000)));
}

#[test]
fn more_values_at_once_than_a_function_holds() {
    let count = 6000;
    let lets = many(count, "\n", |n| format!("let a{n} = text({n})"));
    let all = many(count, " <> ", |n| format!("a{n}"));
    let message = "`main` holds more than 5000 values at the same time";
    // The lets begin at line 7.
    is_refused("at_once", "", &format!("{lets}\nprintln({all})"), message, 7 + 5000);
}

#[test]
fn more_parameters_than_a_function_has() {
    let params = many(1001, ", ", |n| format!("p{n} :: Int"));
    let arguments = many(1001, ", ", |n| format!("number({n})"));
    let declarations = format!("fn sum({params}) -> Int = p1000");
    let main = format!("println(\"${{sum({arguments})}}\")");
    is_refused("parameters", &declarations, &main, "`sum` has more than 1000 parameters", 5);
    let names = many(1001, ", ", |n| format!("p{n}"));
    let main = format!("let sum = fn {names} -> p1000 end\nprintln(\"${{sum({arguments})}}\")");
    is_refused("closure", "", &main, "this closure has more than 1000 parameters", 7);
}

#[test]
fn as_many_parameters_as_a_function_has() {
    let params = many(1000, ", ", |n| format!("p{n}"));
    let arguments = many(1000, ", ", |n| format!("text({n})"));
    let declarations = format!("fn last({params}) = p999");
    let main =
        format!("let f = fn {params} -> p0 end\nprintln(\"${{last({arguments})}} ${{f({arguments})}}\")");
    prints("most_parameters", &declarations, &main, "999 0");
}

#[test]
fn more_constructors_than_a_type_has() {
    let constructors = many(65_537, "\n", |n| format!("  C{n}"));
    let declarations = format!("type Choice do\n{constructors}\n  Number(Int)\nend deriving()");
    is_refused(
        "constructors",
        &declarations,
        "println(\"x\")",
        "`Choice` has more than 65536 constructors",
        5,
    );
}

#[test]
fn constants_in_chains() {
    let chain = many(4000, "\n", |at| format!("let forward_{at} = forward_{} + 1", at + 1));
    let back = many(4000, "\n", |at| format!("let back_{} = back_{at} + 1", at + 1));
    let declarations = format!("{chain}\nlet forward_4000 = 0\nlet back_0 = 0\n{back}");
    prints("constant_chain", &declarations, "println(\"${forward_0} ${back_4000}\")", "4000 4000");
}

#[test]
fn constants_that_double() {
    let trees = many(2000, "\n", |at| format!("let tree_{} = Node(tree_{at}, tree_{at})", at + 1));
    let texts = many(24, "\n", |at| format!("let text_{} = text_{at} <> text_{at}", at + 1));
    let declarations = format!(
        "type Tree do\n  Leaf\n  Node(Tree, Tree)\nend\nlet tree_0 = Leaf\n{trees}\nlet text_0 = \"ab\"\n{texts}\n\
         fn depth(Leaf) = 0\nfn depth(Node(left, _)) = 1 + depth(left)"
    );
    let main = "println(\"${depth(tree_2000)} ${String.length(text_24)}\")";
    prints("doubling_constants", &declarations, main, "2000 33554432");
}
