//! Bounded WebSocket load generator for one machine, over TCP or TLS. See README.md for the flags.
mod arguments;
mod echo;
mod fanout;
mod handshake;
mod histogram;
mod idle;
mod opening;
mod plan;
mod process;
mod sockets;
mod storm;
mod stream;
mod tls;

use stream::Plain;
use tls::Tls;

fn main() {
    let a = arguments::Arguments::parse();
    sockets::raise_fd_limit();
    let line = match a.mode.as_str() {
        "echo" if a.tls => echo::run::<Tls>(&a),
        "echo" => echo::run::<Plain>(&a),
        "idle" if a.tls => idle::run::<Tls>(&a),
        "idle" => idle::run::<Plain>(&a),
        "fanout" if a.tls => fanout::run::<Tls>(&a),
        "fanout" => fanout::run::<Plain>(&a),
        "handshake" | "storm" if !a.tls => arguments::usage("handshakes need --tls"),
        "handshake" => handshake::run(&a),
        "storm" => storm::run(&a),
        _ => arguments::usage("the mode must be echo, idle, fanout, handshake or storm"),
    };
    println!("{line}");
}
