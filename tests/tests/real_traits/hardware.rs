//! Embedded devices, and what else stands close to a machine.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::ptr::NonNull;

use static_call::static_dispatch;

use crate::Backend;

#[static_dispatch(devirt, inline(Backend))]
trait DelayNs {
    fn delay_ns(&mut self, ns: u32);
    fn delay_us(&mut self, mut us: u32) {
        while us > 4_000_000 {
            us -= 4_000_000;
            self.delay_ns(4_000_000_000);
        }
        self.delay_ns(us * 1_000);
    }
    #[inline]
    fn delay_ms(&mut self, mut ms: u32) {
        while ms > 4_000 {
            ms -= 4_000;
            self.delay_us(4_000_000);
        }
        self.delay_us(ms * 1_000);
    }
}

impl DelayNs for Backend {
    fn delay_ns(&mut self, ns: u32) {
        self.note(ns);
    }
}

#[derive(Debug)]
enum ErrorKind {
    Other,
}

pub(crate) mod digital {
    use super::*;

    #[static_dispatch]
    pub(super) trait Error: core::fmt::Debug + Sync {
        fn kind(&self) -> ErrorKind;
    }

    impl Error for Backend {
        fn kind(&self) -> ErrorKind {
            self.note("kind");
            ErrorKind::Other
        }
    }

    real_traits! {
        "embedded-hal 1.0.0" "digital::Error", Static, ["`: Sync` added"];
        fn error(this: Error) { this.kind() }
    }
}

#[static_dispatch]
trait Error: core::error::Error + Sync {
    fn kind(&self) -> ErrorKind;
}

impl Error for Backend {
    fn kind(&self) -> ErrorKind {
        self.note("kind");
        ErrorKind::Other
    }
}

/// `raw_window_handle::WindowHandle`
#[derive(Debug)]
struct WindowHandle<'a> {
    raw: NonNull<u64>,
    _marker: PhantomData<&'a *const ()>,
}

#[derive(Debug)]
enum HandleError {
    Unavailable,
}

#[static_dispatch]
trait HasWindowHandle: Sync {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError>;
}

impl HasWindowHandle for Backend {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        static WINDOW: u64 = 1;
        self.note("window");
        Ok(WindowHandle {
            raw: NonNull::from(&WINDOW),
            _marker: PhantomData,
        })
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait OutlineBuilder {
    fn move_to(&mut self, x: f32, y: f32);
    fn line_to(&mut self, x: f32, y: f32);
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32);
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32);
    fn close(&mut self);
}

impl OutlineBuilder for Backend {
    fn move_to(&mut self, x: f32, y: f32) {
        self.note((x, y));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.note((x, y));
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.note((x1, y1, x, y));
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.note((x1, y1, x2, y2, x, y));
    }
    fn close(&mut self) {
        self.note("close");
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait EventHandler: Send + 'static {
    fn handle_event(&mut self, event: Result<Vec<String>, Box<dyn StdError>>);
}

impl EventHandler for Backend {
    fn handle_event(&mut self, event: Result<Vec<String>, Box<dyn StdError>>) {
        self.note(event);
    }
}

real_traits! {
    "embedded-hal 1.0.0" "delay::DelayNs", Devirt, [];
    fn delay(this: DelayNs) {
        this.delay_ns(7);
        this.delay_us(5_000_000);
        this.delay_ms(5_000);
    }

    "embedded-io 0.7.1" "Error", Static, ["`: Sync` added"];
    fn error(this: Error) { (this.kind(), this.source().is_none()) }

    "raw-window-handle 0.6.2" "HasWindowHandle", Static, ["`: Sync` added"];
    fn has_window_handle(this: HasWindowHandle) { format!("{:?}", this.window_handle()) }

    "ttf-parser 0.25.1" "OutlineBuilder", Devirt, [];
    fn outline_builder(this: OutlineBuilder) {
        this.move_to(1.0, 2.0);
        this.line_to(3.0, 4.0);
        this.quad_to(1.5, 2.5, 3.5, 4.5);
        this.curve_to(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        this.close();
    }

    "notify 8.2.2" "EventHandler", Devirt, [];
    fn event_handler(this: EventHandler) {
        this.handle_event(Ok(vec!["path".into()]));
        this.handle_event(Err("lost".into()));
    }
}
