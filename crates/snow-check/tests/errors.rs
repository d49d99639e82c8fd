//! What wrong programs are told.

mod support;

use support::{report, run, text};

/// The source of `Main`, and what is said about it, with a small prelude.
fn diagnostics(source: &str) -> String {
    let texts = [
        text("Main", false, source),
        text("Prelude", true, include_str!("support/prelude.snow")),
        text("List", true, include_str!("support/list.snow")),
        text("Geometry.Plane", false, include_str!("support/plane.snow")),
    ];
    let (program, found) = run(&texts);
    let text = report(&texts, &found);
    let verdict = if program.is_some() { "fine" } else { "wrong" };
    format!("{}\n--- {verdict}\n{text}", source.trim())
}

macro_rules! cases {
    ($($name:ident: $source:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(diagnostics($source));
            });
        })*
    };
}

cases! {
    the_prelude_is_fine: "fn main() = println(\"hello\")";

    // Types
    mismatch: "fn f(a :: Int) -> Int = a\nfn main() do\n  f(\"x\")\n  let b :: String = 1\n  f(1) <> \"a\"\nend";
    branches_differ: "fn f(a) = if a do 1 else \"one\" end\nfn g(a) = case a do\n  0 -> 1\n  _ -> \"x\"\nend";
    result_differs: "fn f() -> String do\n  let x = 1\n  x\nend\nfn g() -> Int do\nend";
    infinite: "fn f(x) = f2(x, x)\nfn f2(g, x) = g(g)";
    condition_not_bool: "fn main() do\n  if 1 do 2 else 3 end\n  while \"x\" do 1 end\nend";
    wrap_in_some: "fn f() -> Int? = 5\nfn g() -> Int!String = 5\nfn h(x :: Int?) -> Int = x";
    not_a_function: "fn main() do\n  let x = 5\n  x(1)\n  5()\nend";
    arity: "fn f(a, b) = a + b\nfn main() do\n  f(1)\n  f(1, 2, 3)\n  let g = fn x -> x end\n  g()\n  Some()\nend";
    list_elements: "fn main() do\n  let xs = [1, 2, \"three\"]\n  xs\nend";
    return_type: "fn f(n :: Int) -> Int do\n  if n == 0 do return \"zero\" end\n  n\nend";
    no_cascade: "fn f() = missing(1) + 1\nfn main() do\n  let a = f()\n  let b = a <> \"x\"\n  b.foo()\nend";
    operators_on_functions: "fn main() do\n  println(\"${fn x -> x end}\")\n  (fn x -> x end) == (fn x -> x + 1 end)\nend";
    add_strings: "fn main() = \"a\" + \"b\"";

    // Names
    unknown_name: "fn main() do\n  let value = 1\n  println(vaule)\n  pritnln(\"x\")\nend";
    unknown_type: "fn f(a :: Strin) -> Lisst<Int> = a\nfn g(a :: T) = a\nfn h(a :: List) = a\nfn i(a :: Int<Int>) = a";
    unknown_module: "import Geometri.Plane\nfn main() = Plan.distance(1)";
    not_imported: "fn main() = Plane.origin()";
    imported: "import Geometry.Plane\nfn main() do\n  let p = Point { x: 1, y: 2 }\n  Plane.norm(p) + Plane.norm(Plane.origin())\n  Near\nend";
    from_import: "from Geometry.Plane import norm, secret, nrm\nfn main() = norm(Point { x: 1, y: 2 })";
    private_member: "import Geometry.Plane\nfn main() = Plane.secret() + Plane.nrom(1)";
    other_modules_type: "import Geometry.Plane\nfn main() do\n  let p :: Int = Plane.origin()\n  p\nend";
    import_itself: "import Main\nfn main() = 1";
    declared_twice: "struct A do\nend\nstruct A do\nend\ntype B do\n  X\n  X\nend\nlet c = 1\nlet c = 2";
    duplicate_constructors: "type A do\n  X\n  Y\nend\ntype B do\n  X\nend\nfn f() -> A = A.X\nfn g() -> B = X";
    shadowing_is_fine: "fn println(a) = a\nfn main() do\n  let main = 1\n  println(main)\nend";
    top_level_code: "println(\"x\")\nlet f = fn x -> x end\nlet (a, b) = (1, 2)\nlet d = c + 1\nlet c = d\nlet ok = 1 + 2";
    extern_in_user_code: "extern fn int_add(a :: Int, b :: Int) -> Int\nfn main() = 1";

    // Structs
    fields: "struct P do\n  left :: Int\n  right :: Int\nend\nfn main() do\n  let p = P { left: 1 }\n  let q = P { left: 1, rihgt: 2, right: 3 }\n  p.lft\n  q.nothing\n  %{p | top: 1}\n  %{p | left: \"x\"}\n  5.left\nend";
    unknown_struct: "struct Pair do\n  a :: Int\nend\nfn main() = Pari { a: 1 }";
    field_of_unknown: "fn f(x) = x.name";
    field_by_the_only_struct: "struct User do\n  name :: String\nend\nfn f(x) = x.name\nfn main() = f(User { name: \"a\" })";
    method_as_field: "struct P do\n  a :: Int\nend\nfn main() do\n  let p = P { a: 1 }\n  p.inspect\n  p.a()\n  p.foo()\n  5.foo()\nend";

    // Patterns
    unknown_constructor: "fn f(x) = case x do\n  Som(y) -> y\n  Nome -> 1\nend";
    constructor_arity: "fn f(x) = case x do\n  Some(a, b) -> a\n  None(1) -> 2\n  Some -> 3\nend";
    pattern_type: "fn f(x :: Int) = case x do\n  \"a\" -> 1\n  (a, b) -> 2\n  _ -> 3\nend";
    bound_twice: "fn f((a, a)) = a\nfn g(a, a) = a";
    or_pattern: "fn f(x) = case x do\n  Ok(a) | Err(b) -> 1\nend\nfn g(x) = case x do\n  (1, a) | (a, 2) -> a\n  (_, b) -> b\nend";
    guard_not_bool: "fn f(x) = case x do\n  n when n + 1 -> 1\n  _ -> 2\nend\nfn g(x) when x + 1 = 1\nfn g(_) = 2";
    let_refutable: "fn f(x :: Int?) do\n  let Some(y) = x\n  y\nend\nfn g(xs) = for Some(x) in xs do x end";

    // Exhaustiveness
    missing_constructors: "type C do\n  Red\n  Green(Int)\n  Blue(Bool, Int?)\nend\nfn f(c) = case c do\n  Red -> 1\nend\nfn g(c) = case c do\n  Red -> 1\n  Green(1) -> 2\n  Blue(true, Some(_)) -> 3\nend";
    missing_tuple: "fn f(a :: Bool, b :: Int?) = case (a, b) do\n  (true, None) -> 1\n  (false, Some(3)) -> 2\nend";
    missing_list: "fn f(xs :: List<Int>) = case xs do\n  [] -> 0\n  [a] -> a\n  a :: b :: c :: _ -> c\nend";
    complete: "fn f(xs :: List<Int?>) = case xs do\n  [] -> 0\n  None :: _ -> 1\n  [Some(_)] -> 2\n  Some(a) :: Some(b) :: _ -> a + b\n  Some(_) :: None :: _ -> 3\nend\nfn g(()) = 1\nfn h(x :: Bool) = case x do\n  true -> 1\n  false -> 2\nend";
    guards_do_not_count: "fn f(x :: Bool) = case x do\n  true when 1 == 1 -> 1\n  false -> 2\nend";
    unreachable: "fn f(x :: Int?) = case x do\n  Some(_) -> 1\n  Some(3) -> 2\n  None -> 3\n  _ -> 4\nend\nfn g(x :: Bool) = case x do\n  true | true -> 1\n  _ -> 2\nend";
    clauses_missing: "fn f(0) = 1\nfn f(1) = 2\nfn g(Some(x)) = x\nfn h(Some(x), true) = x\nfn h(None, false) = 1";
    bits_missing: "fn f(b :: Bytes) = case b do\n  <<1, rest::bytes>> -> rest\n  <<>> -> b\nend\nfn g(b :: Bytes) = case b do\n  <<1, _::bytes>> -> 1\n  <<_::bytes>> -> 2\nend";

    // Clauses
    catch_all_first: "fn f(x) = x\nfn f(0) = 1";
    clauses_apart: "fn f(0) = 1\nfn g(x) = x\nfn f(x) = x";
    closure_arity: "fn main() = fn 0 -> 1 | a, b -> 2 end";
    later_annotations: "fn f(0) = 1\npub fn f<T>(x) = x";
    overloading: "fn f(a) = a\nfn f(a, b) = a + b\nfn main() do\n  f(1) + f(1, 2)\n  f(1, 2, 3)\n  let g = f\n  g\nend";

    // Loops, return, try
    jumps: "fn main() do\n  break\n  for x in [1] do\n    let f = fn -> break end\n    continue\n  end\n  continue\nend";
    for_over: "fn main() do\n  for x in 5 do x end\n  for {k, v} in [1] do k end\nend";
    try_without_annotation: "fn f(x :: Int?) do\n  let y = x?\n  println(\"${y}\")\nend";
    try_kinds: "fn f(x :: Int?) -> Int!String do\n  Ok(x?)\nend\nfn g(x :: Int) -> Int? do\n  Some(x?)\nend\nfn h(x :: Int!Int) -> Int!String do\n  Ok(x?)\nend\nfn i(x :: Int?) -> Int = x?";

    // Interfaces
    no_impl: "struct P do\n  f :: Fun(Int) -> Int\nend\nfn main() do\n  let p = P { f: fn x -> x end }\n  p == p\n  println(\"${p}\")\n  p + p\n  p < p\nend";
    impl_errors: "struct M do\n  c :: Int\nend deriving()\nimpl Add for M do\nend\nimpl Display for M do\n  fn to_string(self) -> Int = 1\nend\nimpl Eq for M do\n  fn eq(a, b, c) = true\n  fn equals(a, b) = true\nend\nimpl Add for Int do\n  fn add(a, b) = a\nend\nimpl Dispaly for M do\nend";
    bound_needed: "fn f<T>(a :: T, b :: T) -> Bool = a == b\nfn g<T>(a :: T) -> String = \"${a}\"\nfn h<T>(a :: T) -> Int = a.hash()";
    bound_checked: "fn show<T>(a :: T) -> String where T: Display do\n  a.to_string()\nend\nfn main() do\n  show(1)\n  show(fn x -> x end)\n  show([[1]])\n  show([fn x -> x end])\nend\nfn other<T>(a :: T) where U: Display, T: Dsplay = 1";
    inferred_bounds: "fn add(a, b) = a + b\nfn twice(x) = add(x, x)\nfn main() do\n  twice(1)\n  twice(\"a\")\n  twice(true)\nend";
    ambiguous_method: "interface A do\n  fn go(self) -> Int\nend\ninterface B do\n  fn go(self) -> Int\nend\nimpl A for Int do\n  fn go(x) = 1\nend\nimpl B for Int do\n  fn go(x) = 2\nend\nfn main() = 5.go()";
    derive_errors: "struct A do\n  f :: Fun() -> Int\nend deriving(Eq, Foo, Dispaly)\nstruct B do\n  x :: Int\nend deriving(Ord)\ntype C do\n  X(A)\nend deriving(Debug)";
    derived: "struct A<T> do\n  x :: T\n  y :: Int\nend\nfn main() do\n  let a = A { x: 1, y: 2 }\n  a == a\n  a < a\n  a.hash()\n  A { x: true, y: 1 } == A { x: false, y: 2 }\nend";
    interface_declaration: "interface I do\n  fn f(self, x)\n  fn g(self, x :: Q) -> Int\nend";

    // Generic functions
    rigid_parameter: "fn f<T>(x :: T) -> T = 1\nfn g<T, U>(x :: T, y :: U) -> T = y";
    polymorphic_let: "fn main() do\n  let id = fn x -> x end\n  let add = fn a, b -> a + b end\n  println(id(\"a\"))\n  id(1) + add(1, 2)\n  add(\"a\", \"b\")\nend";
    not_generalised: "fn main() do\n  let f = (fn -> fn x -> x end end)()\n  f(1)\n  f(\"a\")\nend";
    ambiguous_type: "interface Make do\n  fn make() -> Self\nend\nimpl Make for Int do\n  fn make() = 1\nend\nfn main() do\n  let x :: Int = make()\n  let y = make()\n  x\nend";

    // Actors
    actors: "actor echo(n :: Int) do\n  receive do\n    \"quit\" -> println(\"bye\")\n    text -> do\n      println(text)\n      echo(n + 1)\n    end\n  end\nend\nfn main() do\n  let p = spawn(echo, 1)\n  send(p, \"hello\")\n  send(p, 5)\n  spawn(echo)\n  spawn(echo, \"x\")\n  echo(1)\n  spawn(main)\n  spawn(5)\nend";
    outside_actor: "fn f() do\n  self()\n  receive do\n    x -> x\n  end\nend";
    receive_in_closure: "actor a() do\n  let f = fn -> receive do x -> x end end\n  let me = fn -> self() end\n  send(me(), 1)\n  f()\nend";
    tail_call_of_an_actor: "actor a() do\n  receive do\n    1 -> a()\n    _ -> do\n      a()\n      println(\"x\")\n    end\n  end\nend\nactor b() do\n  receive do\n    \"x\" -> a()\n    _ -> nil\n  end\nend";
    not_sendable: "actor a() do\n  receive do\n    x -> Fine(x)\n  end\nend\ntype M do\n  Fine(Buffer)\nend\nfn f(b :: Buffer, v :: U8x16) do\n  spawn(a)\n  (v, 1)\n  Some(v)\n  fn -> v end\nend\nstruct V do\n  v :: U8x16\nend";
    captured_buffer: "actor run() do\n  receive do\n    f -> f(1)\n  end\nend\nfn main(b :: Buffer) do\n  let p = spawn(run)\n  send(p, fn n -> use(b, n) end)\n  send(p, fn n -> nil end)\nend\nfn use(b :: Buffer, n :: Int) = nil";
    services: "service S do\n  fn init() do\n    0\n  end\nend\nsupervisor T do\n  strategy: one_for_one\nend";
    tests_and_assert: "test \"one\" do\n  assert 1 + 1 == 2\n  assert Some(1) == 2\n  assert 5\nend";

    // Bits
    bits: "fn f(b) = case b do\n  <<a::3, rest::bytes>> -> a\n  <<x::bytes, 1>> -> 2\n  <<n, s::bytes(n), t::bytes(\"x\")>> -> 3\n  _ -> 4\nend\nfn g(x) = <<x::4, x::4, \"a\", x::bytes>>\nfn h() = <<1::7>>";
}
