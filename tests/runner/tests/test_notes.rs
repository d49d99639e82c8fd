//! What a failed test of a WebSocket server shows: what its clients had received until then.

use snow_tests::{compiler, process};
use std::time::Duration;

const HANDLER: &str = "import Ws
import Ws.Test

fn echo() do
  Ws.handler(
    fn conn, request -> Ws.accept(()) end,
    fn conn, state, message do
      Ws.send_message(conn, message)
      state
    end,
    fn conn, state, code, reason -> () end
  )
end
";

/// What `snowc test` prints for a program that ends with these tests.
fn report(name: &str, tests: &str) -> String {
    let file = std::env::temp_dir().join(format!("snow-notes-{}-{name}.snow", std::process::id()));
    std::fs::write(&file, format!("{HANDLER}\n{tests}")).expect("a source can be written");
    let finished = process::run(compiler::command().arg("test").arg(&file), Duration::from_secs(60));
    let _ = std::fs::remove_file(&file);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    finished.stdout
}

#[test]
fn a_failed_assertion_shows_what_the_clients_had_received() {
    let text = report(
        "assertion",
        r#"test "of a guest" do
  let server = Test.start(echo())
  let ann = Test.connect(server, "/?name=Ann")
  Test.send(ann, "hello")
  assert Test.receive(ann) == Text("goodbye")
end
"#,
    );
    assert!(text.contains(r#"left: Text("hello")"#), "{text}");
    let notes = text.split_once("the client of /?name=Ann").expect("the client is named").1;
    assert!(notes.contains("has received"), "{text}");
    assert!(notes.contains("Text(\"hello\")"), "{text}");
}

#[test]
fn a_message_that_is_missing_shows_what_came_instead() {
    let text = report(
        "missing",
        r#"test "of a guest" do
  let ann = Test.connect(Test.start(echo()), "/")
  Test.send(ann, "one")
  assert Test.receive(ann) == Text("one")
  Test.send_bytes(ann, <<0xff, 0xff>>)
  assert Test.receive(ann) == Text("two")
end
"#,
    );
    assert!(text.contains("Test.receive: the connection has ended, 1002"), "{text}");
    let (one, close) = (text.find("Text(\"one\")"), text.find("a Close, 1002 \"reserved bits set\""));
    assert!(one < close && close.is_some(), "{text}");
}

#[test]
fn what_came_in_one_test_is_not_shown_for_the_next() {
    let text = report(
        "next",
        r#"test "one that passes" do
  let ann = Test.connect(Test.start(echo()), "/first")
  Test.send(ann, "one")
  assert Test.receive(ann) == Text("one")
end

test "one that fails" do
  assert 1 == 2
end
"#,
    );
    assert!(text.contains("1 passed, 1 failed") && !text.contains("/first"), "{text}");
}
