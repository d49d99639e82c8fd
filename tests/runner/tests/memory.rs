//! Programs that take more memory than there is: the actor that asks for it ends, with a message, and others go on.

use snow_tests::process::PATIENCE;
use snow_tests::{compiler, process};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What all programs have beside their hungry actor: one that answers, before and behind the hungry one's end.
const FRAME: &str = r##"
import Env
import Process
import Reply
import Net.Outbox

type Question do
  Ask(Reply<Int>)
end

actor answering() do
  receive do
    Ask(reply) -> do
      Reply.answer(reply, 42)
      answering()
    end
  end
end

type Text do
  Text(String)
end

actor sleeping() do
  Timer.sleep(100000)
  receive do
    Text(text) -> println(text)
  end
end

actor idle() do
  receive do
    () -> idle()
  end
end

fn main() do
  let answers = spawn(answering)
  println("${Reply.ask(answers, 10000, fn reply -> Ask(reply) end)}")
  case Process.wait(spawn(hungry)) do
    Error(why) -> println("ended: ${String.slice(why, 0, 13)}")
    other -> println("${other}")
  end
  println("${Reply.ask(answers, 10000, fn reply -> Ask(reply) end)}")
  Env.exit(0)
end
"##;

#[track_caller]
fn others_go_on(name: &str, hungry: &str) {
    let (file, finished) = finished(name, hungry);
    assert_eq!(finished.code, Some(0), "{name}: {finished:?}");
    assert_eq!(finished.stdout, "Ok(42)\nended: out of memory\nOk(42)\n", "{name}: {finished:?}");
    // A report names a line of the hungry actor or of what that calls, which stand behind the frame.
    // Others may end beside it: an actor that begins to wait in this very moment needs room for its stack.
    let report = format!("Snow panic at {}:", file.display());
    let mut lines =
        finished.stderr.split(&report).skip(1).filter_map(|rest| rest.split(':').next()?.parse().ok());
    let hungry = lines.any(|line: usize| line > FRAME.lines().count());
    assert!(hungry, "{name}: {finished:?}");
}

/// The program with this hungry actor, and what has come of it with 800 MB.
fn finished(name: &str, hungry: &str) -> (PathBuf, process::Finished) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("memory");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join(format!("{name}.snow"));
    fs::write(&file, format!("{FRAME}\n{hungry}")).expect("a source can be written");
    let source = file.clone();
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -v 800000; exec \"$S\" run \"$FILE\""]);
    command.env("S", compiler::snowc()).env("FILE", file).env("SNOW_WORKERS", "2");
    (source, process::run(&mut command, 3 * PATIENCE))
}

#[test]
fn many_texts_of_100_kb() {
    others_go_on(
        "texts",
        "fn more(texts, n :: Int) -> Int = more(List.append(texts, String.repeat(\"x\", 100000)), n + 1)\n\
         actor hungry() do println(\"${more([], 0)}\") end",
    );
}

#[test]
fn a_text_that_doubles() {
    others_go_on(
        "doubling",
        "fn more(text :: String) -> String = more(text <> text)\nactor hungry() do println(more(\"abc\")) end",
    );
}

#[test]
fn a_long_list_and_a_large_map() {
    others_go_on(
        "list",
        "fn more(list :: List<Int>) -> List<Int> = more(List.append(list, 1))\n\
         actor hungry() do println(\"${more([])}\") end",
    );
    others_go_on(
        "map",
        "fn more(map :: Map<Int, String>, n :: Int) -> Int = more(Map.put(map, n, \"${n}\"), n + 1)\n\
         actor hungry() do println(\"${more(Map.new(), 0)}\") end",
    );
}

#[test]
fn a_flood_to_an_actor_that_sleeps() {
    for (name, text) in [("small_flood", "\"${n}\""), ("large_flood", "String.repeat(\"y\", 100000 + n % 7)")]
    {
        others_go_on(
            name,
            &format!(
                "fn flood(to, n :: Int) -> () do\n  send(to, Text({text}))\n  flood(to, n + 1)\nend\n\
                 actor hungry() do flood(spawn(sleeping), 0) end"
            ),
        );
    }
}

#[test]
fn what_the_runtime_keeps_for_an_actor() {
    others_go_on(
        "outbox",
        "fn more(outbox, n :: Int) -> () do\n  Outbox.push(outbox, <<1>>, Bytes.repeat(7, 5000))\n  \
         more(outbox, n + 1)\nend\n\
         actor hungry() do more(Outbox.new(spawn(idle), (), Int.max_value, Int.max_value), 0) end",
    );
    others_go_on(
        "timers",
        "fn more(to, n :: Int) -> () do\n  Timer.start(to, 1000000, ())\n  more(to, n + 1)\nend\n\
         actor hungry() do more(spawn(idle), 0) end",
    );
    others_go_on(
        "replies",
        "fn more(to, n :: Int) -> () do\n  let reply :: Reply<Int> = Reply.expect(to)\n  more(to, n + 1)\nend\n\
         actor hungry() do more(spawn(idle), 0) end",
    );
}

#[test]
fn a_list_that_a_loop_makes() {
    others_go_on("loop", "actor hungry() do println(\"${for n in 0..1000000000000 do n end}\") end");
}

/// They outlive the one that has started them, and keep the memory: others may find none. The program says so, and ends
/// in order if its `main` is one of those.
#[test]
fn many_actors() {
    let hungry =
        "fn more(n :: Int) -> () do\n  spawn(idle)\n  more(n + 1)\nend\nactor hungry() do more(0) end";
    let (_, finished) = finished("spawn", hungry);
    assert!(matches!(finished.code, Some(0 | 1)), "{finished:?}");
    assert!(finished.stdout.starts_with("Ok(42)\n"), "{finished:?}");
    assert!(finished.stderr.contains(": out of memory: "), "{finished:?}");
}
