//! Each form of the language, and the rules about newlines, one line each.

mod sketch;

/// Parses the body of a function without a diagnostic.
fn body(source: &str) -> String {
    let (file, diagnostics) = snow_syntax::parse(0, &format!("fn main() do\n{source}\nend\n"));
    assert_eq!(diagnostics, [], "{source}");
    let text = sketch::file(&file);
    text.strip_prefix("(fn main [] {").and_then(|rest| rest.strip_suffix("})")).unwrap_or(&text).to_string()
}

#[test]
fn imports() {
    let form = |source: &str| {
        let (file, diagnostics) = snow_syntax::parse(0, source);
        assert_eq!(diagnostics, [], "{source}");
        sketch::file(&file)
    };
    assert_eq!(form("import A.B"), "(import A.B)");
    assert_eq!(form("import A.B as C\nimport D"), "(import A.B as C)\n(import D)");
    assert_eq!(form("import A.B.{c, D as E, send}"), "(from A.B c D as E send)");
    assert_eq!(form("pub import A.{\n  b,\n  C,\n}\nimport D"), "pub (from A b C)\n(import D)");
    assert_eq!(form("from A import b as c, D"), "(from A b as c D)");
    assert_eq!(form("from A import b as c,\n  d,\nfrom B import e"), "(from A b as c d)\n(from B e)");
    assert_eq!(form("pub from A.B import c"), "pub (from A.B c)");
    assert_eq!(form("import From\nfrom As import as, from as to"), "(import From)\n(from As as from as to)");
}

#[test]
fn derived_names() {
    let form = |deriving: &str| {
        let (file, diagnostics) = snow_syntax::parse(0, &format!("struct P do\n x :: Int\nend {deriving}\n"));
        assert_eq!(diagnostics, [], "{deriving}");
        sketch::file(&file)
    };
    assert!(form("deriving(Eq, Json)").ends_with("(deriving Eq Json))"));
    let renamed = form("deriving(Json(x: \"the \\\"x\\\"\", type: \"t\",), Eq)");
    assert!(renamed.ends_with(r#"(deriving (Json (x "the \"x\"") (type "t")) Eq))"#), "{renamed}");
}

macro_rules! forms {
    ($($name:ident { $($source:expr => $expected:expr;)* })*) => {
        $(#[test]
        fn $name() {
            $(assert_eq!(body($source), $expected, "{}", $source);)*
        })*
    };
}

forms! {
    precedence {
        "a or b and c" => "(Or a (And b c))";
        "a == b |> f" => "(|> (Equal a b) f)";
        "1..n + 1" => "(Range 1 (Add n 1))";
        "a < b == c > d" => "(Equal (Less a b) (Greater c d))";
        "a <> b + c * -d.e" => "(Concat a (Add b (Multiply c (Negate d.e))))";
        "a - b - c" => "(Subtract (Subtract a b) c)";
        "not a == b" => "(Equal (Not a) b)";
        "!a && b || c" => "(Or (And (Not a) b) c)";
        "1.to_string() .. 2.5.f" => "(Range (call 1.to_string) 2.5.f)";
        "f(a)?.b[0]" => "(index (try (call f a)).b 0)";
        "make()(3)" => "(call (call make) 3)";
        "(fn x -> x end)(1)" => "(call (closure (clause [x] {x})) 1)";
    }
    words_that_are_names_elsewhere {
        "opaque" => "opaque";
        "let opaque = 1\nopaque + 1" => "(let opaque 1); (Add opaque 1)";
        "opaque(1)" => "(call opaque 1)";
        "f(fn opaque -> opaque.opaque end)" => "(call f (closure (clause [opaque] {opaque.opaque})))";
        "A { opaque: opaque }" => "(struct A opaque:opaque)";
    }
    newlines {
        "a\n- b" => "a; (Negate b)";
        "a\n(b)" => "a; b";
        "a\n[b]" => "a; (list b)";
        "a -\n b" => "(Subtract a b)";
        "a and\n\n b" => "(And a b)";
        "a\n\n|> b\n# note\n|> c" => "(|> (|> a b) c)";
        "(a\n- b)" => "(Subtract a b)";
        "f(a,\n b,\n)" => "(call f a b)";
        "f(fn -> a\n(b) end)" => "(call f (closure (clause [] {a; b})))";
        "f(if a do\n b\n - c\nend)" => "(call f (if a {b; (Negate c)}))";
        "(case a do\n x -> x\n [y] -> y\nend)" => "(case a (arm x {x}) (arm (list y) {y}))";
        "let a = 1 let b = 2 a" => "(let a 1); (let b 2); a";
        ";;a;;b;" => "a; b";
        "a # note\nb" => "a; b";
        "a\r\nb\rc" => "a; b; c";
        "\"${a}\"\n(b)" => "(string a); b";
    }
    strings {
        r#""""# => "\"\"";
        r#""a$b \$ {c}""# => "\"a$b $ {c}\"";
        r#""\n\t\r\0\\\"\,""# => r#""\n\t\r\0\\\",""#;
        r#""${"${"${1}"}"}""# => "(string (string (string 1)))";
        r#""${%{"a" => b}} }""# => "(string (map \"a\"=>b) \" }\")";
    }
    numbers {
        "1_000" => "1000";
        "0xFF_ff" => "65535";
        "0B101" => "5";
        "0o17" => "15";
        "1.5e-3" => "0.0015";
        "2e3" => "2000.0";
        "-9223372036854775808" => "-9223372036854775808";
        "9223372036854775807" => "9223372036854775807";
    }
    conditions {
        "if a do 1 end" => "(if a {1})";
        "if f(x) do 1 else 2 end" => "(if (call f x) {1} {2})";
        "if a do 1 else if b do 2 else if c do 3 else 4 end" => "(if a {1} b {2} c {3} {4})";
        "if a do 1 else\nif b do 2 end\nend" => "(if a {1} {(if b {2})})";
        "if true do end" => "(if true {})";
        "match x do 1 -> 2 3 -> 4 end" => "(case x (arm 1 {2}) (arm 3 {4}))";
        "case f(x) do a when g(a) -> do b c end\n _ -> d end"
            => "(case (call f x) (arm a when (call g a) {b; c}) (arm _ {d}))";
    }
    closures {
        "f(fn -> a end)" => "(call f (closure (clause [] {a})))";
        "f(fn do a end)" => "(call f (closure (clause [] {a})))";
        "f(fn x, _ -> a end)" => "(call f (closure (clause [x _] {a})))";
        "f(fn x do a end)" => "(call f (closure (clause [x] {a})))";
        "f(fn None -> 1 | Some((a, b)) when a -> b end)"
            => "(call f (closure (clause [None] {1}) (clause [(Some (tuple a b))] when a {b})))";
        "f(fn (A | B) -> 1 end)" => "(call f (closure (clause [(or A B)] {1})))";
        "f(fn (a, b), c -> a end)" => "(call f (closure (clause [(tuple a b) c] {a})))";
        "f(fn h :: t -> h end)" => "(call f (closure (clause [(cons h t)] {h})))";
        "let g = fn x when f(x) do 1 | y do 2 end" => "(let g (closure (clause [x] when (call f x) {1}) (clause [y] {2})))";
        "fn x -> x end" => "(closure (clause [x] {x}))";
        "fn x, y -> x end" => "(closure (clause [x y] {x}))";
        "fn x -> Int do 1 end" => "(fn x [] -> Int {1})";
        "f(a) do b end" => "(call f a (closure (clause [] {b})))";
        "x.f() do || b end" => "(call x.f (closure (clause [] {b})))";
        "f() do |(a, b), c| a end" => "(call f (closure (clause [(tuple a b) c] {a})))";
        "while f(g() do 1 end) do 2 end" => "(while (call f (call g (closure (clause [] {1})))) {2})";
        "for x in f(y) when g(x) do x end" => "(for x (call f y) when (call g x) {x})";
        "for (a, b) in c do a end" => "(for (tuple a b) c {a})";
    }
    values {
        "()" => "()";
        "nil" => "()";
        "(a)" => "a";
        "(a, b,)" => "(tuple a b)";
        "%{}" => "(map)";
        "%{a | b: 1,\n c: 2}" => "(update a b:1 c:2)";
        "A.B { c: 1\n d: 2, type: 3 }" => "(struct A.B c:1 d:2 type:3)";
        "self.a" => "self.a";
        "self().b" => "self().b";
        "spawn(a, 1)" => "(spawn a 1)";
        "x.send(1).end.if" => "(call x.send 1).end.if";
        "f(a, b: 1)" => "(call f a (map \"b\"=>1))";
        "return" => "(return)";
        "return\na" => "(return); a";
        "return a?" => "(return (try a))";
        "call(a)\nmonitor(b)" => "(call call a); (call monitor b)";
        "from + test <> extern" => "(Concat (Add from test) extern)";
    }
    assertions {
        "assert a == b" => "(assert (Equal a b))";
        "assert(a)" => "(assert a)";
        "assert not a" => "(assert (Not a))";
        "assert -a == b" => "(assert (Equal (Negate a) b))";
        "assert - a" => "(Subtract assert a)";
        "assert[0]" => "(index assert 0)";
        "assert\na" => "assert; a";
        "assert |> f" => "(|> assert f)";
        "case x do 1 -> assert a end" => "(case x (arm 1 {(assert a)}))";
    }
    bits_in_expressions {
        "<<>>" => "(bits)";
        "<<>>==x" => "(Equal (bits) x)";
        "<<a::4, b::4>>==x" => "(Equal (bits a::4 b::4) x)";
        "<<a>>>=x" => "(GreaterEqual (bits a::8) x)";
        "a <> <<1>> <> <<<<2>>::bytes>>" => "(Concat (Concat a (bits 1::8)) (bits (bits 2::8)::rest))";
        "<<a + 1::little-16, b::signed-8, \"é\"::bytes>>" => "(bits (Add a 1)::16-little b::8-signed \"é\"::text)";
        "<<a::(n + 1)-little, \"${b}\", c::(4)>>" => "(bits a::((Add n 1))-little (string b)::text c::(4))";
        "a\n<<1>>" => "a; (bits 1::8)";
    }
    types {
        "let a :: Int?!String = b" => "(let a::Result<Option<Int> String> b)";
        "let a :: Int!E? = b" => "(let a::Result<Int Option<E>> b)";
        "let a :: Fun() -> (A, ()) = b" => "(let a::Fun()->(A ()) b)";
        "let a :: List<List<Int>>=b" => "(let a::List<List<Int>> b)";
        "let a :: Map<K, Plane.V<X>,>= b" => "(let a::Map<K Plane.V<X>> b)";
        "let (a, b) :: (A, B)? = c" => "(let (tuple a b)::Option<(A B)> c)";
        "let h :: t = xs" => "(let (cons h t) xs)";
        "let a :: _ = b" => "(let a::_ b)";
        "fn f<t>(a :: t, b :: u, _ :: _, c :: t?) = a" => "(fn f <t> [a::t (cons b u) _::_ c::Option<t>] {a})";
    }
    patterns {
        "case x do a :: b :: [] as c -> 1 end" => "(case x (arm (as (cons a b (list)) c) {1}))";
        "case x do (1 | -2) :: _ -> 1 end" => "(case x (arm (cons (or 1 -2) _) {1}))";
        "case x do A.B.C(\"s\", nil) | A.D -> 1 end" => "(case x (arm (or (A.B.C \"s\" ()) (A.D)) {1}))";
        "case x do A\n| B -> 1 end" => "(case x (arm (or A B) {1}))";
        "case x do P { a: Some(b), c, } -> 1 end" => "(case x (arm (struct P a:(Some b) c:c) {1}))";
        "case x do <<_::4, n::4, t::bytes(n - 1), r::bytes>> -> 1 end"
            => "(case x (arm (bits _::4 n::4 t::bytes((Subtract n 1)) r::rest) {1}))";
        "case x do <<n, a::(f(n))-signed, \"b\", r::view>> -> 1 end"
            => "(case x (arm (bits n::8 a::((call f n))-signed \"b\"::text r::view) {1}))";
    }
    characters {
        "'a'" => "97";
        "'\"'" => "34";
        "' '" => "32";
        "'é'" => "233";
        "'🦀'" => "129408";
        r"'\n'" => "10";
        r"'\''" => "39";
        r"'\\'" => "92";
        r"'\x41'" => "65";
        r"'\u{1f980}'" => "129408";
        "'{' + '}'" => "(Add 123 125)";
        r#""${'}'} ${"${'"'}"}""# => r#"(string 125 " " (string 34))"#;
        "-'a'" => "(Negate 97)";
        "'a'\n'b'" => "97; 98";
        "f('a', '#')" => "(call f 97 35)";
        "case x do 'a' | 'b' -> 1\n '#' -> 2 end" => "(case x (arm (or 97 98) {1}) (arm 35 {2}))";
        "<<'a', '\\n'::8>>" => "(bits 97::8 10::8)";
        "case x do <<'G', 'a'..='z', _::bytes>> -> 1 end" => "(case x (arm (bits 71::8 (range 97 122)::8 _::rest) {1}))";
        "case x do <<'a' | 'b' as c, 1..3 as d::16, e>> -> 1 end" => "(case x (arm (bits (as (or 97 98) c)::8 (as (range 1 2) d)::16 e::8) {1}))";
    }
    ranges {
        "1..=n + 1" => "(RangeInclusive 1 (Add n 1))";
        "'a'..='z'" => "(RangeInclusive 97 122)";
        "a..b..=c" => "(RangeInclusive (Range a b) c)";
        "for x in 1..=3 do x end" => "(for x (RangeInclusive 1 3) {x})";
        "case x do 1..=4 -> 1 end" => "(case x (arm (range 1 4) {1}))";
        "case x do 1..4 -> 1 end" => "(case x (arm (range 1 3) {1}))";
        "case x do -4..=-1 | 0 -> 1 end" => "(case x (arm (or (range -4 -1) 0) {1}))";
        "case x do 3..4 :: 'a'..='a' :: _ as l -> 1 end" => "(case x (arm (as (cons (range 3 3) (range 97 97) _) l) {1}))";
        "case x do Some(1..=2) -> 1\n (0..=9, _) -> 2\n P { a: 1..=2 } -> 3 end"
            => "(case x (arm (Some (range 1 2)) {1}) (arm (tuple (range 0 9) _) {2}) (arm (struct P a:(range 1 2)) {3}))";
        "case x do 0 -> a\n 1..=9 -> b\n c..d\n 10..20 when e -> f end"
            => "(case x (arm 0 {a}) (arm (range 1 9) {b; (Range c d)}) (arm (range 10 19) when e {f}))";
        "case x do -9223372036854775808..=9223372036854775807 -> 1 end"
            => "(case x (arm (range -9223372036854775808 9223372036854775807) {1}))";
    }
    names_for_fields {
        "P { x }" => "(struct P x:x)";
        "P { x, y, }" => "(struct P x:x y:y)";
        "P { x, y: 1, z }" => "(struct P x:x y:1 z:z)";
        "P {\n x\n y: 1\n z\n}" => "(struct P x:x y:1 z:z)";
        "P { x: y, y: x }" => "(struct P x:y y:x)";
        "P {}" => "(struct P)";
        "A.P { x }.x" => "(struct A.P x:x).x";
        "%{p | x}" => "(update p x:x)";
        "%{p | x, y: 1, z}" => "(update p x:x y:1 z:z)";
        "f(a) do P { x } end" => "(call f a (closure (clause [] {(struct P x:x)})))";
        "if x == P { y } do 1 end" => "(if (Equal x (struct P y:y)) {1})";
        "if x == P { y, z } do 1 end" => "(if (Equal x (struct P y:y z:z)) {1})";
        "if P { y: 1 } == x do 1 end" => "(if (Equal (struct P y:1) x) {1})";
        "case P {} do P { x, y: 1 } -> P { x } end" => "(case (struct P) (arm (struct P x:x y:1) {(struct P x:x)}))";
        "case x do A -> P { y }\n P { y } -> y end" => "(case x (arm A {(struct P y:y)}) (arm (struct P y:y) {y}))";
    }
    arms_of_statements {
        "case x do A -> let y = 1\n f(y)\n B -> 2 end" => "(case x (arm A {(let y 1); (call f y)}) (arm B {2}))";
        "case x do\n A ->\n  f()\n\n  g()\n B ->\n  h()\nend"
            => "(case x (arm A {(call f); (call g)}) (arm B {(call h)}))";
        "case x do 1 -> a; b; 2 -> c; d end" => "(case x (arm 1 {a; b}) (arm 2 {c; d}))";
        "match x do 1 -> 2 3 -> 4 5 -> 6 end" => "(case x (arm 1 {2}) (arm 3 {4}) (arm 5 {6}))";
        "case x do 1 -> let a = 1 let b = 2 a 2 -> 3 end" => "(case x (arm 1 {(let a 1); (let b 2); a}) (arm 2 {3}))";
        "case x do 1 -> a\n -2 -> b\n -y end" => "(case x (arm 1 {a}) (arm -2 {b; (Negate y)}))";
        "case x do A -> f\n (b, c) -> d\n (e)\n [g] -> h\n [i] end"
            => "(case x (arm A {f}) (arm (tuple b c) {d; e}) (arm (list g) {h; (list i)}))";
        "case x do A -> f(a)\n Some(b) when b > f(1) -> g(c)\n h end"
            => "(case x (arm A {(call f a)}) (arm (Some b) when (Greater b (call f 1)) {(call g c); h}))";
        "case x do A -> a\n B(_)\n| C.D\n -> b end" => "(case x (arm A {a}) (arm (or (B _) (C.D)) {b}))";
        "case x do A -> a\n b :: (c, _) :: [] as d -> e end"
            => "(case x (arm A {a}) (arm (as (cons b (tuple c _) (list)) d) {e}))";
        "case x do A -> a\n P { a: Some(b), c } -> d\n P { a: b } end"
            => "(case x (arm A {a}) (arm (struct P a:(Some b) c:c) {d; (struct P a:b)}))";
        "case x do A -> <<1>>\n <<n, t::bytes(if n > 1 do 1 else 2 end), <<3>>>> -> <<2>>\n <<>> -> <<<<4>>::bytes>> end"
            => "(case x (arm A {(bits 1::8)}) (arm (bits n::8 t::bytes((if (Greater n 1) {1} {2})) (bits 3::8)::8) {(bits 2::8)}) (arm (bits) {(bits (bits 4::8)::rest)}))";
        "case x do A -> \"a\"\n \"b\" -> \"c\"\n \"${d}\" end" => "(case x (arm A {\"a\"}) (arm \"b\" {\"c\"; (string d)}))";
        "case x do A -> case y do B -> b\n c\n C -> d end\n e\n D -> f end"
            => "(case x (arm A {(case y (arm B {b; c}) (arm C {d})); e}) (arm D {f}))";
        "case x do A -> if a do b\n c end\n d\n B -> e end" => "(case x (arm A {(if a {b; c}); d}) (arm B {e}))";
        "case x do A -> fn Some(y) -> y | None -> 1 end\n B -> fn y do 1 end\n C -> fn f(y) = y\n f(1)\n D ->\n fn g(y) do 1 end\n g end"
            => "(case x (arm A {(closure (clause [(Some y)] {y}) (clause [None] {1}))}) (arm B {(closure (clause [y] {1}))}) (arm C {(fn f [y] {y}); (call f 1)}) (arm D {(fn g [y] {1}); g}))";
        "case x do A -> f(fn y -> g(y)\n | z -> h end)\n B -> 1 end"
            => "(case x (arm A {(call f (closure (clause [y] {(call g y)}) (clause [z] {h})))}) (arm B {1}))";
        "case x do A -> do a\n b end\n B -> c\n d end" => "(case x (arm A {a; b}) (arm B {c; d}))";
        "case x do A -> a\n |> f\n |> g\n B -> b end" => "(case x (arm A {(|> (|> a f) g)}) (arm B {b}))";
        "case x do A -> assert b == 1\n c.d.e(f)\n g.h -> 1 end"
            => "(case x (arm A {(assert (Equal b 1)); (call c.d.e f)}) (arm (g.h) {1}))";
        "f(case x do A -> a\n (b)\n B -> c end)" => "(call f (case x (arm A {a; b}) (arm B {c})))";
    }
    receiving {
        "receive do A -> a\n b\n B -> c\n d\n after 0 -> e\n f end"
            => "(receive (arm A {a; b}) (arm B {c; d}) (after 0 {e; f}))";
        "receive do after 0 -> a end" => "(receive (after 0 {a}))";
        "receive do A -> 1\n B(x) -> 2\nafter f(x) -> do a b end end"
            => "(receive (arm A {1}) (arm (B x) {2}) (after (call f x) {a; b}))";
    }
}
