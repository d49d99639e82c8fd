//! A block has the value of its last expression, and without one the value `()`: wherever a block
//! stands whose value is wanted, one without a value is refused, and one with the value is not.

mod support;

use snow_syntax::diagnostic::{Diagnostic, Severity};
use support::{Text, library, report, run, text};

/// Programs with a block in the place of `BLOCK`, in which `b` is a Bool, and whose value should be a String.
const FORMS: &[(&str, &str)] = &[
    ("then", "fn f(b :: Bool) -> String = if b do BLOCK else \"n\" end"),
    ("else", "fn f(b :: Bool) -> String = if b do \"y\" else BLOCK end"),
    ("else if", "fn f(b :: Bool) -> String = if b do \"y\" else if not b do BLOCK else \"z\" end"),
    ("else of else if", "fn f(b :: Bool) -> String = if b do \"y\" else if not b do \"z\" else BLOCK end"),
    ("then, inferred", "fn f(b) do\n  let x = if b do BLOCK else \"n\" end\n  x <> \"z\"\nend"),
    ("else, inferred", "fn f(b) do\n  let x = if b do \"y\" else BLOCK end\n  x <> \"z\"\nend"),
    ("beside a panic", "fn f(b :: Bool) -> String = if b do panic(\"no\") else BLOCK end"),
    (
        "beside a return",
        "fn f(b) -> String do\n  let x = if b do return \"q\" else BLOCK end\n  x <> \"z\"\nend",
    ),
    (
        "beside a break",
        "fn f(b) do\n  while b do\n    let x = if b do break else BLOCK end\n    println(x <> \"z\")\n  end\nend",
    ),
    ("behind a return", "fn f(b :: Bool) -> String do\n  if b do return \"x\" end\n  BLOCK\nend"),
    ("arm", "fn f(b :: Bool) -> String = case b do\n  true -> do BLOCK end\n  false -> \"n\"\nend"),
    ("last arm", "fn f(b :: Bool) -> String = case b do\n  true -> \"y\"\n  false -> do BLOCK end\nend"),
    (
        "arm, inferred",
        "fn f(b) do\n  let x = case b do\n    true -> \"y\"\n    false -> do BLOCK end\n  end\n  x <> \"z\"\nend",
    ),
    (
        "guarded arm",
        "fn f(b :: Bool) -> String = case 1 do\n  n when n > 5 -> do BLOCK end\n  _ -> \"n\"\nend",
    ),
    ("function", "fn f(b :: Bool) -> String do BLOCK end"),
    ("function, inferred", "fn g(b :: Bool) do BLOCK end\nfn f() = g(true) <> \"z\""),
    ("clause", "fn f(1, b :: Bool) -> String do BLOCK end\nfn f(_, b) = \"n\""),
    ("last clause", "fn f(1, b :: Bool) -> String = \"y\"\nfn f(_, b) do BLOCK end"),
    ("generic function", "fn g<T>(b :: Bool, x :: T, y :: String) -> String do BLOCK end"),
    ("recursive function", "fn f(b :: Bool) do\n  if not b do return f(true) <> \"z\" end\n  BLOCK\nend"),
    ("closure", "fn f(b) do\n  let g = fn x -> BLOCK end\n  g(1) <> \"z\"\nend"),
    ("closure with do", "fn f(b) do\n  let g = fn x do BLOCK end\n  g(1) <> \"z\"\nend"),
    ("clause of a closure", "fn f(b) do\n  let g = fn 1 -> \"y\" | _ -> BLOCK end\n  g(1) <> \"z\"\nend"),
    (
        "closure of a stated type",
        "fn f(b) do\n  let g :: Fun(Int) -> String = fn x -> BLOCK end\n  g(1)\nend",
    ),
    ("argument", "fn g(h :: Fun(Int) -> String) = h(1)\nfn f(b :: Bool) = g(fn x -> BLOCK end)"),
    ("trailing closure", "fn g(n, h :: Fun(Int) -> String) = h(n)\nfn f(b :: Bool) = g(1) do |x| BLOCK end"),
    ("local function", "fn f(b) do\n  fn g(x) -> String do BLOCK end\n  g(1)\nend"),
    ("local function, inferred", "fn f(b) do\n  fn g(x) do BLOCK end\n  g(1) <> \"z\"\nend"),
    (
        "recursive local function",
        "fn f(b) do\n  fn g(x) do\n    if x > 0 do return g(x - 1) <> \"z\" end\n    BLOCK\n  end\n  g(1)\nend",
    ),
    (
        "method",
        "interface I do\n  fn m(b) -> String\nend\nimpl I for Bool do\n  fn m(b) -> String do BLOCK end\nend",
    ),
    (
        "method without types",
        "interface I do\n  fn m(b) -> String\nend\nimpl I for Bool do\n  fn m(b) do BLOCK end\nend",
    ),
    (
        "default method",
        "interface I do\n  fn m(self, b :: Bool) -> String do BLOCK end\nend\nimpl I for Int do\nend",
    ),
    ("interpolation", "fn f(b) = \"x\" <> \"${(if b do \"y\" else BLOCK end) <> \"z\"}\""),
    ("return", "fn f(b :: Bool) -> String do\n  return if b do \"y\" else BLOCK end\nend"),
    ("call", "fn g(s :: String) = s\nfn f(b) = g(if b do \"y\" else BLOCK end)"),
    ("pipe", "fn g(s :: String) = s\nfn f(b) = (if b do \"y\" else BLOCK end) |> g()"),
    ("element", "fn f(b) = String.join([\"a\", if b do \"y\" else BLOCK end], \",\")"),
    ("tuple", "fn f(b) do\n  let (x, y) = (1, if b do \"y\" else BLOCK end)\n  y <> \"z\"\nend"),
    ("field", "struct S do\n  s :: String\nend\nfn f(b) = S { s: if b do \"y\" else BLOCK end }"),
    (
        "changed field",
        "struct S do\n  s :: String\nend\nfn f(b, t :: S) = %{t | s: if b do \"y\" else BLOCK end}",
    ),
    ("constructor", "fn f(b) -> String? = Some(if b do \"y\" else BLOCK end)"),
    ("map", "fn f(b) do\n  let m = %{1 => if b do \"y\" else BLOCK end}\n  m[1] <> \"z\"\nend"),
    ("annotation", "fn f(b) do\n  let s :: String = if b do \"y\" else BLOCK end\n  s\nend"),
    ("operand", "fn f(b) = \"a\" == (if b do \"y\" else BLOCK end)"),
    ("left operand", "fn f(b) = (if b do BLOCK else \"n\" end) <> \"a\""),
    ("scrutinee", "fn f(b) = case (if b do \"y\" else BLOCK end) do\n  \"x\" -> 1\n  _ -> 2\nend"),
    ("loop", "fn f(b) = String.join(for i in 0..3 do BLOCK end, \",\")"),
    (
        "message",
        "actor a() do\n  receive do s -> println(s <> \"x\") end\nend\nfn f(b) = send(spawn(a), if b do \"y\" else BLOCK end)",
    ),
    (
        "argument of an actor",
        "actor a(s :: String) do\nend\nfn f(b) = spawn(a, if b do \"y\" else BLOCK end)",
    ),
    (
        "arm of receive",
        "actor a(b :: Bool) do\n  let s = receive do\n    1 -> \"y\"\n    _ -> do BLOCK end\n  end\n  println(s <> \"z\")\nend",
    ),
    (
        "after",
        "actor a(b :: Bool) do\n  let s = receive do\n    1 -> \"y\"\n    after 0 -> do BLOCK end\n  end\n  println(s <> \"z\")\nend",
    ),
    (
        "init",
        "service S do\n  fn init(b :: Bool) -> String do BLOCK end\n  call Get() do |s| (s, s <> \"z\") end\nend",
    ),
    ("cast", "service S do\n  fn init() -> String = \"a\"\n  cast Put(b :: Bool) do |s| BLOCK end\nend"),
    (
        "branch in a call",
        "service S do\n  fn init() -> Int = 1\n  call Get(b :: Bool) :: String do |n| (n, if b do \"y\" else BLOCK end) end\nend",
    ),
    (
        "job",
        "fn f(b) do\n  let job = Job.async(fn -> BLOCK end)\n  case Job.await(job) do\n    Ok(s) -> s <> \"z\"\n    Err(e) -> e\n  end\nend",
    ),
    (
        "test",
        "test \"t\" do\n  let b = true\n  let x = if b do \"y\" else BLOCK end\n  assert x <> \"z\" == \"\"\nend",
    ),
];

const WITHOUT_VALUE: &[&str] = &[
    "",
    "# a comment\n",
    "#= a longer\n one =#\n",
    "let x = \"t\"\n",
    "let _ = \"t\"\n",
    "fn x(a) = \"t\"\n",
    "fn x(0) = \"t\"\nfn x(n) = x(n - 1)\n",
    "\"t\"\nlet x = 1\n",
    "if b do \"t\" end\n",
    "while b do \"t\" end\n",
    "assert b\n",
    "()\n",
    "if b do \"t\" else end\n",
    "case b do\n_ -> do end\nend\n",
    "if b do let x = 1 else let x = 2 end\n",
];

const WITH_VALUE: &[&str] = &[
    "\"t\"\n",
    "let x = \"t\"\nx\n",
    "fn x() = \"t\"\nx()\n",
    "if b do \"t\" else \"u\" end\n",
    "case b do\n true -> \"t\"\n _ -> panic(\"u\")\nend\n",
];

/// For each form, with this block: its source, whether it is refused for the type of something, and all
/// that is said. Each is a module of one program, so that the library is checked once for all.
fn diagnostics(block: &str) -> Vec<(String, bool, String)> {
    let mut texts = library();
    let first = texts.len();
    for (index, (_, form)) in FORMS.iter().enumerate() {
        let source = form.replace("BLOCK", &format!("\n{block}"));
        texts.push(text(&format!("Form{index}"), false, &source));
    }
    let (_, mut found) = run(&texts);
    // That clauses are missing is another matter.
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    let forms = texts.iter().enumerate().skip(first);
    let of_form = |(file, text): (usize, &Text)| {
        let own: Vec<Diagnostic> =
            found.iter().filter(|diagnostic| diagnostic.file == file).cloned().collect();
        let refused = own.iter().any(|diagnostic| diagnostic.code == "E0001");
        (text.source.clone(), refused, report(&texts, &own))
    };
    forms.map(of_form).collect()
}

#[test]
fn a_block_without_a_value_is_unit() {
    for block in WITHOUT_VALUE {
        for ((name, _), (source, refused, said)) in FORMS.iter().zip(diagnostics(block)) {
            assert!(refused, "{name}\n{source}\n{said}");
        }
    }
}

#[test]
fn a_block_with_the_value_is_fine() {
    for block in WITH_VALUE {
        for ((name, _), (source, _, said)) in FORMS.iter().zip(diagnostics(block)) {
            assert!(said.is_empty(), "{name}\n{source}\n{said}");
        }
    }
}
