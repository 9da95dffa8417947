//! Traits of well-known crates that are refused, as their crates have them, but that `Sync` is added where a trait for
//! static calls lacks it. `tests/real_traits` makes a table of them, of the comments here.

#![allow(unused_variables)]

use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use static_call::{Devirt, static_dispatch};

/// What is listed for `devirt`.
pub struct Unit;

/// What stands for all types of the crates that do not matter here.
#[derive(Debug)]
pub struct Other;

pub mod tracing_subscriber {
    use super::*;

    // tracing-subscriber 0.3.23 `layer::Layer`: a trait for the one subscriber that the program has, whose methods take
    // `&self`; setting up is a method of the type
    #[static_dispatch]
    pub trait Layer<S>: Sync
    //~ error at `S`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
    where
        Self: 'static,
    {
        fn on_register_dispatch(&self, subscriber: &Other) {}
        fn on_layer(&mut self, subscriber: &mut S) {}
        //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn enabled(&self, metadata: &Other, ctx: &S) -> bool {
            true
        }
        fn and_then<L>(self, layer: L) -> (L, Self)
        where
            L: Layer<S>,
            Self: Sized,
        {
            (layer, self)
        }
    }

    // tracing-subscriber 0.3.23 `layer::Filter`: a trait for the one subscriber that the program has
    #[static_dispatch]
    pub trait Filter<S>: Sync {
    //~ error at `S`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn enabled(&self, meta: &Other, cx: &S) -> bool;
        fn callsite_enabled(&self, meta: &'static Other) -> bool {
            true
        }
    }

    // tracing-subscriber 0.3.23 `fmt::MakeWriter`: a method that returns `Box<dyn io::Write + '_>`
    #[static_dispatch]
    pub trait MakeWriter<'a>: Sync {
    //~ error at `'a`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        type Writer: io::Write;
        //~ error at `Writer`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn make_writer(&'a self) -> Self::Writer;
        fn make_writer_for(&'a self, meta: &Other) -> Self::Writer {
            self.make_writer()
        }
    }
}

pub mod slog {
    use super::*;

    // slog 2.8.2 `Drain`: one type of results and one of errors
    #[static_dispatch]
    pub trait Drain: Sync {
        type Ok;
        //~ error at `Ok`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Err;
        //~ error at `Err`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn log(&self, record: &Other, values: &Other) -> Result<Self::Ok, Self::Err>;
        fn flush(&self) -> Result<(), Other> {
            Ok(())
        }
        #[inline]
        fn is_enabled(&self, level: u8) -> bool {
            true
        }
        fn map<F, R>(self, f: F) -> R
        where
            Self: Sized,
            F: FnOnce(Self) -> R,
        {
            f(self)
        }
    }

    macro_rules! impl_default_as_fmt {
        ($name:ident $type:ty) => {
            fn $name(&mut self, key: &'static str, val: $type) -> Result<(), Other>;
        };
    }

    // slog 2.8.2 `Serializer`: the methods written out; or the macro makes the whole trait, with the attribute
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Serializer {
        impl_default_as_fmt!(emit_u64 u64);
        //~ error at `impl_default_as_fmt!(emit_u64 u64);`: the methods that a macro makes cannot be seen from here; write them out, or have the macro make the whole trait
        fn emit_unit(&mut self, key: &'static str) -> Result<(), Other>;
    }
}

pub mod opentelemetry_sdk {
    use super::*;

    // opentelemetry_sdk 0.31.0 `trace::SpanProcessor`: `set_resource` with `where Self: Sized`, called before the processor
    // is put in force
    #[static_dispatch]
    pub trait SpanProcessor: Send + Sync + std::fmt::Debug {
        fn on_start(&self, span: &mut Other, cx: &Other);
        fn on_end(&self, span: Other);
        fn force_flush(&self) -> Result<(), Other>;
        fn set_resource(&mut self, _resource: &Other) {}
        //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    }

    // opentelemetry_sdk 0.31.0 `logs::LogProcessor`: `set_resource` with `where Self: Sized`, called before the processor
    // is put in force
    #[static_dispatch]
    pub trait LogProcessor: Send + Sync + Debug {
        fn emit(&self, data: &mut Other, instrumentation: &Other);
        fn force_flush(&self) -> Result<(), Other>;
        fn set_resource(&mut self, _resource: &Other) {}
        //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    }
}

pub mod cryptography {
    use super::*;

    // rustls 0.23.46 `crypto::hash::Context`: a trait for the methods but `finish`; the object is called as before
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Hashing: Send + Sync {
        fn fork_finish(&self) -> [u8; 64];
        fn fork(&self) -> Box<dyn Hashing>;
        fn finish(self: Box<Self>) -> [u8; 64];
        //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
        fn update(&mut self, data: &[u8]);
    }

    // rustls 0.23.46 `crypto::ActiveKeyExchange`: nothing, as each object is called once
    #[static_dispatch(devirt, inline(Unit))]
    pub trait ActiveKeyExchange: Send + Sync {
        fn complete(self: Box<Self>, peer_pub_key: &[u8]) -> Result<Other, Other>;
        //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
        fn complete_for_tls_version(
            self: Box<Self>,
            //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            peer_pub_key: &[u8],
            tls_version: &Other,
        ) -> Result<Other, Other> {
            self.complete(peer_pub_key)
        }
        fn pub_key(&self) -> &[u8];
    }

    // digest 0.11.3 `DynDigest`: a trait for the methods that take `&mut self`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait DynDigest {
        fn update(&mut self, data: &[u8]);
        fn finalize(mut self: Box<Self>) -> Box<[u8]> {
        //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            self.finalize_reset()
        }
        fn finalize_into(self, buf: &mut [u8]) -> Result<(), Other>;
        //~ error at `self`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
        fn finalize_reset(&mut self) -> Box<[u8]>;
        fn box_clone(&self) -> Box<dyn DynDigest>;
    }

    // rand_core 0.10.1 `TryRng`: one type of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait TryRng {
        type Error: core::error::Error;
        //~ error at `Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn try_next_u32(&mut self) -> Result<u32, Self::Error>;
        fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error>;
    }
}

pub mod hardware {
    use super::*;

    pub trait ErrorType {
        type Error: Debug;
    }

    // embedded-hal 1.0.0 `digital::OutputPin`: one type of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait OutputPin: ErrorType {
        fn set_low(&mut self) -> Result<(), Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn set_high(&mut self) -> Result<(), Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    }

    // embedded-hal 1.0.0 `i2c::I2c`: a trait for the one kind of address, with one type of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait I2c<A: Copy = u8>: ErrorType {
    //~ error at `A: Copy = u8`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn transaction(&mut self, address: A, operations: &mut [Other]) -> Result<(), Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    }

    // embedded-hal 1.0.0 `spi::SpiBus`: a trait for the one kind of word, with one type of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait SpiBus<Word: Copy + 'static = u8>: ErrorType {
    //~ error at `Word: Copy + 'static = u8`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn read(&mut self, words: &mut [Word]) -> Result<(), Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn flush(&mut self) -> Result<(), Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    }

    // embedded-io 0.7.1 `Read`: one type of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Read: ErrorType {
        fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error>;
        //~ error at `Self::Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
    }

    // image 0.25.10 `ImageDecoder`: a trait for the methods that take `&self` and `&mut self`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait ImageDecoder {
        fn dimensions(&self) -> (u32, u32);
        fn icc_profile(&mut self) -> Result<Option<Vec<u8>>, Other> {
            Ok(None)
        }
        fn read_image(self, buf: &mut [u8]) -> Result<(), Other>
        where
            Self: Sized;
            //~ error at `Self: Sized`: `where Self: Sized` keeps the method out of the trait object; remove it, or give the method a default body to keep it out of the dispatch
        fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> Result<(), Other>;
        //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    }

    // image 0.25.10 `ImageEncoder`: nothing, as each object is called once
    #[static_dispatch(devirt, inline(Unit))]
    pub trait ImageEncoder {
        fn write_image(
            self,
            //~ error at `self`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            buf: &[u8],
            width: u32,
            height: u32,
            color_type: u8,
        ) -> Result<(), Other>;
        fn set_icc_profile(&mut self, icc_profile: Vec<u8>) -> Result<(), Other> {
            Err(Other)
        }
    }

    // notify 8.2.2 `Watcher`: constructors with default bodies, or as functions of the types
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Watcher {
        fn new<F: FnMut(Other)>(event_handler: F, config: Other) -> Result<Self, Other>
        //~ error at `new`: a `Devirt` has no object to ask where there is no receiver; give the method a default body
        where
            Self: Sized;
        fn watch(&mut self, path: &std::path::Path) -> Result<(), Other>;
        fn kind() -> u8
        //~ error at `kind`: a `Devirt` has no object to ask where there is no receiver; give the method a default body
        where
            Self: Sized;
    }
}

pub mod storage {
    use super::*;

    // object_store 0.12.5 `client::CredentialProvider`: one type of credentials
    #[static_dispatch]
    pub trait CredentialProvider: std::fmt::Debug + Send + Sync {
        type Credential;
        //~ error at `Credential`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn get_credential<'life0, 'async_trait>(
            &'life0 self,
        ) -> Pin<Box<dyn Future<Output = Arc<Self::Credential>> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait;
    }

    // r2d2 0.8.10 `ManageConnection`: one type of connections and one of errors
    #[static_dispatch]
    pub trait ManageConnection: Send + Sync + 'static {
        type Connection: Send + 'static;
        //~ error at `Connection`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Error: std::error::Error + 'static;
        //~ error at `Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn connect(&self) -> Result<Self::Connection, Self::Error>;
        fn is_valid(&self, conn: &mut Self::Connection) -> Result<(), Self::Error>;
    }

    // r2d2 0.8.10 `HandleError`: a trait for the one type of errors
    #[static_dispatch]
    pub trait HandleError<E>: Debug + Send + Sync + 'static {
    //~ error at `E`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn handle_error(&self, error: E);
    }

    // r2d2 0.8.10 `CustomizeConnection`: a trait for the one type of connections and of errors
    #[static_dispatch]
    pub trait CustomizeConnection<C, E>: Debug + Send + Sync + 'static {
    //~ error at `C`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
    //~ error at `E`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn on_acquire(&self, conn: &mut C) -> Result<(), E> {
            Ok(())
        }
        fn on_release(&self, conn: C) {}
    }

    // postgres-types 0.2.14 `ToSql`: `to_sql` with a default body, or as a function of the types
    #[static_dispatch]
    pub trait ToSql: Debug + Sync {
        fn to_sql(&self, ty: &Other, out: &mut Vec<u8>) -> Result<bool, Other>
        where
            Self: Sized;
            //~ error at `Self: Sized`: `where Self: Sized` keeps the method out of the trait object; remove it, or give the method a default body to keep it out of the dispatch
        fn accepts(ty: &Other) -> bool
        where
            Self: Sized;
        fn to_sql_checked(&self, ty: &Other, out: &mut Vec<u8>) -> Result<bool, Other>;
    }

    // arrow-array 57.3.2 `array::Array`: the two methods with `where Self: Sized` and a default body
    #[static_dispatch]
    pub unsafe trait Array: std::fmt::Debug + Send + Sync {
        fn as_any(&self) -> &dyn std::any::Any;
        fn to_data(&self) -> Other;
        fn into_data(self) -> Other;
        //~ error at `self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn shrink_to_fit(&mut self) {}
        //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn len(&self) -> usize;
    }

    // arrow-array 57.3.2 `RecordBatchReader`: a method that returns `Option<Result<RecordBatch, ArrowError>>`
    #[static_dispatch(devirt, inline(Reader))]
    pub trait RecordBatchReader: Iterator<Item = Result<Other, Other>> {
        fn schema(&self) -> Arc<Other>;
    }

    pub struct Reader;

    impl Iterator for Reader {
        type Item = Result<Other, Other>;
        fn next(&mut self) -> Option<Self::Item> {
            None
        }
    }

    impl RecordBatchReader for Reader {
        fn schema(&self) -> Arc<Other> {
            Arc::new(Other)
        }
    }

    pub fn read(reader: Devirt<Box<dyn RecordBatchReader>>) -> Arc<Other> {
        reader.schema()
        //~ error[E0599]: Iterator
    }

    // erased-serde 0.4.11 `Deserializer`: nothing, as each object is called once
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Deserializer<'de> {
    //~ error at `'de`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn erased_deserialize_any(
            &mut self,
            visitor: &mut dyn Visitor<'de>,
        ) -> Result<Other, Other>;
        fn erased_is_human_readable(&self) -> bool;
    }

    pub trait Visitor<'de> {
        fn erased_visit_borrowed_str(&mut self, v: &'de str) -> Result<Other, Other>;
    }
}

pub mod standard {
    use super::*;

    // std 1.95 `io::BufRead`: the methods of `Read` that are needed, in one trait with the others
    #[static_dispatch(devirt, inline(Buffered))]
    pub trait BufRead: io::Read {
        fn fill_buf(&mut self) -> io::Result<&[u8]>;
        fn consume(&mut self, amount: usize);
        fn read_line(&mut self, buf: &mut String) -> io::Result<usize> {
            Ok(0)
        }
    }

    pub struct Buffered;

    impl io::Read for Buffered {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(0)
        }
    }

    impl BufRead for Buffered {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            Ok(&[])
        }
        fn consume(&mut self, _: usize) {}
    }

    pub fn consume(mut reader: Devirt<Box<dyn BufRead>>) {
        reader.consume(1);
        //~ error[E0599]: Read
    }

    // std 1.95 `iter::Iterator`: a trait for the one type of items
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Iterating {
        type Item;
        //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn next(&mut self) -> Option<Self::Item>;
        fn size_hint(&self) -> (usize, Option<usize>) {
            (0, None)
        }
        fn map<B, F: FnMut(Self::Item) -> B>(self, f: F) -> (Self, F)
        where
            Self: Sized,
        {
            (self, f)
        }
    }

    // std 1.95 `future::Future`: `&mut self`, for types that are `Unpin`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Future {
        type Output;
        //~ error at `Output`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output>;
        //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    }

    // futures-core 0.3.34 `Stream`: `&mut self`, for types that are `Unpin`, and one type of items
    #[must_use = "streams do nothing unless polled"]
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Stream {
        type Item;
        //~ error at `Item`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>>;
        //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
        #[inline]
        fn size_hint(&self) -> (usize, Option<usize>) {
            (0, None)
        }
    }

    // futures-io 0.3.34 `AsyncRead`: `&mut self`, for types that are `Unpin`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait AsyncRead {
        fn poll_read(
            self: Pin<&mut Self>,
            //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            cx: &mut Context<'_>,
            buf: &mut [u8],
        ) -> Poll<io::Result<usize>>;
    }
}

pub mod services {
    use super::*;

    // hyper 1.12.0 `rt::Read`: `&mut self`, for types that are `Unpin`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Read {
        fn poll_read(
            self: Pin<&mut Self>,
            //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            cx: &mut Context<'_>,
            buf: Other,
        ) -> Poll<Result<(), io::Error>>;
    }

    // hyper 1.12.0 `rt::Executor`: a trait for boxed futures
    #[static_dispatch]
    pub trait Executor<Fut>: Sync {
    //~ error at `Fut`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn execute(&self, fut: Fut);
    }

    // hyper 1.12.0 `rt::Sleep`: nothing, as futures are polled pinned
    #[static_dispatch(devirt, inline(std::future::Ready<()>))]
    //~ error[E0277]: is not a future
    pub trait Sleep: Send + Sync + Future<Output = ()> {
        #[static_dispatch(cold)]
        fn __type_id(&self, _: Other) -> std::any::TypeId
        where
            Self: 'static,
        {
            std::any::TypeId::of::<Self>()
        }
    }

    impl Sleep for std::future::Ready<()> {}

    // hyper 1.12.0 `service::Service`: a trait for the one type of requests, which returns boxed futures
    #[static_dispatch]
    pub trait HttpService<Request>: Sync {
    //~ error at `Request`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        type Response;
        //~ error at `Response`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Error;
        //~ error at `Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Future: Future<Output = Result<Self::Response, Self::Error>>;
        //~ error at `Future`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn call(&self, req: Request) -> Self::Future;
    }

    // tower-service 0.3.3 `Service`: a trait for the one type of requests, which returns boxed futures
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Service<Request> {
    //~ error at `Request`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        type Response;
        //~ error at `Response`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Error;
        //~ error at `Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Future: Future<Output = Result<Self::Response, Self::Error>>;
        //~ error at `Future`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>>;
        #[must_use = "futures do nothing unless you `.await` or poll them"]
        fn call(&mut self, req: Request) -> Self::Future;
    }

    // tower-layer 0.3.3 `Layer`: nothing, as layers are called when a program is put together
    #[static_dispatch]
    pub trait Layer<S>: Sync {
    //~ error at `S`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        type Service;
        //~ error at `Service`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn layer(&self, inner: S) -> Self::Service;
    }

    // http-body 1.1.0 `Body`: `&mut self`, for types that are `Unpin`, and one type of data and one of errors
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Body {
        type Data: AsRef<[u8]>;
        //~ error at `Data`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        type Error;
        //~ error at `Error`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        fn poll_frame(
            self: Pin<&mut Self>,
            //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Self::Data, Self::Error>>>;
        fn is_end_stream(&self) -> bool {
            false
        }
    }

    // quinn 0.11.12 `AsyncUdpSocket`: `create_io_poller` as a function that takes an `Arc<dyn AsyncUdpSocket>`
    #[static_dispatch]
    pub trait AsyncUdpSocket: Send + Sync + Debug + 'static {
        fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>>;
        //~ error at `self: Arc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn try_send(&self, transmit: &Other) -> io::Result<()>;
        fn may_fragment(&self) -> bool {
            true
        }
    }

    // quinn 0.11.12 `UdpPoller`: `&mut self`, for types that are `Unpin`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait UdpPoller: Send + Sync + Debug + 'static {
        fn poll_writable(self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>>;
        //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    }

    // quinn 0.11.12 `AsyncTimer`: `&mut self`, for types that are `Unpin`
    #[static_dispatch(devirt, inline(Unit))]
    pub trait AsyncTimer: Send + Debug + 'static {
        fn reset(self: Pin<&mut Self>, i: Instant);
        //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
        fn poll(self: Pin<&mut Self>, cx: &mut Context) -> Poll<()>;
        //~ error at `self: Pin<&mut Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    }

    // quinn-proto 0.11.19 `congestion::Controller`: `into_any` with `where Self: Sized` and a default body
    #[static_dispatch(devirt, inline(Unit))]
    pub trait Controller: Send + Sync {
        fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {}
        fn on_mtu_update(&mut self, new_mtu: u16);
        fn window(&self) -> u64;
        fn clone_box(&self) -> Box<dyn Controller>;
        fn into_any(self: Box<Self>) -> Box<dyn std::any::Any>;
        //~ error at `self: Box<Self>`: a `Devirt` lends its object, so a method takes `&self` or `&mut self`; or add `where Self: Sized` and a default body to keep the method out of it
    }

    // quinn-proto 0.11.19 `congestion::ControllerFactory`: `&self`
    #[static_dispatch]
    pub trait ControllerFactory: Sync {
        fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller>;
        //~ error at `self: Arc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    }

    // stabby 72.1.16 `closure::Call1`: a trait for the one type of arguments and of results
    #[static_dispatch]
    pub trait Call1<O, I0>: Sync {
    //~ error at `O`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
    //~ error at `I0`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        extern "C" fn call(&self, _0: I0) -> O;
    }

    // miette 7.6.0 `SpanContents`: methods that return what `&self` lends
    #[static_dispatch(devirt, inline(Unit))]
    pub trait SpanContents<'a> {
    //~ error at `'a`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
        fn data(&self) -> &'a [u8];
        fn line(&self) -> usize;
        fn name(&self) -> Option<&str> {
            None
        }
    }
}

pub mod without_trait_object {
    use super::*;

    // prometheus 0.14.0 `Encoder` (no trait object): `&mut dyn Write`
    #[static_dispatch]
    pub trait Encoder: Sync {
        fn encode<W: io::Write>(&self, mfs: &[Other], writer: &mut W) -> Result<(), Other>;
        //~ error at `W: io::Write`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn format_type(&self) -> &str;
    }

    // redb 4.6.0 `Value` (no trait object): nothing, as each table knows its types
    #[static_dispatch]
    pub trait Value: Debug + Sync {
        type SelfType<'a>: Debug + 'a
        //~ error at `SelfType`: an associated type differs between implementations and cannot be dispatched; use one type for all of them, such as a boxed trait object
        where
            Self: 'a;
        const NICHE: Option<&'static [u8]> = None;
        //~ error at `NICHE`: an associated constant differs between implementations and cannot be dispatched; make it a method: `fn name() -> Type where Self: Sized`
        fn fixed_width() -> Option<usize>;
        //~ error at `fixed_width`: a method without receiver needs `where Self: Sized`; add it, and calls through the handle are dispatched all the same
        fn from_bytes<'a>(data: &'a [u8]) -> Self::SelfType<'a>
        //~ error at `from_bytes`: a method without receiver needs `where Self: Sized`; add it, and calls through the handle are dispatched all the same
        where
            Self: 'a;
    }

    // std 1.95 `task::Wake` (no trait object): `&self`
    #[static_dispatch]
    pub trait Wake: Sync {
        fn wake(self: Arc<Self>);
        //~ error at `self: Arc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
        fn wake_by_ref(self: &Arc<Self>) {
        //~ error at `self: &Arc<Self>`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
            self.clone().wake();
        }
    }

    // rusqlite 0.41.1 `types::FromSql` (no trait object): nothing, as each call knows its type
    #[static_dispatch]
    pub trait FromSql: Sized + Sync {
    //~ error at `Sized`: a trait that requires `Sized` has no trait object; remove the bound
        fn column_result(value: &Other) -> Result<Self, Other>;
        //~ error at `column_result`: a method without receiver needs `where Self: Sized`; add it, and calls through the handle are dispatched all the same
        //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    }
}
