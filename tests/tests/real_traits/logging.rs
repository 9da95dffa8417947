//! Logging, tracing and metrics.
#![allow(unsafe_code)]
#![allow(
    unexpected_cfgs,
    reason = "the crates have configurations that this one lacks"
)]

use std::any::TypeId;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug};
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use log::{Metadata as LogMetadata, Record};
use static_call::{Static, static_dispatch};
use tracing_core::field::{Field, Value};
use tracing_core::span::{self, Attributes, Id};
use tracing_core::subscriber::Interest;
use tracing_core::{Event, Kind, Level, LevelFilter, Metadata, callsite};

use crate::Backend;

#[static_dispatch(noop)]
trait Log: Sync + Send {
    fn enabled(&self, metadata: &LogMetadata) -> bool;
    fn log(&self, record: &Record);
    fn flush(&self);
}

impl Log for Backend {
    fn enabled(&self, metadata: &LogMetadata) -> bool {
        metadata.level() <= log::Level::Info
    }
    fn log(&self, record: &Record) {
        self.note(record);
    }
    fn flush(&self) {
        self.note("flush");
    }
}

/// What `anyhow::Error` is to a signature: a pointer.
type AnyhowError = Box<dyn Error + Send + Sync>;

#[static_dispatch]
trait Append: fmt::Debug + Send + Sync + 'static {
    fn append(&self, record: &Record) -> Result<(), AnyhowError>;
    fn flush(&self);
}

impl Append for Backend {
    fn append(&self, record: &Record) -> Result<(), AnyhowError> {
        self.note(record);
        Err("full".into())
    }
    fn flush(&self) {
        self.note("flush");
    }
}

#[derive(Debug, PartialEq)]
enum Response {
    Neutral,
}

#[static_dispatch(inline(Backend))]
trait Filter: fmt::Debug + Send + Sync + 'static {
    fn filter(&self, record: &Record) -> Response;
}

impl Filter for Backend {
    fn filter(&self, record: &Record) -> Response {
        self.note(record);
        Response::Neutral
    }
}

trait EncodeWrite: io::Write {
    fn set_style(&mut self, style: u8) -> io::Result<()>;
}

impl EncodeWrite for Vec<u8> {
    fn set_style(&mut self, style: u8) -> io::Result<()> {
        self.push(style);
        Ok(())
    }
}

#[static_dispatch]
trait Encode: fmt::Debug + Send + Sync + 'static {
    fn encode(&self, w: &mut dyn EncodeWrite, record: &Record) -> Result<(), AnyhowError>;
}

impl Encode for Backend {
    fn encode(&self, w: &mut dyn EncodeWrite, record: &Record) -> Result<(), AnyhowError> {
        w.set_style(1)?;
        write!(w, "{} {}", self.note(record), record.args())?;
        Ok(())
    }
}

struct Site;

static SITE: Site = Site;

static METADATA: Metadata<'static> = tracing_core::metadata! {
    name: "request",
    target: "real_traits",
    level: Level::INFO,
    fields: &["id"],
    callsite: &SITE,
    kind: Kind::SPAN,
};

impl callsite::Callsite for Site {
    fn set_interest(&self, _: Interest) {}
    fn metadata(&self) -> &Metadata<'_> {
        &METADATA
    }
}

fn id_field() -> Field {
    METADATA.fields().field("id").expect("it is there")
}

#[static_dispatch]
trait Subscriber: 'static + Sync {
    fn on_register_dispatch(&self, subscriber: &tracing_core::Dispatch) {
        let _ = subscriber;
    }
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool;
    fn max_level_hint(&self) -> Option<LevelFilter> {
        None
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id;
    fn record(&self, span: &span::Id, values: &span::Record<'_>);
    fn record_follows_from(&self, span: &span::Id, follows: &span::Id);
    fn event_enabled(&self, event: &Event<'_>) -> bool {
        let _ = event;
        true
    }
    fn event(&self, event: &Event<'_>);
    fn enter(&self, span: &span::Id);
    fn exit(&self, span: &span::Id);
    fn clone_span(&self, id: &span::Id) -> span::Id {
        id.clone()
    }
    #[deprecated(since = "0.1.2", note = "use `Subscriber::try_close` instead")]
    fn drop_span(&self, _id: span::Id) {}
    fn try_close(&self, id: span::Id) -> bool {
        #[allow(deprecated)]
        self.drop_span(id);
        false
    }
    fn current_span(&self) -> span::Current {
        span::Current::none()
    }
    /// # Safety
    ///
    /// The pointer leads to a value of the type.
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        let _ = id;
        None
    }
}

impl Subscriber for Backend {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        Id::from_u64(self.note(span))
    }
    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        self.note((span, values));
    }
    fn record_follows_from(&self, span: &span::Id, follows: &span::Id) {
        self.note((span, follows));
    }
    fn event(&self, event: &Event<'_>) {
        self.note(event);
    }
    fn enter(&self, span: &span::Id) {
        self.note(span);
    }
    fn exit(&self, span: &span::Id) {
        self.note(span);
    }
    fn try_close(&self, id: span::Id) -> bool {
        self.note(id) > 1
    }
}

/// `tracing_core::callsite::private::Private`
#[derive(Debug, PartialEq)]
struct Private<T>(T);

#[static_dispatch]
trait Callsite: Sync {
    fn set_interest(&self, interest: Interest);
    fn metadata(&self) -> &Metadata<'_>;
    #[doc(hidden)]
    #[static_dispatch(cold)]
    #[inline]
    fn private_type_id(&self, _: Private<()>) -> Private<TypeId>
    where
        Self: 'static,
    {
        Private(TypeId::of::<Self>())
    }
}

impl Callsite for Backend {
    fn set_interest(&self, interest: Interest) {
        self.note(interest);
    }
    fn metadata(&self) -> &Metadata<'_> {
        &METADATA
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Visit {
    #[cfg(all(tracing_unstable, feature = "valuable"))]
    fn record_value(&mut self, field: &Field, value: valuable::Value<'_>) {
        self.record_debug(field, &value)
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.record_debug(field, &value)
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record_debug(field, &value)
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_debug(field, &value)
    }
    fn record_i128(&mut self, field: &Field, value: i128) {
        self.record_debug(field, &value)
    }
    fn record_u128(&mut self, field: &Field, value: u128) {
        self.record_debug(field, &value)
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.record_debug(field, &value)
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &value)
    }
    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.record_debug(field, &value)
    }
    #[cfg(test)]
    #[cfg_attr(docsrs, doc(cfg(feature = "std")))]
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.record_debug(field, &value)
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug);
}

impl Visit for Backend {
    fn record_u128(&mut self, field: &Field, value: u128) {
        self.note((field, value + 1));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.note((field, value));
    }
}

/// `tracing_subscriber::fmt::format::Writer`
struct Writer<'writer> {
    writer: &'writer mut dyn fmt::Write,
}

#[static_dispatch]
trait FormatTime: Sync {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result;
}

impl FormatTime for Backend {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w.writer, "time {}", self.note("time"))
    }
}

trait Serializer {
    fn emit(&mut self, key: &'static str, val: &fmt::Arguments<'_>) -> Result<(), fmt::Error>;
}

impl Serializer for String {
    fn emit(&mut self, key: &'static str, val: &fmt::Arguments<'_>) -> Result<(), fmt::Error> {
        fmt::Write::write_fmt(self, format_args!("{key}={val} "))
    }
}

#[static_dispatch]
#[allow(clippy::upper_case_acronyms)]
trait KV: Sync {
    fn serialize(
        &self,
        record: &Record<'_>,
        serializer: &mut dyn Serializer,
    ) -> Result<(), fmt::Error>;
}

impl KV for Backend {
    fn serialize(
        &self,
        record: &Record<'_>,
        serializer: &mut dyn Serializer,
    ) -> Result<(), fmt::Error> {
        serializer.emit("number", &format_args!("{}", self.note(record)))
    }
}

type Key = Cow<'static, str>;
type SharedString = Cow<'static, str>;
type KeyName = Cow<'static, str>;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Bytes,
}

trait CounterObject: Debug {}
impl CounterObject for u64 {}

/// `metrics::Counter`, and its gauge and histogram: each is an `Option<Arc<dyn …>>`.
type Handle = Option<Arc<dyn CounterObject>>;

#[static_dispatch(noop)]
trait Recorder: Sync {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString);
    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString);
    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString);
    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Handle;
    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Handle;
    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Handle;
}

impl Recorder for Backend {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.note((key, unit, description));
    }
    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.note((unit, description, key));
    }
    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.note((description, key, unit));
    }
    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Handle {
        Some(Arc::new(self.note((key, metadata.name()))))
    }
    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Handle {
        self.note((key, metadata.target()));
        None
    }
    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Handle {
        Some(Arc::new(self.note((key, metadata.level())) + 1))
    }
}

#[static_dispatch]
trait CounterFn: Sync {
    fn increment(&self, value: u64);
    fn absolute(&self, value: u64);
}

impl CounterFn for Backend {
    fn increment(&self, value: u64) {
        self.note(("increment", value));
    }
    fn absolute(&self, value: u64) {
        self.note(("absolute", value));
    }
}

#[static_dispatch]
trait HistogramFn: Sync {
    fn record(&self, value: f64);
    fn record_many(&self, value: f64, count: usize) {
        for _ in 0..count {
            self.record(value);
        }
    }
}

impl HistogramFn for Backend {
    fn record(&self, value: f64) {
        self.note(value);
    }
}

#[derive(Debug)]
struct Desc(String);

#[derive(Debug)]
struct MetricFamily {
    name: String,
    metrics: Vec<u64>,
    help: Option<String>,
}

static DESCRIPTION: Desc = Desc(String::new());

#[static_dispatch]
trait Collector: Sync + Send {
    fn desc(&self) -> Vec<&Desc>;
    fn collect(&self) -> Vec<MetricFamily>;
}

impl Collector for Backend {
    fn desc(&self) -> Vec<&Desc> {
        vec![&DESCRIPTION]
    }
    fn collect(&self) -> Vec<MetricFamily> {
        vec![MetricFamily {
            name: DESCRIPTION.0.clone(),
            metrics: vec![self.note("collect")],
            help: None,
        }]
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Injector {
    fn set(&mut self, key: &str, value: String);
}

impl Injector for Backend {
    fn set(&mut self, key: &str, value: String) {
        self.note((key, value));
    }
}

trait Extractor {
    fn get(&self, key: &str) -> Option<&str>;
}

impl Extractor for &'static str {
    fn get(&self, _: &str) -> Option<&str> {
        Some(self)
    }
}

#[derive(Debug, Clone, Default)]
struct Context {
    span: Option<Arc<u64>>,
    suppressed: bool,
}

/// `opentelemetry::propagation::text_map_propagator::FieldIter`
#[derive(Debug)]
struct FieldIter<'a>(std::slice::Iter<'a, String>);

#[static_dispatch]
trait TextMapPropagator: Debug + Sync {
    fn inject(&self, injector: &mut dyn Injector) {
        self.inject_context(&Context::default(), injector)
    }
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector);
    fn extract(&self, extractor: &dyn Extractor) -> Context {
        self.extract_with_context(&Context::default(), extractor)
    }
    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context;
    fn fields(&self) -> FieldIter<'_>;
}

impl TextMapPropagator for Backend {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        injector.set("span", format!("{cx:?} {}", self.note("inject")));
    }
    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        Context {
            span: Some(Arc::new(self.note(extractor.get("span")))),
            suppressed: !cx.suppressed,
        }
    }
    fn fields(&self) -> FieldIter<'_> {
        FieldIter([].iter())
    }
}

#[derive(Debug, PartialEq)]
struct TraceId(u128);

#[derive(Debug, PartialEq)]
struct SpanId(u64);

#[static_dispatch]
trait IdGenerator: Send + Sync + fmt::Debug {
    fn new_trace_id(&self) -> TraceId;
    fn new_span_id(&self) -> SpanId;
}

impl IdGenerator for Backend {
    fn new_trace_id(&self) -> TraceId {
        TraceId(u128::from(self.note("trace")) << 64)
    }
    fn new_span_id(&self) -> SpanId {
        SpanId(self.note("span"))
    }
}

#[derive(Debug, Clone, PartialEq)]
struct KeyValue {
    key: Cow<'static, str>,
    value: i64,
}

#[derive(Debug)]
struct SamplingResult {
    decision: u8,
    attributes: Vec<KeyValue>,
    trace_state: Option<Vec<(String, String)>>,
}

trait CloneShouldSample {
    fn box_clone(&self) -> Box<dyn ShouldSample>;
}

#[static_dispatch]
trait ShouldSample: CloneShouldSample + Send + Sync + std::fmt::Debug {
    #[allow(clippy::too_many_arguments)]
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &Kind,
        attributes: &[KeyValue],
        links: &[SpanId],
    ) -> SamplingResult;
}

impl<T: ShouldSample + Clone + 'static> CloneShouldSample for T {
    fn box_clone(&self) -> Box<dyn ShouldSample> {
        Box::new(self.clone())
    }
}

impl Clone for Backend {
    fn clone(&self) -> Self {
        self.note("clone");
        Self::new()
    }
}

impl ShouldSample for Backend {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &Kind,
        attributes: &[KeyValue],
        links: &[SpanId],
    ) -> SamplingResult {
        let arguments = (parent_context, trace_id, name, span_kind, links);
        SamplingResult {
            decision: self.note(arguments) as u8,
            attributes: attributes.to_vec(),
            trace_state: None,
        }
    }
}

#[derive(Debug, Default)]
struct ResourceMetrics {
    scopes: Vec<u64>,
}

#[derive(Debug)]
struct Pipeline;

type OTelSdkResult = Result<(), String>;

#[static_dispatch]
trait MetricReader: fmt::Debug + Send + Sync + 'static {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>);
    fn collect(&self, rm: &mut ResourceMetrics) -> OTelSdkResult;
    fn force_flush(&self) -> OTelSdkResult;
    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult;
    fn shutdown(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(Duration::from_secs(5))
    }
    #[static_dispatch(cold)]
    fn temporality(&self, kind: Unit) -> Kind;
}

impl MetricReader for Backend {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.note(pipeline.upgrade());
    }
    fn collect(&self, rm: &mut ResourceMetrics) -> OTelSdkResult {
        rm.scopes.push(self.note("collect"));
        Ok(())
    }
    fn force_flush(&self) -> OTelSdkResult {
        Err(format!("flush {}", self.note("flush")))
    }
    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.note(timeout);
        Ok(())
    }
    fn temporality(&self, kind: Unit) -> Kind {
        self.note(kind);
        Kind::EVENT
    }
}

fn log_record<R>(look: impl FnOnce(&Record) -> R) -> R {
    look(&Record::builder().args(format_args!("text {}", 1)).build())
}

real_traits! {
    "log 0.4.35" "Log", Static, [];
    fn log(this: Log) {
        let enabled = log::Level::iter().map(|level| {
            this.enabled(&LogMetadata::builder().level(level).build())
        });
        let enabled: Vec<_> = enabled.collect();
        log_record(|record| this.log(record));
        this.flush();
        enabled
    }

    "log4rs 1.4.0" "append::Append", Static, [];
    fn append(this: Append) {
        this.flush();
        log_record(|record| this.append(record).map_err(|error| error.to_string()))
    }

    "log4rs 1.4.0" "filter::Filter", Static, [];
    fn filter(this: Filter) { log_record(|record| this.filter(record)) }

    "log4rs 1.4.0" "encode::Encode", Static, [];
    fn encode(this: Encode) {
        let mut written = Vec::new();
        log_record(|record| this.encode(&mut written, record)).expect("it can be written");
        written
    }

    "tracing-core 0.1.36" "subscriber::Subscriber", Static, ["`: Sync` added"];
    fn subscriber(this: Subscriber) {
        let values = [(&id_field(), Some(&7_u64 as &dyn Value))];
        let values = METADATA.fields().value_set(&values);
        let id = this.new_span(&Attributes::new(&METADATA, &values));
        this.on_register_dispatch(&tracing_core::Dispatch::none());
        this.record(&id, &span::Record::new(&values));
        this.record_follows_from(&id, &Id::from_u64(9));
        let event = Event::new(&METADATA, &values);
        this.event(&event);
        this.enter(&id);
        this.exit(&id);
        // SAFETY: nothing is done with the pointer.
        let pointer = unsafe { this.downcast_raw(TypeId::of::<u8>()) };
        #[allow(deprecated)]
        this.drop_span(id.clone());
        (
            this.register_callsite(&METADATA).is_always(),
            this.enabled(&METADATA),
            this.max_level_hint(),
            this.event_enabled(&event),
            this.clone_span(&id),
            this.try_close(id),
            this.current_span().id().cloned(),
            pointer,
        )
    }

    "tracing-core 0.1.36" "callsite::Callsite", Static, ["`#[static_dispatch(cold)]` on the method for which `Self: 'static`"];
    fn callsite(this: Callsite) {
        this.set_interest(Interest::sometimes());
        this.metadata().name().to_owned()
    }

    "tracing-core 0.1.36" "field::Visit", Devirt, [];
    fn visit(this: Visit) {
        let field = &id_field();
        this.record_f64(field, 1.5);
        this.record_i64(field, -1);
        this.record_u64(field, 1);
        this.record_i128(field, i128::MIN);
        this.record_u128(field, 1 << 100);
        this.record_bool(field, true);
        this.record_str(field, "text");
        this.record_bytes(field, b"bytes");
        this.record_error(field, &fmt::Error);
        this.record_debug(field, &Some(1));
    }

    "tracing-subscriber 0.3.23" "fmt::time::FormatTime", Static, ["`: Sync` added"];
    fn format_time(this: FormatTime) {
        let mut text = String::new();
        let formatted = this.format_time(&mut Writer { writer: &mut text });
        (text, formatted)
    }

    "slog 2.8.2" "KV", Static, ["`: Sync` added"];
    fn key_values(this: KV) {
        let mut text = String::new();
        let serialized = log_record(|record| this.serialize(record, &mut text));
        (text, serialized)
    }

    "metrics 0.24.6" "Recorder", Static, ["`: Sync` added"];
    fn recorder(this: Recorder) {
        this.describe_counter("counter".into(), Some(Unit::Bytes), "bytes".into());
        this.describe_gauge("gauge".into(), None, String::from("owned").into());
        this.describe_histogram("histogram".into(), None, "".into());
        [
            this.register_counter(&"counter".into(), &METADATA),
            this.register_gauge(&"gauge".into(), &METADATA),
            this.register_histogram(&"histogram".into(), &METADATA),
        ]
    }

    "metrics 0.24.6" "CounterFn", Static, ["`: Sync` added"];
    fn counter(this: CounterFn) {
        this.increment(1);
        this.absolute(u64::MAX);
    }

    "metrics 0.24.6" "HistogramFn", Static, ["`: Sync` added"];
    fn histogram(this: HistogramFn) {
        this.record(0.5);
        this.record_many(1.5, 3);
    }

    "prometheus 0.14.0" "core::Collector", Static, [];
    fn collector(this: Collector) { format!("{:?}{:?}", this.desc(), this.collect()) }

    "opentelemetry 0.31.0" "propagation::Injector", Devirt, [];
    fn injector(this: Injector) {
        this.set("key", "value".into());
    }

    "opentelemetry 0.31.0" "propagation::TextMapPropagator", Static, ["`: Sync` added"];
    fn text_map_propagator(this: TextMapPropagator) {
        let mut injected = Backend::new();
        this.inject(&mut injected);
        this.inject_context(&Context::default(), &mut injected);
        let contexts = [this.extract(&"one"), this.extract_with_context(&Context::default(), &"two")];
        (injected.notes(), contexts, format!("{:?}", this.fields()))
    }

    "opentelemetry_sdk 0.31.0" "trace::IdGenerator", Static, [];
    fn id_generator(this: IdGenerator) { (this.new_trace_id(), this.new_span_id()) }

    "opentelemetry_sdk 0.31.0" "trace::ShouldSample", Static, [];
    fn should_sample(this: ShouldSample) {
        let attributes = [KeyValue { key: "key".into(), value: 1 }];
        this.should_sample(
            Some(&Context::default()),
            TraceId(1),
            "name",
            &Kind::SPAN,
            &attributes,
            &[SpanId(1)],
        )
    }

    "opentelemetry_sdk 0.31.0" "metrics::reader::MetricReader", Static, [];
    fn metric_reader(this: MetricReader) {
        let mut metrics = ResourceMetrics::default();
        this.register_pipeline(Arc::downgrade(&Arc::new(Pipeline)));
        let results = [
            this.collect(&mut metrics),
            this.force_flush(),
            this.shutdown_with_timeout(Duration::from_secs(1)),
            this.shutdown(),
        ];
        (metrics, results, this.temporality(Unit::Bytes))
    }
}

/// The handle has the supertrait, as it is one of the implementations that can be cloned.
#[test]
fn a_clone_of_the_handle_is_a_handle() {
    let clone = Static::<dyn ShouldSample>::new().box_clone();
    assert!(format!("{clone:?}").starts_with("Static"), "{clone:?}");
}
