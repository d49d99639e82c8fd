//! What is right is accepted, without a word.

mod support;

use support::{Text, library, report, run, text};

fn accept_modules(modules: &[(&str, &str)]) {
    let mut texts: Vec<Text> = library();
    texts.extend(modules.iter().map(|(name, source)| text(name, false, source)));
    let (program, diagnostics) = run(&texts);
    let said = report(&texts, &diagnostics);
    assert!(program.is_some() && said.is_empty(), "{said}");
}

fn accept(source: &str) {
    accept_modules(&[("Main", source)]);
}

#[test]
fn aliases_export_the_constructors_of_their_types() {
    accept_modules(&[
        (
            "Main",
            "import Front\nfn f(m) = case m do\n  Text(t) -> t\n  Front.Binary(_) -> \"\"\nend\nfn main() = println(f(Front.Message.Text(\"a\")))\nfn g(m :: Front.Message) = f(m)",
        ),
        ("Front", "import Front.Inside\npub type Message = Inside.Message"),
        ("Front.Inside", "pub type Message do\n  Text(String)\n  Binary(Bytes)\nend"),
    ]);
}

#[test]
fn inline_modules() {
    accept(
        "module Inner do\n  pub fn one() = helper()\n  fn helper() = 1\n  pub type Colour do\n    Red\n  end\nend\nfn main() = println(\"${Inner.one() + 1}\")",
    );
}

#[test]
fn constraints_are_inferred_and_generalised() {
    accept(
        "fn total(xs, zero) = List.reduce(xs, zero, fn a, b -> a + b end)\nfn even(n) = n == 0 or odd(n - 1)\nfn odd(n) = n != 0 and even(n - 1)\nfn largest(a, b) = if a < b do b else a end\nfn main() do\n  println(\"${total([1, 2], 0)} ${total([0.5], 0.0)} ${even(4)} ${largest(\"a\", \"b\")} ${largest(1, 2)}\")\nend",
    );
}

#[test]
fn methods_of_receivers_that_become_known_later() {
    accept(
        "struct User do\n  name :: String\n  age :: Int\nend\nfn name_of(user) = user.name\nfn older(user, years) = %{user | age: user.age + years}\nfn shout(x :: String) do\n  let f = fn y -> y.to_upper() end\n  f(x) <> \"!\"\nend\nfn main() do\n  let u = older(User { name: \"a\", age: 1 }, 2)\n  println(name_of(u) <> shout(u.name))\n  println([1, 2].length().to_string())\nend",
    );
}

#[test]
fn conversions_of_errors() {
    accept(
        "type Low do\n  Low(Int)\nend\ntype High do\n  Wrapped(Low)\nend\nimpl From<Low> for High do\n  fn from(low) = Wrapped(low)\nend\nfn low(n :: Int) -> Result<Int, Low> = if n > 0 do Ok(n) else Err(Low(n)) end\nfn high(n :: Int) -> Result<Int, High> do\n  let x = low(n)?\n  Ok(x + low(x)?)\nend\nfn main() do\n  let h = High.from(Low(1))\n  println(case h do Wrapped(Low(n)) -> \"${n}\" end)\n  let _ = high(1)\nend",
    );
}

#[test]
fn defaults_by_the_expected_type() {
    accept(
        "struct Point do\n  x :: Int\n  y :: Float\nend deriving(Default, Eq, Display)\nfn make<T>() -> T where T: Default = default()\nfn main() do\n  let p :: Point = default()\n  let n = 1 + default()\n  let q :: Point = make()\n  println(\"${p} ${n} ${p == q}\")\nend",
    );
}

#[test]
fn actors_that_become_each_other() {
    accept(
        "type Message do\n  Put(Int)\n  Ask(Pid<Int>)\nend\nactor empty() do\n  receive do\n    Put(n) -> full(n)\n    Ask(_) -> empty()\n  end\nend\nactor full(n :: Int) do\n  receive do\n    Put(m) -> if m > n do full(m) else full(n) end\n    Ask(who) -> do\n      send(who, n)\n      full(n)\n    end\n    after 100 -> nil\n  end\nend\nactor forward(to, change) do\n  receive do\n    n -> do\n      send(to, change(n))\n      forward(to, change)\n    end\n  end\nend\nactor asker(cell) do\n  send(cell, Ask(self()))\n  let again = fn -> send(cell, Ask(self())) end\n  again()\n  receive do\n    n -> println(\"${n}\")\n  end\nend\nfn main() do\n  let cell = spawn(empty)\n  send(cell, Put(3))\n  let a = spawn(asker, cell)\n  let f = spawn(forward, a, fn text -> String.length(text) end)\n  send(f, \"abc\")\n  let any :: Pid = a\n  send(any, 5)\nend",
    );
}

#[test]
fn closures_of_every_kind() {
    accept(
        "fn apply(f, x) = f(x)\nfn main() do\n  let id = fn x -> x end\n  let pair = (id(1), id(\"a\"))\n  fn local(n) do\n    if n == 0 do 0 else local(n - 1) end\n  end\n  fn helper(x) = x\n  println(helper(\"a\") <> \"${helper(1)} ${local(3)}\")\n  let curried = fn a -> fn b -> a + b end end\n  let (a, _) = pair\n  println(\"${apply(curried(1), 2) + a} ${List.map([1, 2], Some)}\")\n  let forever = fn -> panic(\"x\") end\n  let n :: Int = if false do forever() else 1 end\n  println(\"${n}\")\nend",
    );
}

#[test]
fn interfaces_with_arguments_and_defaults() {
    accept(
        "interface Convert<T> do\n  fn convert(self) -> T\n  fn twice(self) -> (T, T) do\n    (self.convert(), self.convert())\n  end\nend\nimpl Convert<String> for Int do\n  fn convert(n) = \"${n}\"\nend\ninterface Shape do\n  fn area(self) -> Float\n  fn bigger(self, other :: Self) -> Bool = self.area() > other.area()\nend\nimpl Shape for (A, B) where A: Shape, B: Shape do\n  fn area(self) do\n    let (a, b) = self\n    a.area() + b.area()\n  end\nend\nimpl Shape for Float do\n  fn area(self) = self\nend\nfn main() do\n  let (a, b) = 5.twice()\n  println(a <> b <> \"${(1.0, 2.0).bigger((2.0, 3.0))}\")\nend",
    );
}

#[test]
fn bits() {
    accept(
        "fn parse(packet) = case packet do\n  <<fin::1, 0::3, opcode::4, masked::1, 126::7, length::16, body::bytes(length), rest::bytes>> -> Some((fin + opcode + masked, body, rest))\n  <<n::32-little, _::signed-8>> -> Some((n, <<>>, <<1, n::16>>))\n  _ -> None\nend\nfn main() do\n  case parse(<<1, 2>>) do\n    Some((n, body, rest)) -> println(\"${n} ${Bytes.length(body <> rest)}\")\n    None -> println(\"none\")\n  end\nend",
    );
}

#[test]
fn overloading_by_arity() {
    accept(
        "fn area(side) = side * side\nfn area(width, height) = width * height\nfn main() = println(\"${area(2)} ${area(2, 3)} ${2 |> area(5)}\")",
    );
}

#[test]
fn an_actor_may_hand_on_what_it_could_not_be_sent() {
    accept(
        "actor start() do\n  work(Buffer.new(16))\nend\nactor work(buffer :: Buffer) do\n  receive do\n    bytes -> do\n      Buffer.append(buffer, bytes)\n      work(buffer)\n    end\n  end\nend\nfn main() = send(spawn(start), <<1>>)",
    );
}
