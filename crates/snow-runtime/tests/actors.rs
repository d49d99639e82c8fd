//! Actors in machine code: spawning, messages, waiting, preemption, collection, crashes.

mod assembler;

use assembler::*;
use snow_abi::{self as abi, Kind, header};
use snow_runtime::{Options, TestOutcome};
use std::time::{Duration, Instant};

fn failure(outcome: TestOutcome) -> String {
    match outcome {
        TestOutcome::Failed(message) => message,
        TestOutcome::Passed => panic!("the test passed"),
    }
}

#[test]
fn a_test_that_returns_has_passed() {
    let mut a = Assembler::new();
    let test = a.test(2, &[]);
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn a_panic_tells_message_and_the_users_own_line() {
    let mut a = Assembler::new();
    let inner = a.label();
    a.line(1, 99);
    a.function(inner, 2, &[]);
    a.panic("index 5\nout of bounds");
    a.end();
    a.line(0, 7);
    let test = a.test(2, &[]);
    a.call_function(inner, Int(0));
    a.end();
    let program = a.finish();
    for options in modes() {
        let message = failure(program.run_test(test, &options));
        assert_eq!(message, "Snow panic at test.snow:7: index 5\\nout of bounds (actor 0)");
    }
}

/// main spawns an echo actor and exchanges so many Ints with it.
fn ping_pong(rounds: i64) -> (snow_runtime::Program, usize) {
    let mut a = Assembler::new();
    let (echo, never) = (a.label(), a.label());
    a.function(echo, 4, &[]);
    let again = a.label();
    // The argument is an immediate: the number of main, which is 0 with generation 1.
    a.set(3, Int(1 << 33 | 1));
    a.place(again);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    a.add(1, Int(1));
    a.call("actor_send_raw", &[Slot(3), Slot(1)], 2);
    a.jump(again);

    let test = a.test(6, &[]);
    let again = a.label();
    a.record(abi::record::SELF_PID, 1);
    a.expect(1, Int(1 << 33 | 1), "main's pid");
    a.call("actor_spawn", &[Function(echo), Int(immediate(0)), Int(immediate(0))], 2);
    a.set(3, Int(0));
    a.place(again);
    a.call("actor_send_raw", &[Slot(2), Slot(3)], 4);
    a.receive("actor_take_raw", Int(-1), 3, 4, never);
    a.if_less(3, Int(rounds), again);
    a.expect(3, Int(rounds), "every round adds one");
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    (a.finish(), test)
}

#[test]
fn two_actors_exchange_messages() {
    let (program, test) = ping_pong(1000);
    passes(&program, test);
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored --nocapture"]
fn measure_round_trips() {
    let rounds = 2_000_000;
    let (program, test) = ping_pong(rounds);
    for workers in [1, 2] {
        let start = Instant::now();
        assert_eq!(program.run_test(test, &Options { workers, ..Options::default() }), TestOutcome::Passed);
        println!(
            "{workers} workers: {:.0} ns a round trip",
            start.elapsed().as_nanos() as f64 / rounds as f64
        );
    }
}

const CELL: u64 = header(Kind::Fixed, 1, 2, 1);

/// Slot 1: list, 2: counter, 3: scratch; builds `count` cells holding count-1 … 0.
fn build_list(a: &mut Assembler, count: i64) {
    let again = a.label();
    a.set(1, Int(immediate(0)));
    a.set(2, Int(0));
    a.place(again);
    a.new_object(CELL, &[Slot(1), Slot(2)], 4);
    a.set(1, Slot(4));
    a.poll(3);
    a.add(2, Int(1));
    a.if_less(2, Int(count), again);
}

/// Sums the list in `list` into `sum`.
fn sum_list(a: &mut Assembler, list: u32, sum: u32, scratch: u32) {
    let (again, done) = (a.label(), a.label());
    a.set(sum, Int(0));
    a.place(again);
    a.if_equal(list, Int(immediate(0)), done);
    a.field(list, 2, scratch);
    a.add(sum, Slot(scratch));
    a.field(list, 1, list);
    a.poll(scratch);
    a.jump(again);
    a.place(done);
}

#[test]
fn lists_survive_collections_and_switches() {
    let mut a = Assembler::new();
    let test = a.test(8, &[1, 4]);
    build_list(&mut a, 3000);
    sum_list(&mut a, 1, 5, 6);
    a.expect(5, Int(2999 * 3000 / 2), "the sum");
    a.call("runtime_collections", &[], 5);
    a.expect_not_zero(5);
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn messages_are_copied_and_adopted() {
    let mut a = Assembler::new();
    let (summer, never) = (a.label(), a.label());
    // The argument is a list, too. Sums both, sends the total to main.
    a.function(summer, 8, &[0, 1, 4]);
    a.receive("actor_take_ref", Int(-1), 1, 3, never);
    sum_list(&mut a, 0, 5, 6);
    sum_list(&mut a, 1, 7, 6);
    a.add(5, Slot(7));
    a.call("actor_send_raw", &[Int(1 << 33 | 1), Slot(5)], 6);
    a.end();

    let test = a.test(8, &[1, 4]);
    build_list(&mut a, 500);
    a.call("actor_spawn", &[Function(summer), Slot(1), Int(immediate(0))], 5);
    a.call("actor_send_ref", &[Slot(5), Slot(1)], 6);
    a.set(1, Int(immediate(0)));
    a.set(4, Int(immediate(0)));
    a.receive("actor_take_raw", Int(-1), 6, 7, never);
    a.expect(6, Int(499 * 500), "twice the sum");
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    passes(&a.finish(), test);
}

#[test]
fn deep_stacks_are_kept_and_walked() {
    let mut a = Assembler::new();
    let (deep, bottom) = (a.label(), a.label());
    // deep(n): a new cell, itself one deeper, then the cell must still hold n. 600 frames are over 32 KiB.
    a.function(deep, 8, &[1, 4]);
    a.if_equal(0, Int(0), bottom);
    a.new_object(CELL, &[Int(immediate(0)), Slot(0)], 1);
    a.poll(3);
    a.set(2, Slot(0));
    a.add(2, Int(-1));
    a.call_function(deep, Slot(2));
    a.new_object(CELL, &[Int(immediate(0)), Int(0)], 4);
    a.field(1, 2, 3);
    a.expect(3, Slot(0), "the cell of this depth");
    a.end();
    a.place(bottom);
    a.sleep(1, 3, 5);
    a.end();

    let test = a.test(2, &[]);
    a.call_function(deep, Int(600));
    a.call_function(deep, Int(3));
    a.call_function(deep, Int(600));
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn a_stack_overflow_ends_one_actor_only() {
    let mut a = Assembler::new();
    let (endless, never, late) = (a.label(), a.label(), a.label());
    a.line(0, 3);
    a.function(endless, 1000, &[]);
    a.call_function(endless, Int(0));
    a.end();
    a.line(0, 8);
    let test = a.test(6, &[]);
    a.call("actor_spawn", &[Function(endless), Int(immediate(0)), Int(immediate(0))], 1);
    a.call("actor_deadline", &[Int(60)], 4);
    a.receive("actor_take_raw", Slot(4), 2, 3, late);
    a.place(never);
    a.panic("no one sends");
    a.place(late);
    a.call("actor_alive", &[Slot(1)], 2);
    a.set(3, Int(0));
    a.expect_false(2);
    a.end();
    let overflow = a.test(2, &[]);
    a.call_function(endless, Int(0));
    a.end();
    let program = a.finish();
    for options in modes() {
        assert_eq!(program.run_test(test, &options), TestOutcome::Passed, "{options:?}");
        let message = failure(program.run_test(overflow, &options));
        assert_eq!(message, "Snow panic at test.snow:3: stack overflow (actor 0)");
    }
}

#[test]
fn a_wait_ends_at_its_deadline() {
    let mut a = Assembler::new();
    let late = a.label();
    let test = a.test(8, &[]);
    a.call("clock_monotonic", &[], 5);
    a.call("actor_deadline", &[Int(20)], 4);
    a.receive("actor_take_raw", Slot(4), 2, 3, late);
    a.panic("no one sends");
    a.place(late);
    a.call("clock_monotonic", &[], 6);
    a.add(5, Int(20_000_000));
    let wrong = a.label();
    a.if_less(6, Slot(5), wrong);
    a.end();
    a.place(wrong);
    a.panic("too early");
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn virtual_time_does_not_pass_in_vain() {
    let mut a = Assembler::new();
    let test = a.test(6, &[]);
    a.sleep(3_600_000, 2, 3);
    a.end();
    let start = Instant::now();
    let options = Options { seed: Some(3), ..Options::default() };
    assert_eq!(a.finish().run_test(test, &options), TestOutcome::Passed);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn timers_send_unless_cancelled() {
    let mut a = Assembler::new();
    let (never, late) = (a.label(), a.label());
    let test = a.test(8, &[]);
    a.call("timer_send_after_raw", &[Int(1 << 33 | 1), Int(30), Int(3)], 1);
    a.call("timer_send_after_raw", &[Int(1 << 33 | 1), Int(10), Int(1)], 1);
    a.call("timer_send_after_raw", &[Int(1 << 33 | 1), Int(20), Int(2)], 2);
    a.call("timer_cancel", &[Slot(2)], 3);
    a.add(3, Int(-1));
    a.expect_false(3);
    a.call("timer_cancel", &[Slot(2)], 3);
    a.expect_false(3);
    a.receive("actor_take_raw", Int(-1), 4, 5, never);
    a.expect(4, Int(1), "the first");
    a.receive("actor_take_raw", Int(-1), 4, 5, never);
    a.expect(4, Int(3), "the third");
    a.call("timer_cancel", &[Slot(1)], 3);
    a.expect_false(3);
    a.call("actor_deadline", &[Int(15)], 6);
    a.receive("actor_take_raw", Slot(6), 4, 5, late);
    a.place(never);
    a.panic("the second was cancelled");
    a.place(late);
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn busy_actors_do_not_stop_others() {
    let mut a = Assembler::new();
    let (spinner, again) = (a.label(), a.label());
    a.function(spinner, 2, &[]);
    a.place(again);
    a.poll(1);
    a.jump(again);
    let test = a.test(6, &[]);
    for _ in 0..3 {
        a.call("actor_spawn", &[Function(spinner), Int(immediate(0)), Int(immediate(0))], 1);
    }
    a.sleep(20, 2, 3);
    a.sleep(20, 2, 3);
    a.end();
    let program = a.finish();
    for workers in [1, 2] {
        let start = Instant::now();
        assert_eq!(program.run_test(test, &Options { workers, ..Options::default() }), TestOutcome::Passed);
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn many_actors_come_and_go() {
    let mut a = Assembler::new();
    let (child, never, again, collect) = (a.label(), a.label(), a.label(), a.label());
    a.function(child, 4, &[0]);
    a.field(0, 2, 1);
    a.call("actor_send_raw", &[Int(1 << 33 | 1), Slot(1)], 2);
    a.end();
    let test = a.test(8, &[1]);
    a.set(2, Int(0));
    a.set(5, Int(0));
    a.place(again);
    a.new_object(CELL, &[Int(immediate(0)), Slot(2)], 1);
    a.call("actor_spawn", &[Function(child), Slot(1), Int(immediate(0))], 3);
    a.add(2, Int(1));
    a.poll(3);
    a.if_less(2, Int(5000), again);
    a.set(2, Int(0));
    a.place(collect);
    a.receive("actor_take_raw", Int(-1), 4, 3, never);
    a.add(5, Slot(4));
    a.add(2, Int(1));
    a.if_less(2, Int(5000), collect);
    a.expect(5, Int(4999 * 5000 / 2), "the sum");
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    passes(&a.finish(), test);
}

#[test]
fn waiting_for_what_never_comes_is_found_out() {
    let mut a = Assembler::new();
    let never = a.label();
    let test = a.test(4, &[]);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    a.place(never);
    a.end();
    a.main_is(test);
    let program = a.finish();
    for options in modes() {
        let message = failure(program.run_test(test, &options));
        let who = "every actor waits, and nothing is left that could wake one\n  #Pid(0) at ";
        assert!(message.starts_with(who), "{message}");
        assert_eq!(program.run_main(&options), 1);
    }
}

#[test]
fn main_may_leave_actors_behind_that_still_work() {
    let mut a = Assembler::new();
    let child = a.label();
    a.function(child, 6, &[]);
    a.sleep(10, 2, 3);
    a.call("program_exit", &[Int(7)], 1);
    a.panic("after the end");
    a.end();
    let main = a.test(4, &[]);
    a.call("actor_spawn", &[Function(child), Int(immediate(0)), Int(immediate(0))], 1);
    a.end();
    a.main_is(main);
    let program = a.finish();
    for options in modes() {
        assert_eq!(program.run_main(&options), 7, "{options:?}");
        assert_eq!(program.run_test(main, &options), TestOutcome::Passed, "a test ends with its actor");
    }
}

#[test]
fn main_ends_with_nothing_left_to_happen() {
    let mut a = Assembler::new();
    let (waiter, late, test_done) = (a.label(), a.label(), a.label());
    // Waits for a message with a far deadline, gets it, then waits without one: nothing will happen.
    a.function(waiter, 6, &[]);
    a.call("actor_deadline", &[Int(60_000)], 4);
    a.receive("actor_take_raw", Slot(4), 2, 3, late);
    a.receive("actor_take_raw", Int(-1), 2, 3, late);
    a.place(late);
    a.panic("one message was sent");
    a.end();
    let main = a.test(4, &[]);
    a.call("actor_spawn", &[Function(waiter), Int(immediate(0)), Int(immediate(0))], 1);
    a.call("actor_send_raw", &[Slot(1), Int(5)], 2);
    a.place(test_done);
    a.end();
    a.main_is(main);
    let program = a.finish();
    for options in modes() {
        let start = Instant::now();
        assert_eq!(program.run_main(&options), 0, "{options:?}");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn a_crash_of_main_is_exit_code_one() {
    let mut a = Assembler::new();
    let main = a.test(2, &[]);
    a.panic("on purpose");
    a.end();
    a.main_is(main);
    assert_eq!(a.finish().run_main(&Options::default()), 1);
}

#[test]
fn images_that_cannot_run_are_refused() {
    let refused = |change: fn(&mut snow_abi::image::Image)| {
        let mut a = Assembler::new();
        a.test(2, &[]);
        a.end();
        let mut image = a.image();
        change(&mut image);
        snow_runtime::Program::load(image).err().expect("it is refused").to_string()
    };
    let message = refused(|image| image.features.push("has_magic".into()));
    assert!(message.contains("has_magic"));
    assert!(refused(|image| image.main = Some(1 << 30)).contains("entry"));
    let mut a = Assembler::new();
    a.test(2, &[]);
    a.call("no_such_thing", &[], 1);
    let error = snow_runtime::Program::load(a.image()).err().expect("it is refused").to_string();
    assert!(error.contains("no_such_thing"));
}

fn resident_bytes() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored --nocapture --test-threads 1"]
fn measure_idle_actors() {
    const ACTORS: i64 = 100_000;
    let mut a = Assembler::new();
    let (idle, never, again) = (a.label(), a.label(), a.label());
    a.function(idle, 8, &[0, 1, 4]);
    build_list(&mut a, 100);
    build_list(&mut a, 10);
    a.set(4, Int(immediate(0)));
    a.receive("actor_take_raw", Int(-1), 5, 6, never);
    sum_list(&mut a, 1, 5, 6);
    a.place(never);
    a.end();
    let test = a.test(6, &[]);
    a.set(1, Int(0));
    a.place(again);
    a.call("actor_spawn", &[Function(idle), Int(immediate(0)), Int(immediate(0))], 2);
    a.poll(2);
    a.add(1, Int(1));
    a.if_less(1, Int(ACTORS), again);
    a.sleep(5000, 2, 3);
    a.end();
    let program = a.finish();
    std::thread::scope(|scope| {
        let before = resident_bytes();
        scope.spawn(|| program.run_test(test, &Options { workers: 1, ..Options::default() }));
        for second in 1..5 {
            std::thread::sleep(Duration::from_secs(1));
            let each = (resident_bytes() - before) / ACTORS as usize;
            println!("after {second} s: {each} bytes for each idle actor with 240 live bytes");
        }
    });
}
