//! The message that tells of an actor's end: made when the monitor is, and completed when the actor ends, so that no
//! memory is needed then. `abi::report` has its words.

use crate::abi::{adapted, bytes, parcel, report};
use crate::actor::address;
use crate::actor::exit_reason::Reason;
use crate::handles::handle::{Pid, Reference};
use crate::heap::blob::Blob;
use crate::heap::block::{Block, Form};
use crate::heap::message::Message;
use crate::heap::object::Ref;

/// Writes into a message how an actor has ended: what its receiver has asked to be told.
///
/// # Safety
/// The message has the form of a report, with an empty text, and no one else uses it.
pub unsafe fn complete(message: *mut Block, pid: Pid, reason: &Reason, reference: Option<Reference>) {
    // SAFETY: promised by the caller; see `abi` for the words.
    unsafe {
        (*message).promised = true;
        let report = report_of(&*message);
        report.set_word(report::PID, address::of_actor(pid).0);
        report.set_word(report::ORIGIN, address::of_actor(reason.origin.unwrap_or(Pid::NONE)).0);
        report.set_word(report::KIND, reason.kind() as u64);
        report.set_word(report::REFERENCE, reference.map_or(0, Reference::to_int) as u64);
        let text = reason.text();
        // Without memory for its text, the reason is told without.
        if !text.is_empty()
            && let Some(blob) = Blob::try_copy_of(text.as_bytes())
        {
            // The place for it is in the message's list of what owns something outside.
            let place = Ref(report.word(report::TEXT));
            place.set_word(bytes::LENGTH, text.len() as u64);
            place.set_word(bytes::ADDRESS, Blob::data(blob) as u64);
            place.set_word(bytes::DATA, blob as u64);
        }
    }
}

/// The report in a message.
///
/// # Safety
/// The message is one, complete or not, and no one else uses it.
unsafe fn report_of(message: &Block) -> Ref {
    // SAFETY: promised by the caller: the root is as in `abi::adapted`, its parcel holds the report.
    unsafe {
        let parcel = Ref(Ref(message.root).word(adapted::PARCEL));
        Ref(parcel.word(parcel::MESSAGE))
    }
}

/// Is this message the report of that monitor?
///
/// # Safety
/// The message is a complete one, and no one else uses it.
pub unsafe fn is_report(message: &Block, reference: Reference) -> bool {
    // SAFETY: promised by the caller.
    message.form == Form::Report
        && unsafe { report_of(message).word(report::REFERENCE) as i64 == reference.to_int() }
}

/// Makes a message the template of a report, to be completed when an actor has ended.
pub fn template(message: Message) -> Message {
    // SAFETY: the message is the caller's own.
    unsafe { (*message.block()).form = Form::Report };
    message
}
