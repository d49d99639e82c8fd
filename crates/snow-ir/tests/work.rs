//! Twice the source is about twice the work, in every stage up to machine code, for every shape of source.
//!
//! Work is what a stage allocates: the same number in each run, on each machine. A stage that looks at
//! everything for each thing that it looks at nearly always makes something each time.

#[path = "../../snow-check/tests/support/mod.rs"]
mod support;

use snow_ir::Entry;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use support::Text;

struct Counting;

static WORK: AtomicU64 = AtomicU64::new(0);

/// What an allocation costs beside its bytes.
const ALLOCATION: u64 = 32;

// SAFETY: everything is done by the system's allocator; counting touches no memory of the program.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        WORK.fetch_add(layout.size() as u64 + ALLOCATION, Ordering::Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; the pointer came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const STAGES: [&str; 5] = ["parse", "check", "lower", "optimise", "machine code"];

/// The work of each stage for a program; one that is wrong ends with its diagnostics.
fn work(library: &[Text], source: &str, wrong: bool) -> [u64; 5] {
    let mut marks = vec![WORK.load(Ordering::Relaxed)];
    let mut mark = || marks.push(WORK.load(Ordering::Relaxed));
    let parsed = snow_syntax::parse(0, source);
    mark();
    drop(parsed);
    let mut texts: Vec<Text> =
        library.iter().map(|text| support::text(&text.name, text.standard, &text.source)).collect();
    texts.push(support::text("Main", false, source));
    let (program, diagnostics) = support::run(&texts);
    mark();
    assert_eq!(program.is_none(), wrong, "{}", support::report(&texts, &diagnostics));
    let Some(program) = program else { return [marks[1] - marks[0], marks[2] - marks[1], 0, 0, 0] };
    let paths: Vec<String> = texts.iter().map(|text| text.name.clone()).collect();
    let entry = if program.main.is_some() { Entry::Main } else { Entry::Tests };
    let mut lowered =
        snow_ir::lower(&program, &paths, entry).unwrap_or_else(|error| panic!("{}", error.message));
    mark();
    snow_ir::optimise::optimise(&mut lowered);
    mark();
    let compiled = snow_codegen::compile(&lowered, &|_, _| 1, snow_codegen::Level::Portable);
    compiled.unwrap_or_else(|error| panic!("{error}"));
    mark();
    [1, 2, 3, 4, 5].map(|stage| marks[stage] - marks[stage - 1])
}

/// `n` pieces, made from their numbers.
fn pieces(n: usize, piece: impl Fn(usize) -> String) -> String {
    (0..n).map(piece).collect()
}

fn joined(n: usize, separator: &str, piece: impl Fn(usize) -> String) -> String {
    (0..n).map(piece).collect::<Vec<_>>().join(separator)
}

fn case(arms: String, value: &str) -> String {
    format!("fn f(x) = case x do\n{arms}  _ -> -1\nend\nfn main() = println(\"${{f({value})}}\")\n")
}

fn body(statements: String) -> String {
    format!("fn g(x) = if x > 3 do x else g(x + 1) end\nfn main() do\nlet x = g(1)\n{statements}end\n")
}

fn expression(value: String) -> String {
    format!("fn g(x) = x + 1\nfn f(a) = {value}\nfn main() = println(\"${{f(2)}}\")\n")
}

/// Twice the size is a quarter more columns: what is multiplied out would explode.
fn columns(n: usize) -> usize {
    12 + n / 100
}

type Shape = (&'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("texts", |n| case(pieces(n, |i| format!("\"name{i}\" -> {i}\n")), "\"a\"")),
    ("texts with one beginning", |n| case(pieces(n, |i| format!("\"{:0>40}\" -> {i}\n", i * i)), "\"a\"")),
    ("numbers", |n| case(pieces(n, |i| format!("{} -> {i}\n", i * 7)), "1")),
    ("ranges", |n| case(pieces(n, |i| format!("{}..={} -> {i}\n", i * 7, i * 7 + 3)), "1")),
    ("small ranges", |n| case(pieces(n / 10, |i| format!("{}..{} -> {i}\n", i * 3, i * 3 + 2)), "1")),
    ("ranges that overlap", |n| case(pieces(n, |i| format!("{}..={} -> {i}\n", i * 7, i * 7 + 10)), "1")),
    // So many that each arm is a choice of its own.
    ("ranges around each other", |n| case(pieces(n, |i| format!("{}..={} -> {i}\n", -(i as i64), i)), "1")),
    ("ranges in columns", |n| {
        let row = |i: usize| joined(columns(n), ", ", |j| format!("{}..{}", i + j, i + j + 9));
        let value = joined(columns(n), ", ", |j| j.to_string());
        case(pieces(columns(n), |i| format!("({}) -> {i}\n", row(i))), &format!("({value})"))
    }),
    ("floats", |n| case(pieces(n, |i| format!("{i}.5 -> {i}\n")), "1.5")),
    ("alternatives", |n| case(format!("{} -> 1\n", joined(n, " | ", |i| format!("\"t{i}\""))), "\"a\"")),
    ("pairs", |n| case(pieces(n, |i| format!("({i}, {}) -> {i}\n", i * 3 % n)), "(1, 2)")),
    ("lists", |n| case(pieces(n, |i| format!("[{i}, {}, y] -> y\n", i + 1)), "[1, 2, 3]")),
    ("a long list", |n| case(format!("[{}] -> 1\n", joined(n, ", ", |i| i.to_string())), "[1]")),
    ("a long rest", |n| case(format!("{} :: _ -> y0\n", joined(n, " :: ", |i| format!("y{i}"))), "[1]")),
    ("bits", |n| case(pieces(n, |i| format!("<<{i}::16, r::bytes>> -> Bytes.length(r)\n")), "<<1>>")),
    ("guards", |n| case(pieces(n, |i| format!("y when y > {i} -> y + {i}\n")), "1")),
    ("constructors", |n| {
        let arms = pieces(n, |i| format!("C{i}(y) -> y + {i}\n"));
        let all = pieces(n, |i| format!("C{i}(Int)\n"));
        format!(
            "type S do\n{all}end\nfn f(x) = case x do\n{arms}end\nfn main() = println(\"${{f(C1(2))}}\")\n"
        )
    }),
    ("constructors that derive", |n| {
        let all = pieces(n, |i| if i % 2 == 0 { format!("C{i}\n") } else { format!("C{i}(Int)\n") });
        format!("type S do\n{all}end\nfn main() = println(\"${{C0}} ${{C1(2) == C0}} ${{C1(2) < C0}}\")\n")
    }),
    ("names that derive", |n| {
        let all = pieces(n, |i| format!("C{i}\n"));
        format!("type S do\n{all}end\nfn main() = println(\"${{C0}} ${{C1 == C0}} ${{C1 < C0}}\")\n")
    }),
    ("statements in arms", |n| {
        case(pieces(n, |i| format!("{i} ->\nprintln(\"{i}\")\nlet y = (x + {i})\ny\n")), "1")
    }),
    ("many statements in an arm", |n| case(format!("7 ->\n{}7\n", "Some(x)\n[x]\n(x)\n".repeat(n)), "1")),
    ("alternatives in lines behind an arm", |n| {
        case(format!("-5 -> -6\n-4{}-> 1\n", pieces(n, |i| format!("\n| {i}"))), "1")
    }),
    ("arms in parentheses", |n| {
        let inner = |arms: String| format!("g((case x do 0 ->\ng(1)\n(2)\n{arms}_ -> g(3) end))\n");
        let deep = (0..40).fold(String::new(), |arms, i| format!("{i} ->\nx\n{}", inner(arms)));
        format!(
            "fn g(x) = x + 1\n{}",
            case(pieces(n / 100, |i| format!("{i} ->\n{}", inner(deep.clone()))), "1")
        )
    }),
    ("generic functions that call each other", |n| {
        let all = pieces(n, |i| {
            format!(
                "fn f{}(x, y) do\nlet z = (y, x)\nlet (a, b) = f{i}(x, y)\nlet (_, c) = z\n(a, c)\nend\n",
                i + 1
            )
        });
        format!("fn f0(x, y) = (x, y)\n{all}fn main() = println(\"${{f{n}(1, \"a\")}}\")\n")
    }),
    ("elements of a tuple", |n| {
        let values = joined(n, ", ", |i| i.to_string());
        let used = "println(\"${t} ${t == t} ${t < t} ${hash(t)}\")";
        format!("fn main() do\nlet t = ({values})\n{used}\nend\n")
    }),
    ("clauses", |n| {
        let clauses = pieces(n, |i| format!("fn f(\"k{i}\") = {i}\n"));
        format!("{clauses}fn f(_) = -1\nfn main() = println(\"${{f(\"a\")}}\")\n")
    }),
    ("alternatives in columns", |n| {
        let all = |row: &str| joined(columns(n), ", ", |_| row.to_string());
        let arms = format!("({}) -> 1\n({}) -> 2\n", all("1 | 2 | 3"), all("2 | 3 | 4"));
        case(arms, &format!("({})", all("1")))
    }),
    ("names in columns", |n| {
        let row = joined(columns(n), ", ", |i| format!("Ok(y{i}) | Err(y{i})"));
        let value = joined(columns(n), ", ", |i| if i % 2 == 0 { "Ok(1)" } else { "Err(1)" }.to_string());
        case(format!("({row}) -> y0\n"), &format!("({value})"))
    }),
    ("truths in columns", |n| {
        let row = |i: usize| joined(columns(n), ", ", |j| if i == j { "true" } else { "_" }.to_string());
        let value = joined(columns(n), ", ", |_| "false".to_string());
        case(pieces(columns(n), |i| format!("({}) -> {i}\n", row(i))), &format!("({value})"))
    }),
    ("a receive", |n| {
        let arms = pieces(n, |i| format!("({i}, x) -> a(n + x)\n"));
        format!(
            "actor a(n :: Int) do\nreceive do\n{arms}_ -> println(\"${{n}}\")\nend\nend\n\
             fn main() = send(spawn(a, 0), (1, 2))\n"
        )
    }),
    ("a sum", |n| expression(joined(n, " + ", |_| "a".to_string()))),
    ("a text of parts", |n| expression(format!("\"{}\"", "x${a}".repeat(n)))),
    ("joined texts", |n| expression(joined(n, " <> ", |i| format!("\"${{a + {i}}}\"")))),
    ("pipes", |n| expression(format!("a{}", " |> g".repeat(n)))),
    ("ands", |n| expression(joined(n, " and ", |i| format!("a > {i}")))),
    ("ors", |n| expression(joined(n, " or ", |i| format!("a == {i}")))),
    ("else ifs", |n| {
        let branches = pieces(n, |i| format!("else if a == {i} do {i} "));
        expression(format!("if a == -1 do 0 {branches} else 9 end"))
    }),
    ("lets", |n| body(pieces(n, |i| format!("let x = g(x + {i})\n")))),
    ("statements", |n| body(pieces(n, |i| format!("println(\"{i}\")\n")))),
    ("loops", |n| body(pieces(n, |_| "for i in 0..x do println(\"${i}\") end\n".to_string()))),
    ("closures", |n| {
        body(pieces(n, |i| format!("let f = fn y -> x + y + {i} end\nprintln(\"${{f(1)}}\")\n")))
    }),
    ("a list of numbers", |n| {
        let list = joined(n, ", ", |i| i.to_string());
        body(format!("let l = [{list}]\nprintln(\"${{List.length(l)}}\")\n"))
    }),
    ("a map", |n| {
        let map = joined(n, ", ", |i| format!("\"{i}\" => {i}"));
        body(format!("let m = %{{{map}}}\nprintln(\"${{Map.size(m)}}\")\n"))
    }),
    ("functions", |n| {
        let all = pieces(n, |i| format!("fn f{i}(x) = if x > {i} do f{}(x + 1) + 1 else x end\n", i + 1));
        format!("{all}fn f{n}(x) = x\nfn main() = println(\"${{f0(3)}}\")\n")
    }),
    ("types", |n| {
        let all = pieces(n, |i| format!("struct P{i} do\n a :: Int\nend\n"));
        let uses = pieces(n, |i| format!("println(\"${{P{i} {{ a: 1 }}}}\")\n"));
        format!("{all}fn main() do\n{uses}end\n")
    }),
    ("defaults that use others twice", |n| {
        let all = pieces(n / 10, |i| match i {
            0 => "struct P0 do\n a :: List<Int> = [1]\nend\n".to_string(),
            _ => format!("struct P{i} do\n a :: P{0} = P{0} {{}}\n b :: P{0} = P{0} {{}}\nend\n", i - 1),
        });
        let last = n / 10 - 1;
        format!("{all}fn main() do\nlet p = P{last} {{}}\nprintln(\"${{p.a == p.b}}\")\nend\n")
    }),
    ("impls", |n| {
        let all = pieces(n, |i| {
            format!("struct P{i} do\n a :: Int\nend\nimpl Q for P{i} do\n fn q(self) -> Int = self.a\nend\n")
        });
        let uses = pieces(n, |i| format!("println(\"${{P{i} {{ a: 1 }}.q()}}\")\n"));
        format!("interface Q do\n fn q(self) -> Int\nend\n{all}fn main() do\n{uses}end\n")
    }),
    ("tests", |n| pieces(n, |i| format!("test \"t{i}\" do\nassert {i} + 1 == {}\nend\n", i + 1))),
];

/// A shape and a stage whose work is quadratic, for a reason. A function that keeps many values over many calls
/// has stack maps of that size: each call says where each of the values is. The checker refuses functions that
/// keep more than 5,000 (E0052).
const QUADRATIC: &[(&str, &str)] = &[("elements of a tuple", "machine code")];

/// Programs in which most is wrong.
const WRONG: &[Shape] = &[
    ("unknown functions", |n| {
        let all = pieces(n, |i| format!("fn known{i}() = 1\n"));
        format!("{all}fn main() do\n{}end\n", pieces(n, |i| format!("unknown{i}()\n")))
    }),
    ("unknown types", |n| {
        let all = pieces(n, |i| format!("struct Known{i} do\n a :: Int\nend\n"));
        format!("{all}{}fn main() = ()\n", pieces(n, |i| format!("fn f{i}(x :: Unknown{i}) = x\n")))
    }),
    ("unknown constructors", |n| {
        let all = pieces(n, |i| format!("Known{i}\n"));
        let arms = pieces(n, |i| format!("Unknown{i} -> {i}\n"));
        format!("type S do\n{all}end\nfn f(x) = case x do\n{arms}end\nfn main() = ()\n")
    }),
    ("unknown methods", |n| {
        let all = pieces(n, |i| format!("interface I{i} do\n fn known{i}(self) -> Int\nend\n"));
        format!("{all}fn main() do\n{}end\n", pieces(n, |i| format!("1.unknown{i}()\n")))
    }),
];

#[test]
fn twice_the_source_is_about_twice_the_work() {
    const SIZE: usize = 400;
    let library = support::library();
    let empty = work(&library, "fn main() = println(\"${1}\")\n", false);
    let mut found = Vec::new();
    let shapes = SHAPES.iter().map(|shape| (shape, false)).chain(WRONG.iter().map(|shape| (shape, true)));
    for ((name, source), wrong) in shapes {
        let own = |size: usize| {
            let all = work(&library, &source(size), wrong);
            std::array::from_fn::<u64, 5, _>(|stage| all[stage].saturating_sub(empty[stage]))
        };
        let (once, twice) = (own(SIZE), own(2 * SIZE));
        for (stage, (once, twice)) in STAGES.iter().zip(once.into_iter().zip(twice)) {
            // Little work is not told apart from what does not depend on the source.
            let most = if QUADRATIC.contains(&(name, stage)) { once * 9 / 2 } else { once * 5 / 2 };
            if twice > most + 1_000_000 {
                found.push(format!("{name}, {stage}: {once} becomes {twice}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
