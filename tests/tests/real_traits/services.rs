//! HTTP, QUIC and what runs below them.

use std::any::Any;
use std::fmt::{self, Debug};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use static_call::static_dispatch;

use crate::{Backend, INITIAL_NOTES};

fn poll<T>(mut future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

trait Sleep: Send + Sync + Future<Output = ()> {}

impl Sleep for std::future::Ready<()> {}

#[static_dispatch]
trait Timer: Sync {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>>;
    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>>;
    fn now(&self) -> Instant {
        Instant::now()
    }
    fn reset(&self, sleep: &mut Pin<Box<dyn Sleep>>, new_deadline: Instant) {
        *sleep = self.sleep_until(new_deadline);
    }
}

impl Timer for Backend {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.note(duration);
        Box::pin(std::future::ready(()))
    }
    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Sleep>> {
        self.note("until");
        Box::pin(std::future::ready(()))
    }
}

trait AsyncTimer: Send + Debug + 'static {
    fn poll(self: Pin<&mut Self>, cx: &mut Context) -> Poll<()>;
}

impl AsyncTimer for u64 {
    fn poll(self: Pin<&mut Self>, _: &mut Context) -> Poll<()> {
        if *self == 1 {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

trait AsyncUdpSocket: Send + Sync + Debug + 'static {
    fn local_addr(&self) -> io::Result<SocketAddr>;
}

impl AsyncUdpSocket for std::net::UdpSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }
}

#[static_dispatch]
trait Runtime: Send + Sync + Debug + 'static {
    fn new_timer(&self, i: Instant) -> Pin<Box<dyn AsyncTimer>>;
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>);
    #[cfg(not(target_family = "wasm"))]
    #[static_dispatch(cold)]
    fn wrap_udp_socket(&self, t: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>>;
    fn now(&self) -> Instant {
        Instant::now()
    }
}

impl Runtime for Backend {
    fn new_timer(&self, _: Instant) -> Pin<Box<dyn AsyncTimer>> {
        Box::pin(self.note("timer"))
    }
    fn spawn(&self, mut future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.note(poll(future.as_mut()));
    }
    fn wrap_udp_socket(&self, t: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        self.note("wrap");
        Ok(Arc::new(t))
    }
}

#[derive(Debug)]
struct TransportError(u64);

#[derive(Debug)]
struct Keys {
    local: Box<dyn Debug>,
    remote: Box<dyn Debug>,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Client,
}

#[static_dispatch(devirt, inline(Backend))]
trait Session: Send + Sync + 'static {
    fn initial_keys(&self, dst_cid: &[u8], side: Side) -> Keys;
    fn handshake_data(&self) -> Option<Box<dyn Any>>;
    fn peer_identity(&self) -> Option<Box<dyn Any>>;
    fn early_crypto(&self) -> Option<(Box<dyn Debug>, Box<dyn Debug>)>;
    fn early_data_accepted(&self) -> Option<bool>;
    fn is_handshaking(&self) -> bool;
    fn read_handshake(&mut self, buf: &[u8]) -> Result<bool, TransportError>;
    fn transport_parameters(&self) -> Result<Option<u64>, TransportError>;
    fn write_handshake(&mut self, buf: &mut Vec<u8>) -> Option<Keys>;
    fn next_1rtt_keys(&mut self) -> Option<(Box<dyn Debug>, Box<dyn Debug>)>;
    fn is_valid_retry(&self, orig_dst_cid: &[u8], header: &[u8], payload: &[u8]) -> bool;
    fn export_keying_material(
        &self,
        output: &mut [u8],
        label: &[u8],
        context: &[u8],
    ) -> Result<(), TransportError>;
}

impl Session for Backend {
    fn initial_keys(&self, dst_cid: &[u8], side: Side) -> Keys {
        Keys {
            local: Box::new(self.note(dst_cid)),
            remote: Box::new(self.note(side)),
        }
    }
    fn handshake_data(&self) -> Option<Box<dyn Any>> {
        Some(Box::new(self.note("data")))
    }
    fn peer_identity(&self) -> Option<Box<dyn Any>> {
        None
    }
    fn early_crypto(&self) -> Option<(Box<dyn Debug>, Box<dyn Debug>)> {
        Some((Box::new(self.note("early")), Box::new("key")))
    }
    fn early_data_accepted(&self) -> Option<bool> {
        Some(true)
    }
    fn is_handshaking(&self) -> bool {
        self.notes().len() > 1
    }
    fn read_handshake(&mut self, buf: &[u8]) -> Result<bool, TransportError> {
        Err(TransportError(self.note(buf)))
    }
    fn transport_parameters(&self) -> Result<Option<u64>, TransportError> {
        Ok(Some(self.note("parameters")))
    }
    fn write_handshake(&mut self, buf: &mut Vec<u8>) -> Option<Keys> {
        buf.push(self.note("write") as u8);
        None
    }
    fn next_1rtt_keys(&mut self) -> Option<(Box<dyn Debug>, Box<dyn Debug>)> {
        self.note("next");
        None
    }
    fn is_valid_retry(&self, orig_dst_cid: &[u8], header: &[u8], payload: &[u8]) -> bool {
        self.note((orig_dst_cid, header, payload)) > 1
    }
    fn export_keying_material(
        &self,
        output: &mut [u8],
        label: &[u8],
        context: &[u8],
    ) -> Result<(), TransportError> {
        output.fill(self.note((label, context)) as u8);
        Ok(())
    }
}

#[static_dispatch]
trait HmacKey: Send + Sync {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]);
    fn signature_len(&self) -> usize;
    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), fmt::Error>;
}

impl HmacKey for Backend {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        signature_out.fill(self.note(data) as u8);
    }
    fn signature_len(&self) -> usize {
        32
    }
    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), fmt::Error> {
        self.note((data, signature));
        Err(fmt::Error)
    }
}

#[derive(Debug)]
struct ConnectionId {
    len: u8,
    bytes: [u8; 20],
}

#[static_dispatch(devirt, inline(Backend))]
trait ConnectionIdGenerator: Send + Sync {
    fn generate_cid(&mut self) -> ConnectionId;
    fn validate(&self, _cid: &ConnectionId) -> Result<(), fmt::Error> {
        Ok(())
    }
    fn cid_len(&self) -> usize;
    fn cid_lifetime(&self) -> Option<Duration>;
}

impl ConnectionIdGenerator for Backend {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId {
            len: 8,
            bytes: [self.note("id") as u8; 20],
        }
    }
    fn cid_len(&self) -> usize {
        8
    }
    fn cid_lifetime(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.note("lifetime")))
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// `reqwest::dns::Addrs`
type Addresses = Box<dyn Iterator<Item = SocketAddr> + Send>;

#[static_dispatch]
trait Resolve: Send + Sync {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Addresses>>;
}

impl Resolve for Backend {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Addresses>> {
        let port = self.note(name) as u16;
        let addresses = [SocketAddr::from(([127, 0, 0, 1], port))];
        let addresses: Addresses = Box::new(addresses.into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// `http::HeaderValue`
#[derive(Debug, PartialEq)]
struct HeaderValue(Vec<u8>);

#[static_dispatch(noop)]
trait CookieStore: Send + Sync {
    fn set_cookies(&self, cookie_headers: &mut dyn Iterator<Item = &HeaderValue>, url: &str);
    fn cookies(&self, url: &str) -> Option<HeaderValue>;
}

impl CookieStore for Backend {
    fn set_cookies(&self, cookie_headers: &mut dyn Iterator<Item = &HeaderValue>, url: &str) {
        self.note((url, cookie_headers.collect::<Vec<_>>()));
    }
    fn cookies(&self, url: &str) -> Option<HeaderValue> {
        Some(HeaderValue(vec![self.note(url) as u8]))
    }
}

#[derive(Debug)]
struct HttpRequest {
    body: Vec<u8>,
}

#[static_dispatch]
trait HttpConnector: Send + Sync + fmt::Debug {
    fn call(&self, request: HttpRequest) -> BoxFuture<'static, io::Result<Vec<u8>>>;
}

impl HttpConnector for Backend {
    fn call(&self, request: HttpRequest) -> BoxFuture<'static, io::Result<Vec<u8>>> {
        self.note(&request);
        Box::pin(std::future::ready(Ok(request.body)))
    }
}

#[derive(Debug, Default)]
struct RuntimeComponents(Option<Arc<u64>>);

/// `aws_smithy_types::config_bag::ConfigBag`
#[derive(Debug, Default)]
struct ConfigBag(Vec<u64>);

#[derive(Debug)]
struct Identity(String);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[static_dispatch]
trait ResolveIdentity: Send + Sync + Debug {
    fn resolve_identity<'a>(
        &'a self,
        runtime_components: &'a RuntimeComponents,
        config_bag: &'a ConfigBag,
    ) -> BoxFuture<'a, Result<Identity, BoxError>>;
    fn fallback_on_interrupt(&self) -> Option<Identity> {
        None
    }
    fn cache_location(&self) -> Side {
        Side::Client
    }
    fn cache_partition(&self) -> Option<u64> {
        None
    }
}

impl ResolveIdentity for Backend {
    fn resolve_identity<'a>(
        &'a self,
        runtime_components: &'a RuntimeComponents,
        config_bag: &'a ConfigBag,
    ) -> BoxFuture<'a, Result<Identity, BoxError>> {
        Box::pin(async move {
            let number = self.note((runtime_components, config_bag));
            Ok(Identity(number.to_string()))
        })
    }
}

#[static_dispatch]
trait Sign: Send + Sync + fmt::Debug {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        auth_scheme_endpoint_config: Option<&[u8]>,
        runtime_components: &RuntimeComponents,
        config_bag: &ConfigBag,
    ) -> Result<(), BoxError>;
}

impl Sign for Backend {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        auth_scheme_endpoint_config: Option<&[u8]>,
        runtime_components: &RuntimeComponents,
        config_bag: &ConfigBag,
    ) -> Result<(), BoxError> {
        let arguments = (
            identity,
            auth_scheme_endpoint_config,
            runtime_components,
            config_bag,
        );
        request.body.push(self.note(arguments) as u8);
        Err("not signed".into())
    }
}

#[static_dispatch(default: Backend = Backend::with(&INITIAL_NOTES))]
trait TimeSource: Debug + Send + Sync {
    fn now(&self) -> SystemTime;
}

impl TimeSource for Backend {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.note("now"))
    }
}

#[static_dispatch]
trait AsyncSleep: Debug + Send + Sync {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>>;
}

impl AsyncSleep for Backend {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.note(duration);
        Box::pin(std::future::pending())
    }
}

real_traits! {
    "hyper 1.12.0" "rt::Timer", Static, ["`: Sync` added"];
    fn timer(this: Timer) {
        let mut sleep = this.sleep(Duration::from_secs(1));
        this.reset(&mut sleep, this.now());
        poll(sleep.as_mut())
    }

    "quinn 0.11.12" "Runtime", Static, ["`#[track_caller]` removed from a method"];
    fn runtime(this: Runtime) {
        this.spawn(Box::pin(async {}));
        let mut timer = this.new_timer(this.now());
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|socket| this.wrap_udp_socket(socket));
        let address = socket.and_then(|socket| socket.local_addr());
        let pending = timer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        (pending, address.map(|address| address.ip()).ok())
    }

    "quinn-proto 0.11.19" "crypto::Session", Devirt, [];
    fn session(this: Session) {
        let mut written = Vec::new();
        let mut material = [0; 4];
        (
            format!("{:?}", this.initial_keys(b"id", Side::Client)),
            this.handshake_data().and_then(|data| data.downcast_ref::<u64>().copied()),
            (this.peer_identity().is_some(), this.early_data_accepted(), this.is_handshaking()),
            format!("{:?}", this.early_crypto()),
            this.read_handshake(b"hello"),
            this.transport_parameters(),
            (this.write_handshake(&mut written).is_some(), this.next_1rtt_keys().is_some()),
            this.is_valid_retry(b"id", b"header", b"payload"),
            this.export_keying_material(&mut material, b"label", b"context"),
            (written, material),
        )
    }

    "quinn-proto 0.11.19" "crypto::HmacKey", Static, [];
    fn hmac_key(this: HmacKey) {
        let mut signature = [0; 2];
        this.sign(b"data", &mut signature);
        (this.signature_len(), this.verify(b"data", &signature), signature)
    }

    "quinn-proto 0.11.19" "ConnectionIdGenerator", Devirt, [];
    fn connection_id_generator(this: ConnectionIdGenerator) {
        let id = this.generate_cid();
        (this.validate(&id), id, this.cid_len(), this.cid_lifetime())
    }

    "reqwest 0.12.28" "dns::Resolve", Static, [];
    fn resolve(this: Resolve) {
        poll(this.resolve("name".into()).as_mut()).map(|found| found.map(Iterator::collect::<Vec<_>>).ok())
    }

    "reqwest 0.12.28" "cookie::CookieStore", Static, [];
    fn cookie_store(this: CookieStore) {
        let headers = [HeaderValue(vec![1]), HeaderValue(vec![2])];
        this.set_cookies(&mut headers.iter(), "http://host");
        this.cookies("http://host")
    }

    "aws-smithy-runtime-api 1.20.0" "client::http::HttpConnector", Static, [];
    fn http_connector(this: HttpConnector) {
        poll(this.call(HttpRequest { body: vec![1] }).as_mut()).map(Result::ok)
    }

    "aws-smithy-runtime-api 1.20.0" "client::identity::ResolveIdentity", Static, [];
    fn resolve_identity(this: ResolveIdentity) {
        let (components, bag) = (RuntimeComponents(Some(Arc::new(1))), ConfigBag(vec![2]));
        let mut resolved = this.resolve_identity(&components, &bag);
        let identity = poll(resolved.as_mut()).map(Result::ok);
        (identity, this.fallback_on_interrupt(), this.cache_location(), this.cache_partition())
    }

    "aws-smithy-runtime-api 1.20.0" "client::auth::Sign", Static, [];
    fn sign(this: Sign) {
        let mut request = HttpRequest { body: vec![] };
        let (components, bag) = (RuntimeComponents::default(), ConfigBag::default());
        let identity = Identity("name".into());
        let signed = this.sign_http_request(&mut request, &identity, Some(b"scheme"), &components, &bag);
        (request, signed.map_err(|error| error.to_string()))
    }

    "aws-smithy-async 1.3.1" "time::TimeSource", Static, [];
    fn time_source(this: TimeSource) { this.now() }

    "aws-smithy-async 1.3.1" "rt::sleep::AsyncSleep", Static, [];
    fn async_sleep(this: AsyncSleep) { poll(this.sleep(Duration::from_millis(1)).as_mut()) }
}
