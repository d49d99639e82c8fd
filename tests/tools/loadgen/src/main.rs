//! Bounded WebSocket load generator for one machine. See README.md for the flags.
mod arguments;
mod echo;
mod fanout;
mod histogram;
mod idle;
mod plan;
mod process;
mod sockets;

fn main() {
    let a = arguments::Arguments::parse();
    sockets::raise_fd_limit();
    let line = match a.mode.as_str() {
        "echo" => echo::run(&a),
        "idle" => idle::run(&a),
        "fanout" => fanout::run(&a),
        _ => arguments::usage("the mode must be echo, idle or fanout"),
    };
    println!("{line}");
}
