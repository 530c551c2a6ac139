//! The one port: takes connections, hands requests in, and can slam a connection shut when a fault rule says so.

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use std::{convert::Infallible, io, os::fd::AsFd, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

/// Marks a response that must not be given: its connection is reset instead.
#[derive(Clone)]
pub struct Reset;

impl Reset {
    /// A response that resets its connection.
    pub fn response() -> Response<Body> {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Self);
        response
    }
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, house: Router) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, house.clone()));
            }
            // Too many open files, mostly: it passes.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, house: Router) {
    let _slower_then = stream.set_nodelay(true);
    let Ok(handle) = stream.as_fd().try_clone_to_owned() else { return };
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut house = house.clone();
        let handle = handle.try_clone();
        async move {
            let response: Result<Response<Body>, Infallible> = house.call(request.map(Body::new)).await;
            let Ok(response) = response;
            if response.extensions().get::<Reset>().is_some() {
                if let Ok(handle) = handle {
                    // With no time to linger the kernel answers with a reset as soon as the last handle closes.
                    let _closes_politely = SockRef::from(&handle).set_linger(Some(Duration::ZERO));
                }
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            Ok(response)
        }
    });
    // An error is a client that went away, or our own reset.
    let _gone = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}
