//! Which types of the standard library are opaque, and that nothing leads around it.

mod support;

use snow_syntax::ast::{self, Item, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use std::collections::BTreeSet;
use std::fmt::Write;
use support::{library, report, run, text};

/// The public types that are not opaque: whoever builds one by hand breaks nothing, for these reasons.
const OPEN: &[(&str, &str)] = &[
    ("Args.ArgumentRule", "what may be set; looked at when arguments are taken apart"),
    ("Base64.Base64Alphabet", "a choice"),
    ("Base64.Base64Padding", "a choice"),
    ("Cookie.Cookie", "what may be set; looked at when it becomes a header"),
    ("Cookie.SameSite", "a choice"),
    ("Csv.Dialect", "what may be set; looked at when a table is read or printed"),
    ("Dir.Entry", "an answer"),
    ("File.Error.FileError", "an answer"),
    ("File.Info.FileInfo", "an answer"),
    ("File.Info.FileKind", "an answer"),
    ("File.System.FileOperation", "a choice"),
    ("Hash.HashAlgorithm", "a choice"),
    ("Http.Answer.Hop", "a choice"),
    ("Http.Answer.Length", "a choice"),
    ("Http.Chunks.Step", "an answer; its chunks are opaque"),
    ("Http.Conditions.Verdict", "an answer"),
    ("Http.Conditions.Version", "what is known of a file"),
    ("Http.Connection.Intake.Intaken", "an answer; its intake is opaque"),
    ("Http.Connection.Marks.Stage", "how far an answer is"),
    ("Http.Connection.Phase.Parting", "how far a connection is"),
    ("Http.Connection.Phase.Phase", "how far a connection is; its records are opaque"),
    ("Http.Connection.Work.Answer", "how far an answer is"),
    ("Http.Event.Event", "what may be set; looked at when it is told"),
    ("Http.Framing.Framing", "an answer"),
    ("Http.Head.HeadParsed", "an answer, taken apart by who asked"),
    ("Http.Head.Limits", "what may be set; any numbers will do"),
    ("Http.Options.Options", "what may be set; looked at when a server starts"),
    ("Http.Options.ProxyProtocol", "a choice"),
    ("Http.Range.Wanted", "an answer"),
    ("Http.Refusal.Refusal", "an answer"),
    ("Http.Server.Events.Counts", "figures, only told"),
    ("Http.Server.Events.ServerEvent", "what is told"),
    ("Http.Server.Events.Side", "what is told"),
    ("Http.Server.Guest.Guest", "what a server keeps of a connection; what is in it is opaque"),
    ("Http.Server.GuestSignal.Signal", "what is told; whom to tell is known to the library alone"),
    ("Http.Server.Journal.Ending", "what is told"),
    ("Http.Server.Log.LogLevel", "a choice"),
    ("Http.Server.Plan.Plan", "what may be set"),
    ("Http.Server.ServeError.ServeError", "an answer"),
    ("Http.Server.Tally.Figures", "figures, only told"),
    ("Http.Server.Terms.Terms", "what may be set; looked at when a server starts"),
    ("Http.Statistics.Info", "figures, only told"),
    ("Http.Target.Target", "an answer"),
    ("Http.Test.Exchange.Answer", "an answer"),
    ("Http.Test.Exchange.Ask", "what may be set; a client of a test may ask for anything"),
    ("Http.Test.Plug.Read", "an answer"),
    ("Http.Writer.WriteError", "an answer"),
    ("IO.Input.Next", "an answer"),
    ("Json.Error.Error", "what is told of a text"),
    ("Json.Error.Reason", "what is told of a text"),
    ("Json.Limits.Limits", "what may be set; any numbers will do"),
    ("Json.Number.Number", "an answer"),
    ("Json.Reader.Kind", "an answer"),
    ("Json.Reader.Next", "an answer"),
    ("Json.Value.Json", "any JSON at all is one"),
    ("Log.Line.LogEntry", "what is told of a line"),
    ("Log.Line.LogFormat", "a choice"),
    ("Log.Line.LogLevel", "a choice"),
    ("Log.Output.Word", "what an actor of the log is told"),
    ("Math.MathFunction", "a choice"),
    ("Net.Outbox.Counts", "figures, only told"),
    ("Net.Outbox.GroupChange", "an answer"),
    ("Net.Outbox.Joined", "an answer"),
    ("Net.Outbox.Overflow", "a choice"),
    ("Net.Outbox.Posted", "an answer"),
    ("Net.Outbox.Pushed", "an answer"),
    ("Net.ProxyHeader.Parsed", "an answer"),
    ("Net.Tcp.Arrival", "an answer"),
    ("Net.Tcp.NetError", "an answer"),
    ("Net.Tls.Agreement", "an answer"),
    ("Net.Tls.BadFile", "an answer"),
    ("Net.Tls.Reloaded", "an answer"),
    ("Pid.Sent", "an answer"),
    ("Prelude.Option", "a choice of anything"),
    ("Prelude.Ordering", "an answer, which programs give too"),
    ("Prelude.Result", "a choice of anything"),
    ("Process.Down", "what is told of an end; its monitor is opaque"),
    ("Process.Exit", "what is told of an end"),
    ("Process.ExitKind", "an answer"),
    ("Process.ExitReason", "programs end for reasons of their own"),
    ("Process.MailboxPolicy", "a choice"),
    ("Process.RegisterError", "an answer"),
    ("Process.SystemSignal", "a choice"),
    ("Range.Range", "any two numbers are a range"),
    ("Regex.Template.TemplatePart", "an answer"),
    ("Reply.CallError", "an answer"),
    ("Runtime.Share", "figures, only told"),
    ("Runtime.Snapshot", "figures, only told"),
    ("String.Character.CharProperty", "a choice"),
    ("String.Utf8.State", "a choice: text may go on behind each"),
    ("Supervisor.Dynamic.Spec", "what may be set; looked at when it starts"),
    ("Supervisor.Next.Next", "an answer"),
    ("Supervisor.Restarting.Restart", "a choice"),
    ("Supervisor.Stopping.Shutdown", "a choice; looked at when it starts"),
    ("Supervisor.Tree.Child", "what may be set; looked at when it starts"),
    ("Supervisor.Tree.Spec", "what may be set; looked at when it starts"),
    ("Supervisor.Tree.Strategy", "a choice"),
    ("Time.Calendar.Weekday", "a choice"),
    ("Time.Civil.Civil", "any numbers; looked at when it becomes a time"),
    ("Url.Component.UrlComponent", "a choice"),
    ("Ws.Assembly.Outcome", "an answer"),
    ("Ws.Close.CloseParsed", "an answer"),
    ("Ws.Conn.DropReason", "an answer"),
    ("Ws.Conn.SendResult", "an answer"),
    ("Ws.Connection.Application.Callbacks", "functions of the application's"),
    ("Ws.Connection.Application.Stage", "an answer"),
    ("Ws.Connection.Deadline.Judgement", "an answer; its deadline is opaque"),
    ("Ws.Connection.Flow.Intake", "a choice"),
    ("Ws.Connection.Handshaking.Destination", "an answer"),
    ("Ws.Connection.Leaving.Parting", "how far a connection is"),
    ("Ws.Connection.Live.Turn", "an answer; its record is opaque"),
    ("Ws.Fault.Fault", "an answer"),
    ("Ws.Frame.Header", "an answer"),
    ("Ws.Frame.Opcode", "a choice"),
    ("Ws.Frame.Parsed", "an answer"),
    ("Ws.Frame.Role", "a choice"),
    ("Ws.Heartbeat.Rota.Duty", "an answer"),
    ("Ws.Heartbeat.Vitals.Finding", "an answer; its vitals are opaque"),
    ("Ws.Heartbeat.Vitals.Signs", "what is seen; any numbers are fine"),
    ("Ws.Message.Message", "any text or any bytes are a message"),
    ("Ws.Options.Options", "what may be set; looked at when a server starts"),
    ("Ws.Options.RatePolicy", "a choice"),
    ("Ws.Origins.Origins", "a choice"),
    ("Ws.Protocol.Step", "an answer; its machine is opaque"),
    ("Ws.Rooms.JoinError", "an answer"),
    ("Ws.Rooms.Watch.RoomEvent", "what a watcher is told"),
    ("Ws.SendPolicy.SendPolicy", "a choice"),
    ("Ws.Session.Event", "what is told"),
    ("Ws.Statistics.Info", "figures, only told"),
    ("Ws.Test.Visit.Visit", "what may be set; a client of a test may ask for anything"),
];

/// A public struct or sum type of the library.
struct Declared {
    /// `Net.Tcp`
    module: String,
    name: String,
    params: usize,
    opaque: bool,
    shape: Shape,
}

enum Shape {
    /// The names of the fields.
    Struct(Vec<String>),
    /// The constructors, and how many values each holds.
    Sum(Vec<(String, usize)>),
}

impl Declared {
    fn full_name(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }

    /// The type with an argument for each parameter.
    fn written(&self) -> String {
        let arguments = vec!["Int"; self.params].join(", ");
        let last = self.module.rsplit('.').next().unwrap_or(&self.module);
        if arguments.is_empty() {
            format!("{last}.{}", self.name)
        } else {
            format!("{last}.{}<{arguments}>", self.name)
        }
    }
}

fn public_types() -> Vec<Declared> {
    let mut found = Vec::new();
    for (index, text) in library().iter().enumerate() {
        let (tree, diagnostics) = snow_syntax::parse(index, &text.source);
        assert_eq!(diagnostics, [], "{}", text.name);
        collect(&text.name, &tree.items, &mut found);
    }
    found
}

fn collect(module: &str, items: &[Item], found: &mut Vec<Declared>) {
    for item in items {
        let declared = match &item.kind {
            ItemKind::Struct(declaration) => Declared {
                module: module.to_string(),
                name: declaration.name.text.clone(),
                params: declaration.type_params.len(),
                opaque: declaration.opaque,
                shape: Shape::Struct(
                    declaration.fields.iter().map(|field| field.name.text.clone()).collect(),
                ),
            },
            ItemKind::Sum(declaration) => Declared {
                module: module.to_string(),
                name: declaration.name.text.clone(),
                params: declaration.type_params.len(),
                opaque: declaration.opaque,
                shape: Shape::Sum(declaration.variants.iter().map(variant).collect()),
            },
            ItemKind::Module(name, inside) => {
                collect(&format!("{module}.{}", name.text), inside, found);
                continue;
            }
            // Their messages would be types of the library's interface that nothing here sees.
            ItemKind::Service(_) | ItemKind::Supervisor(_) if item.public => {
                panic!("{module} has a public service or supervisor: say here what its messages are")
            }
            _ => continue,
        };
        if item.public {
            found.push(declared);
        }
    }
}

fn variant(variant: &ast::Variant) -> (String, usize) {
    (variant.name.text.clone(), variant.payload.len())
}

#[test]
fn every_public_type_of_the_library_is_opaque_or_open_for_a_reason() {
    let open: BTreeSet<&str> = OPEN.iter().map(|(name, _)| *name).collect();
    assert_eq!(open.len(), OPEN.len(), "a type is listed twice");
    let types = public_types();
    for declared in &types {
        let name = declared.full_name();
        assert_ne!(
            declared.opaque,
            open.contains(name.as_str()),
            "{name}: declare it `pub opaque` when its values keep an invariant, or else list it here with the reason"
        );
    }
    let known: BTreeSet<String> = types.iter().map(Declared::full_name).collect();
    for name in open {
        assert!(known.contains(name), "{name} is listed, but the library has no such public type");
    }
}

/// A program in which every function does what may not be done, each in a line of its own.
fn attempts(declared: &Declared) -> String {
    let ty = declared.written();
    let path = ty.split('<').next().unwrap_or(&ty);
    let last = declared.module.rsplit('.').next().unwrap_or(&declared.module);
    let mut source = format!("import {}\n", declared.module);
    let mut line = |text: String| {
        let _ = writeln!(source, "{text}");
    };
    let any = "panic(\"\")";
    match &declared.shape {
        Shape::Struct(fields) => {
            let all: Vec<String> = fields.iter().map(|field| format!("{field}: {any}")).collect();
            line(format!("fn built() = {path} {{ {} }}", all.join(", ")));
            for (index, field) in fields.iter().enumerate() {
                line(format!("fn changed_{index}(value :: {ty}) = %{{value | {field}: {any}}}"));
                line(format!(
                    "fn matched_{index}(value) = case value do {path} {{ {field}: found }} -> found end"
                ));
                line(format!("fn read_{index}(value :: {ty}) = value.{field}"));
                line(format!("fn read_late_{index}(value :: {ty}) = (fn x -> x.{field} end)(value)"));
                line(format!("fn called_{index}(value :: {ty}) = value.{field}(1, 2, 3, 4, 5, 6)"));
            }
        }
        Shape::Sum(variants) => {
            for (index, (name, count)) in variants.iter().enumerate() {
                let with = |text: &str| match count {
                    0 => String::new(),
                    _ => format!("({})", vec![text; *count].join(", ")),
                };
                let (values, holes) = (with(any), with("_"));
                for (kind, path) in [
                    ("bare", name.clone()),
                    ("of_type", format!("{path}.{name}")),
                    ("of_module", format!("{last}.{name}")),
                ] {
                    line(format!("fn built_{kind}_{index}() = {path}{values}"));
                    line(format!("fn passed_{kind}_{index}() = List.map([], {path})"));
                    line(format!(
                        "fn matched_{kind}_{index}(value :: {ty}) = case value do {path}{holes} -> 1; _ -> 2 end"
                    ));
                }
            }
            line(format!("fn read(value :: {ty}) = value.key"));
            line(format!("fn changed(value :: {ty}) = %{{value | key: 1}}"));
        }
    }
    source
}

/// The lines that are refused as they should be.
fn refused_lines(source: &str, diagnostics: &[Diagnostic], file: usize) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.file == file) {
        let number = source[..diagnostic.primary.span.start as usize].matches('\n').count();
        let line = source.lines().nth(number).unwrap_or_default();
        let expected = match line.split('(').next().unwrap_or_default() {
            // A sum type has no fields, opaque or not.
            "fn read" | "fn changed" => diagnostic.code == "E0009",
            // A function of the module may have the same name as a field.
            call if call.starts_with("fn called") => ["E0049", "E0003"].contains(&diagnostic.code),
            _ => diagnostic.code == "E0049",
        };
        if expected {
            lines.insert(number + 1);
        }
    }
    lines
}

#[test]
fn no_program_looks_into_an_opaque_type_of_the_library() {
    let opaque: Vec<Declared> = public_types().into_iter().filter(|declared| declared.opaque).collect();
    assert!(opaque.len() > 20);
    for declared in opaque {
        let source = attempts(&declared);
        let mut texts = library();
        // A file of the program in the very folder of the type's module.
        for module in ["Main".to_string(), format!("{}.Evil", declared.module)] {
            texts.push(text(&module, false, &source));
            let (program, diagnostics) = run(&texts);
            let shown = report(&texts, &diagnostics);
            assert!(program.is_none(), "{source}");
            let file = texts.len() - 1;
            let wanted: BTreeSet<usize> = (2..=source.lines().count()).collect();
            assert_eq!(refused_lines(&source, &diagnostics, file), wanted, "{source}\n{shown}");
            assert!(diagnostics.iter().all(|diagnostic| diagnostic.file == file), "{shown}");
            texts.pop();
        }
    }
}
