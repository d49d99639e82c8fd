//! TLS servers: what they go by, and their sockets.

use super::context::*;
use super::define::define;
use crate::abi::{Loaded, NetError};
use crate::actor::reply_place::Waiter;
use crate::handles::handle::{Reference, SocketHandle};
use crate::io::socket_operations as socket;
use crate::io::tls::configuration::{self, Files};

define! {
    fn tls_configuration(context, files: Ref, client_authorities: Ref) -> Int {
        let texts: Vec<String> = context.array(files).iter().map(|file| context.text(*file).into_owned()).collect();
        let pair = |pair: &[String]| (pair[0].clone(), pair[1].clone());
        let authorities = context.text(client_authorities).into_owned();
        let client_authorities = (!authorities.is_empty()).then_some(authorities);
        let files = Files { pairs: texts.chunks_exact(2).map(pair).collect(), client_authorities };
        context.runtime().io.tls.find(files) as i64
    }

    fn tls_load(context, configuration: Int, anew: Bool) -> Option<Reference> {
        let runtime = context.runtime();
        let configuration = runtime.io.tls.get(configuration)?;
        if runtime.deterministic() {
            configuration.load_here(nowhere(context), anew);
            return None;
        }
        let place = runtime.actors.new_place(context.pid());
        configuration.ask(place, anew, &runtime.io.blocking, &runtime.io.link);
        Some(place.reference)
    }

    fn tls_loaded(context, configuration: Int, place: Int) -> (Ref, Ref, Loaded) {
        let place = match Reference::from_int(place) {
            Some(reference) => Waiter { pid: context.pid(), reference },
            None => nowhere(context),
        };
        let configuration = context.runtime().io.tls.get(configuration);
        let (path, why, loaded) = match configuration.and_then(|configuration| configuration.take(place)) {
            Some(configuration::Loaded::New) => (String::new(), String::new(), Loaded::New),
            Some(configuration::Loaded::Same) => (String::new(), String::new(), Loaded::Same),
            Some(configuration::Loaded::Bad(bad)) => (bad.path, bad.why, Loaded::Bad),
            None => return context.crash("tls_loaded: nothing was asked for"),
        };
        (context.new_bytes(path.as_bytes()), context.new_bytes(why.as_bytes()), loaded)
    }

    fn tls_accept(context, socket: SocketHandle, configuration: Int, received: Ref) -> Result<(), NetError> {
        let configuration = context.runtime().io.tls.get(configuration);
        let config = configuration.and_then(|configuration| configuration.current());
        let config = config.ok_or(NetError::OtherFailure)?;
        socket::begin_tls(context.worker(), context.record, socket, config, context.bytes(received))
    }

    fn tls_agreement(context, socket: SocketHandle) -> Option<(Int, Ref, Ref)> {
        let agreement = socket::tls_agreement(context.worker(), context.record, socket)?;
        let name = agreement.server_name.unwrap_or_default();
        let certificate = agreement.certificate.unwrap_or_default();
        Some((agreement.minor_version, context.new_bytes(name.as_bytes()), context.new_bytes(&certificate)))
    }

    fn tls_fault(context, socket: SocketHandle) -> Ref {
        let fault = socket::tls_fault(context.worker(), context.record, socket);
        context.new_bytes(fault.unwrap_or_default().as_bytes())
    }
}

/// Where the caller waits that does not wait.
fn nowhere(context: Context) -> Waiter {
    Waiter { pid: context.pid(), reference: Reference::ANY }
}
