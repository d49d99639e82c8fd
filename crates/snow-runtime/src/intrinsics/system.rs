//! The world outside: output, input, environment, clocks, randomness.

use super::context::*;
use super::define::define;
use crate::abi::{Kind, array, header};
use crate::actor::record::REASON_STOPPED;
use crate::handles::handle::{Pid, Reference};
use crate::introspection::snapshot;
use crate::io::output::{self, Next};
use crate::lifecycle::Ended;
use crate::lifecycle::crash_report;
use ring::rand::{SecureRandom, SystemRandom};

/// No program needs more random bytes at once.
const MOST_RANDOM: i64 = 1 << 24;

define! {
    fn output_print(context, text: Ref) -> Option<Reference> {
        match context.runtime().io.output.print(context.bytes(text)) {
            Ok(Next::GoOn) => None,
            Ok(Next::AwaitRoom) => context.wait_for_room(),
            Ok(Next::AwaitOutcome) => {
                let place = context.wait_for_all_output();
                if place.is_none() {
                    context.end_if_output_is_lost();
                }
                place
            }
            Err(why) => context.crash(output::not_written(&why)),
        }
    }

    fn output_check(context) {
        context.end_if_output_is_lost()
    }

    fn output_flush(context, text: Ref) -> Option<Reference> {
        context.runtime().io.output.print_all(context.bytes(text));
        context.wait_for_all_output()
    }

    fn output_failure(context) -> Option<Ref> {
        let failure = context.runtime().io.output.take_failure()?;
        Some(context.new_bytes(failure.as_bytes()))
    }

    fn output_error(context, text: Ref) -> Option<Reference> {
        context.runtime().io.output.print_error(context.bytes(text));
        context.wait_for_room()
    }

    fn output_error_now(context, text: Ref) -> Bool {
        let output = &context.runtime().io.output;
        let room = !output.is_full();
        if room {
            output.print_error(context.bytes(text));
        }
        room
    }

    fn input_ask(context) -> Option<Reference> {
        let runtime = context.runtime();
        runtime.io.output.flush();
        if runtime.deterministic() {
            runtime.io.input.read_here();
            return None;
        }
        let place = runtime.actors.new_place(context.pid());
        if !runtime.io.input.ask(place) {
            runtime.actors.give_up_place(place);
            return None;
        }
        Some(place.reference)
    }

    fn input_take(context) -> Option<Result<Option<Ref>, Ref>> {
        let taken = context.runtime().io.input.take()?;
        let line = taken.map(|line| line.map(|bytes| context.new_bytes(&bytes)));
        Some(line.map_err(|error| context.new_bytes(error.as_bytes())))
    }

    fn env_get(context, name: Ref) -> Option<Ref> {
        let name = context.text(name);
        // Names that the system would refuse are not set.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        let value = std::env::var(&*name).ok()?;
        Some(context.new_bytes(value.as_bytes()))
    }

    fn env_names(context) -> Ref {
        let mut names: Vec<String> =
            std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
        names.sort_unstable();
        let texts: Vec<Ref> = names.iter().map(|name| context.new_bytes(name.as_bytes())).collect();
        context.new_array(&texts)
    }

    fn program_arguments(context) -> Ref {
        let arguments = &context.runtime().options.arguments;
        let texts: Vec<Ref> = arguments.iter().map(|argument| context.new_bytes(argument.as_bytes())).collect();
        context.new_array(&texts)
    }

    fn program_number(_context) -> Int {
        i64::from(std::process::id())
    }

    fn program_exit(context, code: Int) {
        context.runtime().stop(Ended::Exit(code as i32));
        context.record.reason.set(REASON_STOPPED);
    }

    fn program_failed(context, what: Ref) {
        let line = format!("Snow: {}\n", crash_report::one_line(&context.text(what)));
        context.runtime().io.output.print_error(line.as_bytes());
        if !context.record.shared.lock().is_tied_to_others() {
            context.runtime().lifecycle.fail();
        }
    }

    fn test_note(context, subject: Ref, line: Ref) {
        let lifecycle = &context.runtime().lifecycle;
        if lifecycle.is_test {
            lifecycle.notes.add(&context.text(subject), &context.text(line));
        }
    }

    fn clock_monotonic(context) -> Int {
        context.runtime().clock.now() as i64
    }

    fn clock_wall(context) -> Int {
        context.runtime().clock.wall()
    }

    /// As `Runtime::queue_lengths`.
    fn runtime_queues(context) -> Ref {
        context.worker().show_queue();
        context.new_numbers(&snapshot::queue_lengths(context.runtime()))
    }

    fn runtime_figures(context) -> Ref {
        context.new_numbers(&snapshot::figures(context.runtime(), Some(context.record)))
    }

    fn runtime_greatest(context, by_heap: Bool, count: Int) -> Ref {
        let count = count.clamp(0, 1000) as usize;
        let greatest = snapshot::greatest(context.runtime(), Some(context.record), by_heap, count);
        let numbers: Vec<i64> = greatest.into_iter().flat_map(|(pid, figure)| [pid.to_int(), figure]).collect();
        context.new_numbers(&numbers)
    }

    fn runtime_place(context, pid: Pid) -> Ref {
        context.new_bytes(snapshot::place(context.runtime(), pid).as_bytes())
    }

    fn random_bytes(context, count: Int) -> Ref {
        if !(0..=MOST_RANDOM).contains(&count) {
            return context.crash(format!("random_bytes: {count} bytes asked for"));
        }
        let mut bytes = vec![0; count as usize];
        match &context.runtime().random.seeded {
            Some(random) => {
                let mut random = random.lock();
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&random.next().to_le_bytes()[..chunk.len()]);
                }
            }
            None => {
                if SystemRandom::new().fill(&mut bytes).is_err() {
                    return context.crash("the system gives no random bytes");
                }
            }
        }
        context.new_bytes(&bytes)
    }

    leaf {
        fn int_hash_keyed(context, value: Int, state: Int) -> Int {
            context.runtime().random.hash_key.hash_number(state, value)
        }
    }
}

impl Context<'_> {
    /// The reference at which this actor must wait before it prints more, if it must.
    fn wait_for_room(self) -> Option<Reference> {
        let runtime = self.runtime();
        if !runtime.io.output.is_full() {
            return None;
        }
        let place = runtime.actors.new_place(self.pid());
        if !runtime.io.output.wait(place) {
            runtime.actors.give_up_place(place);
            return None;
        }
        Some(place.reference)
    }

    /// The reference at which this actor must wait until everything printed so far is written or lost, if it must.
    fn wait_for_all_output(self) -> Option<Reference> {
        let runtime = self.runtime();
        let place = runtime.actors.new_place(self.pid());
        if !runtime.io.output.wait_for_all(place) {
            runtime.actors.give_up_place(place);
            return None;
        }
        Some(place.reference)
    }

    fn end_if_output_is_lost(self) {
        if let Some(why) = self.runtime().io.output.outcome() {
            self.crash(output::not_written(&why))
        }
    }

    /// A new array of raw words.
    pub(super) fn new_numbers(self, elements: &[i64]) -> Ref {
        let first = array::ELEMENTS as usize;
        let object = self.allocate(first + elements.len());
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::RawArray, 0, 0, 0));
            object.set_word(array::CAPACITY, elements.len() as u64);
            object.set_word(array::FRONT, 0);
            object.set_word(array::BACK, elements.len() as u64);
            for (index, element) in elements.iter().enumerate() {
                object.set_word((first + index) as u32, *element as u64);
            }
        }
        object
    }

    /// A new array of references.
    pub fn new_array(self, elements: &[Ref]) -> Ref {
        let first = array::ELEMENTS as usize;
        let object = self.allocate(first + elements.len());
        // SAFETY: the object has so many words.
        unsafe {
            object.set_word(0, header(Kind::RefArray, 0, 0, 0));
            object.set_word(array::CAPACITY, elements.len() as u64);
            object.set_word(array::FRONT, 0);
            object.set_word(array::BACK, elements.len() as u64);
            for (index, element) in elements.iter().enumerate() {
                object.set_word((first + index) as u32, element.0);
            }
        }
        object
    }
}
