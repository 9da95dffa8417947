//! Error reports, templates, measurements and searches.
#![allow(unsafe_code)]

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Arguments, Debug, Display};
use std::io;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};

use static_call::{Current, Initial, Static, static_dispatch};

use crate::Backend;

#[derive(Debug)]
enum Severity {
    Warning,
}

#[derive(Debug, Clone, Copy)]
struct SourceSpan {
    offset: usize,
    length: usize,
}

#[static_dispatch]
trait Diagnostic: std::error::Error + Sync {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        None
    }
    fn severity(&self) -> Option<Severity> {
        None
    }
    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        None
    }
    fn url<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        None
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        None
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = SourceSpan> + '_>> {
        None
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        None
    }
    fn diagnostic_source(&self) -> Option<&dyn Diagnostic> {
        None
    }
}

impl Diagnostic for Backend {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self.note("code")))
    }
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self))
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = SourceSpan> + '_>> {
        let label = move |offset| SourceSpan {
            offset,
            length: self.note(offset) as usize,
        };
        Some(Box::new((0..2).map(label)))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related: &dyn Diagnostic = self;
        Some(Box::new([related].into_iter()))
    }
}

trait SpanContents<'a> {
    fn data(&self) -> &'a [u8];
}

impl<'a> SpanContents<'a> for &'a str {
    fn data(&self) -> &'a [u8] {
        self.as_bytes()
    }
}

#[static_dispatch]
trait SourceCode: Send + Sync {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, fmt::Error>;
}

impl SourceCode for Backend {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, fmt::Error> {
        self.note((span, context_lines_before, context_lines_after));
        Ok(Box::new("contents"))
    }
}

#[static_dispatch]
trait EyreHandler: core::any::Any + Send + Sync {
    fn debug(
        &self,
        error: &(dyn Error + 'static),
        f: &mut core::fmt::Formatter<'_>,
    ) -> core::fmt::Result;
    fn display(
        &self,
        error: &(dyn Error + 'static),
        f: &mut core::fmt::Formatter<'_>,
    ) -> core::fmt::Result {
        write!(f, "{error}")
    }
    #[allow(unused_variables)]
    fn track_caller(&mut self, location: &'static Location<'static>)
    where
        Self: Sized,
    {
    }
}

impl EyreHandler for Backend {
    fn debug(
        &self,
        error: &(dyn Error + 'static),
        f: &mut core::fmt::Formatter<'_>,
    ) -> core::fmt::Result {
        write!(f, "{} {error:?}", self.note(error))
    }
}

/// Shows an error as a handler does.
struct Shown<'a, T: ?Sized>(&'a T);

impl<T: EyreHandler + ?Sized> Debug for Shown<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(&fmt::Error, formatter)?;
        self.0.display(&fmt::Error, formatter)
    }
}

struct Helper<'rc>(&'rc str);

struct Registry<'reg>(&'reg str);

struct Context(u64);

struct RenderContext<'reg, 'rc> {
    template: &'reg str,
    seen: Vec<&'rc u64>,
}

#[derive(Debug)]
enum ScopedJson<'rc> {
    Context(&'rc u64),
    Missing,
}

type RenderError = io::Error;

#[static_dispatch]
trait HelperDef: Sync {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        _: &Helper<'rc>,
        _: &'reg Registry<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        Ok(ScopedJson::Missing)
    }
    fn call<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        r: &'reg Registry<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> Result<(), RenderError> {
        match self.call_inner(h, r, ctx, rc)? {
            ScopedJson::Context(value) => out.write(&value.to_string()),
            ScopedJson::Missing => Ok(()),
        }
    }
}

impl HelperDef for Backend {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Registry<'reg>,
        context: &'rc Context,
        render_context: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        self.note((helper.0, registry.0, render_context.template));
        render_context.seen.push(&context.0);
        Ok(ScopedJson::Context(&context.0))
    }
}

#[static_dispatch]
trait DecoratorDef: Sync {
    fn call<'reg: 'rc, 'rc>(
        &'reg self,
        d: &Helper<'rc>,
        r: &'reg Registry<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
    ) -> Result<(), RenderError>;
}

impl DecoratorDef for Backend {
    fn call<'reg: 'rc, 'rc>(
        &'reg self,
        decorator: &Helper<'rc>,
        registry: &'reg Registry<'reg>,
        context: &'rc Context,
        render_context: &mut RenderContext<'reg, 'rc>,
    ) -> Result<(), RenderError> {
        render_context.template = registry.0;
        render_context.seen.push(&context.0);
        Err(io::Error::other(self.note(decorator.0).to_string()))
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Output {
    fn write(&mut self, seg: &str) -> Result<(), io::Error>;
    fn write_fmt(&mut self, args: Arguments<'_>) -> Result<(), io::Error> {
        self.write(&args.to_string())
    }
}

impl Output for Backend {
    fn write(&mut self, seg: &str) -> Result<(), io::Error> {
        self.note(seg);
        Ok(())
    }
}

#[derive(Debug)]
enum Throughput {
    Bytes(u64),
}

#[static_dispatch]
trait ValueFormatter: Sync {
    fn format_value(&self, value: f64) -> String {
        let mut values = [value];
        let unit = self.scale_values(value, &mut values);
        format!("{} {unit}", values[0])
    }
    fn format_throughput(&self, throughput: &Throughput, value: f64) -> String {
        let mut values = [value];
        let unit = self.scale_throughputs(value, throughput, &mut values);
        format!("{} {unit}", values[0])
    }
    fn scale_values(&self, typical_value: f64, values: &mut [f64]) -> &'static str;
    fn scale_throughputs(
        &self,
        typical_value: f64,
        throughput: &Throughput,
        values: &mut [f64],
    ) -> &'static str;
    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str;
}

impl ValueFormatter for Backend {
    fn scale_values(&self, typical_value: f64, values: &mut [f64]) -> &'static str {
        values[0] *= self.note(typical_value) as f64;
        "ns"
    }
    fn scale_throughputs(
        &self,
        typical_value: f64,
        throughput: &Throughput,
        values: &mut [f64],
    ) -> &'static str {
        values[0] += self.note((typical_value, throughput)) as f64;
        "B/s"
    }
    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str {
        values[0] -= self.note("machines") as f64;
        "cycles"
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    start: usize,
    end: usize,
}

#[static_dispatch(inline(Backend))]
trait PrefilterI: Debug + Send + Sync + RefUnwindSafe + UnwindSafe + 'static {
    fn name(&self) -> &'static str;
    fn find(&self, haystack: &[u8], span: Span) -> Option<Span>;
    fn prefix(&self, haystack: &[u8], span: Span) -> Option<Span>;
    fn memory_usage(&self) -> usize;
    fn is_fast(&self) -> bool;
}

impl PrefilterI for Backend {
    fn name(&self) -> &'static str {
        "backend"
    }
    fn find(&self, haystack: &[u8], span: Span) -> Option<Span> {
        let start = self.note((haystack, span)) as usize;
        Some(Span { start, ..span })
    }
    fn prefix(&self, haystack: &[u8], span: Span) -> Option<Span> {
        self.note((span, haystack));
        None
    }
    fn memory_usage(&self) -> usize {
        self.notes().len()
    }
    fn is_fast(&self) -> bool {
        true
    }
}

mod private {
    pub(super) trait Sealed {}
}

struct FindIter<'a, 'h, A>(&'a A, &'h [u8]);

/// # Safety
///
/// States are those of the automaton.
#[static_dispatch]
unsafe trait Automaton: private::Sealed + Sync {
    fn start_state(&self, anchored: bool) -> Result<u32, fmt::Error>;
    fn next_state(&self, anchored: bool, sid: u32, byte: u8) -> u32;
    fn is_match(&self, sid: u32) -> bool;
    fn match_len(&self, sid: u32) -> usize;
    fn prefilter(&self) -> Option<&dyn PrefilterI>;
    fn try_find(&self, input: &[u8]) -> Result<Option<Span>, fmt::Error> {
        let mut state = self.start_state(false)?;
        for (start, byte) in input.iter().enumerate() {
            state = self.next_state(false, state, *byte);
            if self.is_match(state) {
                let end = start + self.match_len(state);
                return Ok(Some(Span { start, end }));
            }
        }
        Ok(None)
    }
    fn try_find_iter<'a, 'h>(
        &'a self,
        input: &'h [u8],
    ) -> Result<FindIter<'a, 'h, Self>, fmt::Error>
    where
        Self: Sized,
    {
        self.start_state(true).map(|_| FindIter(self, input))
    }
    fn try_replace_all<B>(&self, haystack: &str, replace_with: &[B]) -> Result<String, fmt::Error>
    where
        Self: Sized,
        B: AsRef<str>,
    {
        let replaced = self.try_find(haystack.as_bytes())?.map(|found| {
            let (before, rest) = haystack.split_at(found.start);
            [
                before,
                replace_with[0].as_ref(),
                &rest[found.end - found.start..],
            ]
            .concat()
        });
        Ok(replaced.unwrap_or_default())
    }
    #[cfg(test)]
    fn try_stream_replace_all<R, W, B>(
        &self,
        mut rdr: R,
        mut wtr: W,
        replace_with: &[B],
    ) -> io::Result<()>
    where
        Self: Sized,
        R: io::Read,
        W: io::Write,
        B: AsRef<[u8]>,
    {
        io::copy(&mut rdr, &mut wtr)?;
        wtr.write_all(replace_with[0].as_ref())
    }
}

impl private::Sealed for Backend {}
impl private::Sealed for Static<dyn Automaton> {}
impl private::Sealed for Current<dyn Automaton> {}
impl private::Sealed for Initial<dyn Automaton> {}

// SAFETY: all numbers are states.
unsafe impl Automaton for Backend {
    fn start_state(&self, anchored: bool) -> Result<u32, fmt::Error> {
        Ok(self.note(anchored) as u32)
    }
    fn next_state(&self, anchored: bool, sid: u32, byte: u8) -> u32 {
        self.note((anchored, sid, byte)) as u32
    }
    fn is_match(&self, sid: u32) -> bool {
        sid == 3
    }
    fn match_len(&self, sid: u32) -> usize {
        sid as usize - 1
    }
    fn prefilter(&self) -> Option<&dyn PrefilterI> {
        Some(self)
    }
}

real_traits! {
    "miette 7.6.0" "Diagnostic", Static, ["`: Sync` added"];
    fn diagnostic(this: Diagnostic) {
        let labels = this.labels().map(|labels| labels.map(|label| label.offset + label.length).sum::<usize>());
        let related = this.related().map(|related| related.map(ToString::to_string).collect::<Vec<_>>());
        (
            this.code().map(|code| code.to_string()),
            this.severity(),
            this.help().map(|help| help.to_string()),
            this.url().is_some(),
            this.source_code().is_some(),
            (labels, related, this.diagnostic_source().is_some(), this.to_string()),
        )
    }

    "miette 7.6.0" "SourceCode", Static, [];
    fn source_code(this: SourceCode) {
        let span = SourceSpan { offset: 1, length: 2 };
        this.read_span(&span, 3, 4).map(|contents| contents.data().to_vec())
    }

    "eyre 0.6.14" "EyreHandler", Static, ["`where Self: Sized` on the method that takes `&mut self`"];
    fn eyre_handler(this: EyreHandler) { format!("{:?}", Shown(this)) }

    "handlebars 6.4.4" "HelperDef", Static, ["`: Sync` added"];
    fn helper(this: HelperDef) {
        let (registry, context) = (Registry("registry"), Context(7));
        let mut render_context = RenderContext { template: "template", seen: Vec::new() };
        let mut output = Backend::new();
        let called = this.call(&Helper("helper"), &registry, &context, &mut render_context, &mut output);
        let value = this.call_inner(&Helper("inner"), &registry, &context, &mut render_context);
        (called.is_ok(), format!("{value:?}"), render_context.seen.len(), output.notes())
    }

    "handlebars 6.4.4" "DecoratorDef", Static, ["`: Sync` added"];
    fn decorator(this: DecoratorDef) {
        let (registry, context) = (Registry("registry"), Context(7));
        let mut render_context = RenderContext { template: "template", seen: Vec::new() };
        let called = this.call(&Helper("decorator"), &registry, &context, &mut render_context);
        (called.map_err(|error| error.to_string()), render_context.template.to_owned())
    }

    "handlebars 6.4.4" "Output", Devirt, [];
    fn output(this: Output) {
        this.write("segment").is_ok() && write!(this, "{}", 1).is_ok()
    }

    "criterion 0.8.2" "measurement::ValueFormatter", Static, ["`: Sync` added"];
    fn value_formatter(this: ValueFormatter) {
        let mut values = [1.5];
        let unit = this.scale_for_machines(&mut values);
        (unit, values, this.format_value(2.5), this.format_throughput(&Throughput::Bytes(3), 3.5))
    }

    "regex-automata 0.4.19" "util::prefilter::PrefilterI", Static, [];
    fn prefilter(this: PrefilterI) {
        let span = Span { start: 0, end: 8 };
        (this.name(), this.find(b"haystack", span), this.prefix(b"haystack", span), this.memory_usage(), this.is_fast())
    }

    "aho-corasick 1.1.5" "automaton::Automaton", Static,
        ["`: Sync` added", "the supertrait implemented for `Static`, `Current` and `Initial`"];
    fn automaton(this: Automaton) {
        (this.start_state(true), this.next_state(true, 9, b'a'), this.prefilter().is_some(), this.try_find(b"abc"))
    }
}

/// `Any` of a handle is the handle.
#[test]
fn a_handle_is_not_of_the_type_of_its_implementation() {
    let handle: &dyn Any = &Static::<dyn EyreHandler>::new();
    assert!(handle.is::<Static<dyn EyreHandler>>());
}
