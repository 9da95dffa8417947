//! Input and output, text and hashes of the standard library, and buffers.
#![allow(unsafe_code)]

use std::any::{Any as StdAny, TypeId};
use std::fmt::{self, Arguments, Debug, Display};
use std::io::{self, IoSlice, IoSliceMut, SeekFrom};
use std::mem::MaybeUninit;

use static_call::static_dispatch;

use crate::Backend;

/// An adapter of the standard library.
#[derive(Debug)]
struct Adapter<T>(T);

#[static_dispatch(devirt, inline(Backend))]
trait Read {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize>;
    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match bufs.first_mut() {
            Some(buf) => self.read(buf),
            None => Ok(0),
        }
    }
    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        let mut byte = [0];
        let count = self.read(&mut byte)?;
        buf.extend(&byte[..count]);
        Ok(count)
    }
    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        let mut bytes = Vec::new();
        let count = self.read_to_end(&mut bytes)?;
        buf.push_str(&String::from_utf8_lossy(&bytes));
        Ok(count)
    }
    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        self.read(buf).map(drop)
    }
    fn by_ref(&mut self) -> &mut Self
    where
        Self: Sized,
    {
        self
    }
    fn bytes(self) -> Adapter<Self>
    where
        Self: Sized,
    {
        Adapter(self)
    }
    fn chain<R: Read>(self, next: R) -> Adapter<(Self, R)>
    where
        Self: Sized,
    {
        Adapter((self, next))
    }
    fn take(self, limit: u64) -> Adapter<(Self, u64)>
    where
        Self: Sized,
    {
        Adapter((self, limit))
    }
}

impl Read for Backend {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let number = self.note(buf.len());
        buf.fill(b'a' + number as u8);
        if number == 4 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(buf.len())
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Write {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize>;
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.write(bufs.first().map_or(&[], |buf| &**buf))
    }
    fn flush(&mut self) -> io::Result<()>;
    fn write_all(&mut self, buf: &[u8]) -> io::Result<()> {
        self.write(buf).map(drop)
    }
    fn write_fmt(&mut self, args: Arguments<'_>) -> io::Result<()> {
        self.write_all(args.to_string().as_bytes())
    }
    fn by_ref(&mut self) -> &mut Self
    where
        Self: Sized,
    {
        self
    }
}

impl Write for Backend {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.note(buf);
        Ok(buf.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.note("flush");
        Err(io::Error::other("closed"))
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Seek {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64>;
    fn rewind(&mut self) -> io::Result<()> {
        self.seek(SeekFrom::Start(0)).map(drop)
    }
    fn stream_position(&mut self) -> io::Result<u64> {
        self.seek(SeekFrom::Current(0))
    }
    fn seek_relative(&mut self, offset: i64) -> io::Result<()> {
        self.seek(SeekFrom::Current(offset)).map(drop)
    }
}

impl Seek for Backend {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        Ok(self.note(pos))
    }
}

pub(crate) mod text {
    use super::*;

    #[static_dispatch(devirt, inline(Backend))]
    pub(super) trait Write {
        fn write_str(&mut self, s: &str) -> fmt::Result;
        fn write_char(&mut self, c: char) -> fmt::Result {
            self.write_str(c.encode_utf8(&mut [0; 4]))
        }
        fn write_fmt(&mut self, args: Arguments<'_>) -> fmt::Result {
            self.write_str(&args.to_string())
        }
    }

    impl Write for Backend {
        fn write_str(&mut self, s: &str) -> fmt::Result {
            self.note(s);
            Ok(())
        }
    }

    real_traits! {
        "std 1.95" "fmt::Write", Devirt, [];
        fn write(this: Write) {
            (this.write_str("text"), this.write_char('ü'), write!(this, "{}", 1))
        }
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait Hasher {
    fn finish(&self) -> u64;
    fn write(&mut self, bytes: &[u8]);
    #[inline]
    fn write_u8(&mut self, i: u8) {
        self.write(&[i])
    }
    #[inline]
    fn write_u16(&mut self, i: u16) {
        self.write(&i.to_ne_bytes())
    }
    #[inline]
    fn write_u32(&mut self, i: u32) {
        self.write(&i.to_ne_bytes())
    }
    #[inline]
    fn write_u64(&mut self, i: u64) {
        self.write(&i.to_ne_bytes())
    }
    #[inline]
    fn write_u128(&mut self, i: u128) {
        self.write(&i.to_ne_bytes())
    }
    #[inline]
    fn write_usize(&mut self, i: usize) {
        self.write(&i.to_ne_bytes())
    }
}

impl Hasher for Backend {
    fn finish(&self) -> u64 {
        self.note("finish")
    }
    fn write(&mut self, bytes: &[u8]) {
        self.note(bytes);
    }
}

#[static_dispatch]
trait Error: Debug + Display + Sync {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None
    }
    #[deprecated(since = "1.42.0", note = "use the Display impl or to_string()")]
    fn description(&self) -> &str {
        "description() is deprecated; use Display"
    }
    #[deprecated(since = "1.33.0", note = "replaced by Error::source")]
    #[allow(deprecated)]
    fn cause(&self) -> Option<&dyn std::error::Error> {
        self.source()
    }
}

impl Error for Backend {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.note("source");
        Some(&fmt::Error)
    }
}

#[static_dispatch]
trait Any: 'static + Sync {
    fn type_id(&self) -> TypeId;
}

impl Any for Backend {
    fn type_id(&self) -> TypeId {
        self.note("type");
        StdAny::type_id(self)
    }
}

#[derive(Debug, PartialEq)]
struct TryGetError {
    requested: usize,
    available: usize,
}

#[static_dispatch(devirt, inline(Backend))]
trait Buf {
    fn remaining(&self) -> usize;
    #[cfg_attr(docsrs, doc(alias = "bytes"))]
    fn chunk(&self) -> &[u8];
    #[cfg(test)]
    fn chunks_vectored<'a>(&'a self, dst: &mut [IoSlice<'a>]) -> usize {
        dst[0] = IoSlice::new(self.chunk());
        1
    }
    fn advance(&mut self, cnt: usize);
    fn has_remaining(&self) -> bool {
        self.remaining() > 0
    }
    fn copy_to_slice(&mut self, dst: &mut [u8]) {
        self.try_copy_to_slice(dst).expect("it is enough");
    }
    fn try_copy_to_slice(&mut self, dst: &mut [u8]) -> Result<(), TryGetError> {
        let available = self.remaining();
        let requested = dst.len();
        if available < requested {
            return Err(TryGetError {
                requested,
                available,
            });
        }
        dst.copy_from_slice(&self.chunk()[..requested]);
        self.advance(requested);
        Ok(())
    }
    fn get_u8(&mut self) -> u8 {
        let byte = self.chunk()[0];
        self.advance(1);
        byte
    }
    fn copy_to_bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.copy_to_slice(&mut bytes);
        bytes
    }
    fn take(self, limit: usize) -> Adapter<(Self, usize)>
    where
        Self: Sized,
    {
        Adapter((self, limit))
    }
    fn chain<U: Buf>(self, next: U) -> Adapter<(Self, U)>
    where
        Self: Sized,
    {
        Adapter((self, next))
    }
}

impl Buf for Backend {
    fn remaining(&self) -> usize {
        3
    }
    fn chunk(&self) -> &[u8] {
        b"abc"
    }
    fn advance(&mut self, cnt: usize) {
        self.note(cnt);
    }
}

/// `bytes::buf::UninitSlice`
#[repr(transparent)]
struct UninitSlice([MaybeUninit<u8>]);

/// # Safety
///
/// What is said to be initialised is.
#[static_dispatch(devirt, inline(Backend))]
unsafe trait BufMut {
    fn remaining_mut(&self) -> usize;
    /// # Safety
    ///
    /// So many bytes are initialised.
    unsafe fn advance_mut(&mut self, cnt: usize);
    #[inline]
    fn has_remaining_mut(&self) -> bool {
        self.remaining_mut() > 0
    }
    #[cfg_attr(docsrs, doc(alias = "bytes_mut"))]
    fn chunk_mut(&mut self) -> &mut UninitSlice;
    #[inline]
    fn put<T: Buf>(&mut self, mut src: T)
    where
        Self: Sized,
    {
        src.advance(self.remaining_mut());
    }
    #[inline]
    fn put_slice(&mut self, src: &[u8]) {
        // SAFETY: nothing is said to be initialised that would be read.
        unsafe { self.advance_mut(src.len()) }
    }
}

// SAFETY: nothing is initialised.
unsafe impl BufMut for Backend {
    fn remaining_mut(&self) -> usize {
        self.note("remaining") as usize
    }
    unsafe fn advance_mut(&mut self, cnt: usize) {
        self.note(cnt);
    }
    fn chunk_mut(&mut self) -> &mut UninitSlice {
        let empty: *mut [MaybeUninit<u8>] = &mut [];
        // SAFETY: the two are alike in memory.
        unsafe { &mut *(empty as *mut UninitSlice) }
    }
}

real_traits! {
    "std 1.95" "io::Read", Devirt, [];
    fn read(this: Read) {
        let mut bytes = [0; 3];
        let mut vector = Vec::new();
        let mut text = String::new();
        (
            this.read(&mut bytes).ok(),
            this.read_vectored(&mut [IoSliceMut::new(&mut [0; 2])]).ok(),
            this.read_to_end(&mut vector).ok(),
            this.read_to_string(&mut text).map_err(|error| error.kind()),
            this.read_exact(&mut bytes).ok(),
            (bytes, vector, text),
        )
    }

    "std 1.95" "io::Write", Devirt, [];
    fn write(this: Write) {
        (
            this.write(b"bytes").ok(),
            this.write_vectored(&[IoSlice::new(b"slice")]).ok(),
            this.write_all(b"all").ok(),
            write!(this, "{} two", 1).ok(),
            this.flush().map_err(|error| error.to_string()),
        )
    }

    "std 1.95" "io::Seek", Devirt, [];
    fn seek(this: Seek) {
        (
            this.seek(SeekFrom::End(-1)).ok(),
            this.rewind().ok(),
            this.stream_position().ok(),
            this.seek_relative(1).ok(),
        )
    }

    "std 1.95" "hash::Hasher", Devirt, [];
    fn hasher(this: Hasher) {
        this.write(b"bytes");
        this.write_u8(1);
        this.write_u16(2);
        this.write_u32(3);
        this.write_u64(4);
        this.write_u128(5);
        this.write_usize(6);
        this.finish()
    }

    "std 1.95" "error::Error", Static, ["`: Sync` added"];
    fn error(this: Error) {
        #[allow(deprecated)]
        let old = (this.description().to_owned(), this.cause().map(ToString::to_string));
        (old, this.source().map(ToString::to_string), this.to_string())
    }

    "std 1.95" "any::Any", Static, ["`: Sync` added"];
    fn any(this: Any) { Any::type_id(this) == TypeId::of::<Backend>() }

    "bytes 1.12.2" "Buf", Devirt, [];
    fn buf(this: Buf) {
        let mut bytes = [0; 2];
        this.copy_to_slice(&mut bytes);
        let mut slices = [IoSlice::new(&[])];
        (
            bytes,
            this.chunks_vectored(&mut slices),
            this.try_copy_to_slice(&mut [0; 4]),
            this.get_u8(),
            this.copy_to_bytes(3),
            this.has_remaining(),
        )
    }

    "bytes 1.12.2" "BufMut", Devirt, [];
    fn buf_mut(this: BufMut) {
        this.put_slice(b"text");
        // SAFETY: nothing is read.
        unsafe { this.advance_mut(1) };
        (this.has_remaining_mut(), this.chunk_mut().0.len())
    }
}
