//! What broken programs are told, and what is kept of them.

mod sketch;

/// The source, each diagnostic with its place, and the tree that was recovered.
fn report(source: &str) -> String {
    let (file, diagnostics) = snow_syntax::parse(0, source);
    let mut lines = vec![source.trim_end().to_string(), "---".to_string()];
    for diagnostic in diagnostics {
        let place = |offset: u32| {
            let before = &source[..offset as usize];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            format!("{line}:{column}")
        };
        let span = diagnostic.primary.span;
        lines.push(format!("{} {}: {}", place(span.start), diagnostic.code, diagnostic.message));
        for label in &diagnostic.secondary {
            lines.push(format!("    {}: {}", place(label.span.start), label.text));
        }
        lines.extend(diagnostic.help.map(|help| format!("    help: {help}")));
    }
    lines.push("---".to_string());
    lines.push(sketch::file(&file));
    lines.join("\n")
}

macro_rules! cases {
    ($($name:ident: $source:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(report($source));
            });
        })*
    };
}

cases! {
    several_errors_in_one_run: "fn a() do\n  let = 1\n  b(,)\n  c\nend\n\nfn d( = 2\n\nfn e() = 3\n";
    missing_end_of_a_nested_block: "fn a() do\n  if b do\n    c\nend\n\nfn d() do\n  1\nend\n";
    missing_end_before_a_public_declaration: "fn a() do\n  b(\n\npub fn c() = 1\nstruct S do\n  x :: Int\npub fn d() = 2\n";
    stray_end: "fn a() = 1\nend\nfn b() = 2\n";
    missing_do: "fn a()\n  1\nend\nfn b() = case x\n  1 -> 2\nend\n";
    missing_body: "fn a(x :: Int) -> Int\n\nfn b() = 1\n";
    closure_at_statement_start: "fn a(n) do\n  fn x -> x + n end\nend\nfn b() = 1\n";
    arm_with_several_statements: "fn a(x) do\n  case x do\n    1 ->\n      log()\n      2\n    _ -> 3\n  end\nend\n";
    arm_without_body: "fn a(x) = case x do\n  1 ->\n  2 ->\n    3\n  4 ->\nend\n";
    arm_without_arrow_behind_others: "fn a(x) = case x do\n  1 -> f()\n  A(y) g(y)\n  _\n  B 2\n  3 = 4\n  y = 5\n  \"c\" let z = 6\nend\n";
    arm_without_arrow_before_a_body: "fn a(x) = case x do\n  A\n    f()\n    g()\n  B -> 1\nend\n";
    arm_with_a_condition: "fn a(x) = case x do\n  x > 1 -> 1\n  2 -> 2\n  x > 5 -> 3\n  f(x) and y -> 4\nend\n";
    arms_behind_after: "actor a() do\n  receive do\n    1 -> b()\n    after 5 -> c()\n    2 -> d()\n    after 6 -> e()\n  end\nend\n";
    arm_without_arrow: "fn a(x) = case x do\n  1 = 2\n  3 -> 4\nend\n";
    assignment: "fn a() do\n  let x = 1\n  x = 2\n  x\nend\n";
    atom: "fn a() = f(:ok, 1)\n";
    unary_plus: "fn a() = 1 + +2\n";
    keyword_as_a_name: "fn a(end) = 1\nfn b() do\n  let match = 2\n  let x = type + 1\nend\n";
    send_without_a_call: "fn a() = List.map(xs, send)\n";
    self_with_arguments: "fn a() = self(1)\n";
    bad_interpolation: "fn a() = \"x ${1 +} y ${2 3} ${} z\"\n";
    unterminated_string: "fn a() = 1\nfn b() = \"text\nfn c() = 2\n";
    unterminated_interpolation: "fn a() = \"x ${b\nfn c() = 2\n";
    unterminated_comment: "fn a() = 1\n#= comment #= inner =#\nfn b() = 2\n";
    escapes: "fn a() = \"\\u{e9} \\x41 \\q \\7 \\é \\, \\{\"\nfn b() = \"\\x \\x4 \\xg1 \\x80 \\xFf\"\nfn c() = \"\\u \\u{} \\u{1234567} \\u{d800} \\u{110000} \\u{12 \\u{g}\"\n";
    escapes_everywhere: "fn a(x) = case x do\n  \"\\q\" -> <<\"\\q\">>\n  _ -> \"\"\"a ${\"\\q\"} \\q\"\"\"\nend\ntest \"\\q\" do\n  1\nend\n";
    byte_order_mark: "\u{feff}fn a() = \"\u{feff}\"\n\u{feff}fn b() = 1\n";
    unknown_character: "fn a() = b & c\nfn d() = §\n";
    numbers: "let a = 9223372036854775808\nlet b = -9223372036854775808\nlet c = 0x\nlet d = 12ab\nlet e = 0b12\nlet f = 1e999\nlet g = 2e\n";
    bit_segments: "fn a(<<x::0, y::65, z::word, b::bytes-little, c::8-16, d::>>) = <<1::signed(3)>>\nfn b(<<x) = 1\n";
    interpolated_pattern: "fn a(\"x${1}\") = 1\n";
    map_pattern: "fn a(x) = case x do\n  %{} -> 1\nend\n";
    annotation_without_parentheses: "let f = fn x :: Int -> x end\n";
    struct_literal_without_a_name: "fn a() = f() { x: 1 }\n";
    struct_fields: "struct P do\n  x: Int\n  y :: Int,\n  z :: List<Int\n  w :: Int\nend\n";
    declaration_in_a_block: "fn a() do\n  struct P do\n    x :: Int\n  end\n  import List\n  1\nend\n";
    glob_import: "from List import *\nfrom Map import { get }\nimport\nfn a() = 1\n";
    opaque_without_pub: "opaque struct A do\n  x :: Int\nend\nopaque type B do\n  C\nend\nopaque pub type D do\n  E\nend\n";
    opaque_alias: "pub opaque type A = Int\nfn b() = 1\n";
    opaque_function: "pub opaque fn a() = 1\nfn b() = 1\n";
    public_test: "pub test \"x\" do\n  1\nend\npub 3\n";
    service_members: "service S do\n  call take(n) :: Int do |s| (s, n) end\n  receive do end\n  cast Put(x) :: Int do x end\nend\n";
    supervisor_keys: "supervisor S do\n  strategy: one_for_one\n  restarts: 3\n  child a do\n    begin: 1\n    type: worker\n  end\nend\n";
    two_terminates: "actor a() do\n  1\n  terminate do\n  2\n  end\n  terminate do\n  3\n  end\nend\n";
    leading_operator: "fn a() do\n  let x = 1\n    * 2\n  x\n    and y\nend\n";
    top_level_code: "println(\"x\")\n+ 3\nlet x = 1\n";
    unclosed_bracket_in_a_closure: "fn a() do\n  f(fn x -> g(x end)\n  h()\nend\nfn b() = 1\n";
    unbalanced_brackets: "fn a() do\n  f(1, [2, 3)\n  g(4))\n  h()\nend\nfn b() = 1\n";
    too_deep: &format!("fn a() = {}\nfn b() = 1\n", "(".repeat(300))[..];

    // What those write who come from elsewhere
    rest_of_a_list: "fn a(x) = case x do\n  [h | t] -> h\n  [a, b | t] -> a\n  [1 | 2] -> 3\nend\nfn b(t) = [1 | t]\n";
    function_type: "type T do\n  Do(fn(Int) -> Int)\nend\nfn a(f :: fn() -> Int) = f()\n";
    reply_behind_an_arrow: "service S do\n  fn init() = 0\n  call Get() -> Int do |n| (n, n) end\n  cast Put() -> Int do |n| n end\nend\n";
    result_behind_colons: "fn a(x :: Int) :: Int do\n  x\nend\nfn b(x) :: Int = x\n";
    dots_without_names: "fn a(f, t) = f.(2) + t.0 + t.1\nfn b(t) = t.x\n";
    comments_with_slashes: "// one\nfn a() do\n  // two\n  f() // three\n  case x do\n    // four\n    1 -> 2 // five\n  end\nend\n";
    arms_of_rust: "fn a(x) = match x do\n  A => 1,\n  B(y) if y > 1 => 2,\n  C { z } => {\n    3\n  }\n  _ => 4\nend\nfn b() = 1\n";
    arms_of_c: "fn a(x) do\n  case x do\n    case 1:\n      f()\n      break;\n    case A(y) when y > 1:\n      g()\n    default:\n      h()\n  end\nend\n";
    arms_of_ocaml: "fn a(x) = match x do\n  | A -> 1\n  | B(y) | C(y) -> y\n  | _ -> 2\nend\n";
    arms_of_kotlin: "fn a(x) = case x do\n  1 -> f()\n  when 2 -> g()\n  else -> h()\nend\n";
    arms_of_elixir: "fn a(x) = case x do\n  :none -> 1\n  {:ok, y} -> y\n  %User{name: n} -> n\n  %{a: 1} -> 2\n  nil -> 3\nend\nfn b() = 1\n";
    cond: "fn a(x) do\n  let y = cond do\n    x > 1 -> fn z -> z end\n    true -> 2\n  end\n  y\nend\nfn b() = cond do true -> 1 end\nfn c() = 1\n";
    with: "fn a() do\n  with {:ok, x} <- f(), {:ok, y} <- g(x) do\n    y\n  else\n    _ -> 1\n  end\nend\nfn b() = 1\n";
    try_block: "fn a() do\n  try do\n    f()\n  rescue\n    e -> e\n  end\n  b()\nend\n";
    unless: "fn a(x) do\n  unless x == 1 do\n    2\n  else\n    3\n  end\n  unless(x)\nend\n";
    elsif: "fn a(x) do\n  if x == 1 do\n    1\n  elsif x == 2 do\n    2\n  elif x == 3 do\n    3\n  else\n    4\n  end\nend\n";
    generator: "fn a() do\n  for x <- [1, 2] do\n    x\n  end\nend\n";
    three_dots: "fn a() = 1...3\n";
    atoms: "fn a() = f(:ok, :do)\nsupervisor S do\n  strategy: :one_for_one\n  max_restarts = 3\nend\n";
    braces: "fn a() = {1, 2}\nfn b() = f({:ok, 1}, {a: 1})\nfn c() do\n  let {x, y} = %User{name: 1}\n  {\n    1\n  }\nend\n";
    fields_of_other_languages: "fn a() = P { x = 1, y => 2, z }\nfn b(d) = P { x: 1, ..d }\nfn c() = P { x, ..Default::default() }\nfn d(e) = P { ...e, x: 1 }\nfn f(P { x, .. }, P { y = z }) = x\nfn g() = P { x 1, y }\nfn h() = P { x, if }\nfn i() = P { 1, 2 }\nfn j() = 1\n";
    blocks_in_braces: "fn a(x) {\n  if x > 1 {\n    f()\n  } else if g(x) {\n    h()\n  } else {\n    i()\n  }\n  while x { j() }\n  for k in l {\n    m()\n  }\n  if x == P { y: 1 } { n() }\n}\nstruct S {\n  x :: Int\n}\nfn b(x) -> Int {\n  match x {\n    A => 1\n    B -> {\n      2\n    }\n  }\n}\nfn c() = 1\n";
    blocks_of_other_languages: "fn a(x) do\n  case x of\n    A -> 1\n  end\n  if x then\n    2\n  end\n  while x:\n    3\n  end\nend\nfn b() = 1\n";
    map_with_names: "fn a() = %{a: 1, b: 2}\n";
    characters: "fn a() = f('xy', '', 'don\\'t', 'say \\x41')\nfn b() = '\\q' + '\\x80' + '\\u{110000}' + '\\u'\nfn c() = a' + b\nfn d() = 'a + \"b'c\"\nfn e() = '''\nfn f() = 'e\u{301}' + '\nfn g() = 1\n";
    characters_in_patterns: "fn a('') = 1\nfn a('text') = 2\nfn a('x) = 3\nfn b(<<'é', '€'::16, 'ß'::8, rest::bytes>>) = <<'é'>>\nfn c() = 1\n";
    ranges_in_patterns: "fn a(x) = case x do\n  4..4 -> 1\n  5..=3 -> 2\n  7..2 -> 3\n  \"a\"..=\"z\" -> 4\n  0.5..1.5 -> 5\n  low..=9 -> 6\n  1.. -> 7\n  ..=9 -> 8\n  1...3 -> 9\n  [1, ..] -> 10\n  [a, ..rest] -> 11\n  'a'..'z' -> 12\n  9..9223372036854775808 -> 13\n  1..=2..=3 -> 14\nend\nfn b() = 1\n";
    question_marks: "fn a() = ?a\nfn b(x) = case x do\n  ?a -> 1\n  ?b -> 2\nend\nfn c(x) = x ? 1 : 2\nfn d() = f(?0 + 1)\nfn e() = 1\n";
    other_characters: "fn b() = &(&1 + &2)\nfn c() = @doc\n";
    send_operator: "fn a(p) do\n  p ! Stop\n  !p\nend\n";
    cons_as_an_expression: "fn a(x, xs) do\n  x :: xs\nend\n";
    defmodule: "defmodule A do\n  def b(x) do\n    x\n  end\n  def d(x), do: x + 1\nend\nalias A.B\nfn c() = 1\n";
}
