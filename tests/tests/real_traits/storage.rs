//! Object stores, databases and their clients.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::ops::{Bound, Range};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use static_call::static_dispatch;

use crate::{Backend, INITIAL_NOTES};

/// Runs a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match Box::pin(future)
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing waits here"),
    }
}

/// `object_store::path::Path`
#[derive(Debug, Clone, PartialEq)]
struct Path(String);

#[derive(Debug, Clone)]
struct PutPayload(Vec<u8>);

#[derive(Debug, Default)]
struct PutOptions {
    tags: String,
}

#[derive(Debug, Default)]
struct GetOptions {
    range: Option<Range<u64>>,
}

#[derive(Debug, Clone)]
struct ObjectMeta {
    location: Path,
    size: u64,
    e_tag: Option<String>,
}

#[derive(Debug)]
struct GetResult {
    meta: ObjectMeta,
    payload: Vec<u8>,
}

#[derive(Debug)]
struct Error(String);

type Result<T, E = Error> = std::result::Result<T, E>;

/// `futures::stream::BoxStream`
type BoxStream<'a, T> = Box<dyn Iterator<Item = T> + Send + 'a>;

#[async_trait]
#[static_dispatch(default: Backend = Backend::with(&INITIAL_NOTES))]
trait ObjectStore: std::fmt::Display + Send + Sync + Debug + 'static {
    async fn put(&self, location: &Path, payload: PutPayload) -> Result<ObjectMeta> {
        self.put_opts(location, payload, PutOptions::default())
            .await
    }
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<ObjectMeta>;
    async fn put_multipart(&self, location: &Path) -> Result<Box<dyn MultipartUpload>> {
        self.put_multipart_opts(location, PutOptions::default())
            .await
    }
    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutOptions,
    ) -> Result<Box<dyn MultipartUpload>>;
    async fn get(&self, location: &Path) -> Result<GetResult> {
        self.get_opts(location, GetOptions::default()).await
    }
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult>;
    async fn get_range(&self, location: &Path, range: Range<u64>) -> Result<Vec<u8>> {
        let options = GetOptions { range: Some(range) };
        Ok(self.get_opts(location, options).await?.payload)
    }
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        for range in ranges {
            found.push(self.get_range(location, range.clone()).await?);
        }
        Ok(found)
    }
    async fn head(&self, location: &Path) -> Result<ObjectMeta> {
        Ok(self.get(location).await?.meta)
    }
    async fn delete(&self, location: &Path) -> Result<()>;
    fn delete_stream<'a>(
        &'a self,
        locations: BoxStream<'a, Result<Path>>,
    ) -> BoxStream<'a, Result<Path>> {
        Box::new(locations.inspect(move |location| {
            if let Ok(location) = location {
                ready(self.delete(location)).expect("it is deleted");
            }
        }))
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>>;
    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let _ = offset;
        self.list(prefix)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<Vec<ObjectMeta>>;
    async fn copy(&self, from: &Path, to: &Path) -> Result<()>;
    async fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.copy(from, to).await?;
        self.delete(from).await
    }
    async fn copy_if_not_exists(&self, from: &Path, to: &Path) -> Result<()>;
    async fn rename_if_not_exists(&self, from: &Path, to: &Path) -> Result<()> {
        self.copy_if_not_exists(from, to).await?;
        self.delete(from).await
    }
}

fn object(location: &Path, size: u64) -> ObjectMeta {
    ObjectMeta {
        location: location.clone(),
        size,
        e_tag: None,
    }
}

#[async_trait]
impl ObjectStore for Backend {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<ObjectMeta> {
        Ok(object(location, self.note((location, payload, opts.tags))))
    }
    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.note((location, opts));
        Ok(Box::new(Self::new()))
    }
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let number = self.note((location, &options));
        if number == 5 {
            return Err(Error(format!("no {location:?}")));
        }
        Ok(GetResult {
            meta: object(location, number),
            payload: vec![1; options.range.map_or(0, |range| range.end as usize)],
        })
    }
    async fn delete(&self, location: &Path) -> Result<()> {
        self.note(("delete", location));
        Ok(())
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let number = self.note(("list", prefix));
        let objects = ["a", "b"].map(|name| Ok(object(&Path(name.into()), number)));
        Box::new(objects.into_iter())
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<Vec<ObjectMeta>> {
        self.list(prefix).collect()
    }
    async fn copy(&self, from: &Path, to: &Path) -> Result<()> {
        self.note(("copy", from, to));
        Ok(())
    }
    async fn copy_if_not_exists(&self, from: &Path, to: &Path) -> Result<()> {
        Err(Error(format!("{from:?} {to:?} {}", self.note("copy"))))
    }
}

/// `object_store::UploadPart`
type UploadPart = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

#[async_trait]
#[static_dispatch(devirt, inline(Backend))]
trait MultipartUpload: Send + std::fmt::Debug {
    fn put_part(&mut self, data: PutPayload) -> UploadPart;
    async fn complete(&mut self) -> Result<ObjectMeta>;
    async fn abort(&mut self) -> Result<()>;
}

#[async_trait]
impl MultipartUpload for Backend {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let number = self.note(data.0);
        Box::pin(async move { Err(Error(number.to_string())) })
    }
    async fn complete(&mut self) -> Result<ObjectMeta> {
        Ok(object(&Path("complete".into()), self.note("complete")))
    }
    async fn abort(&mut self) -> Result<()> {
        self.note("abort");
        Ok(())
    }
}

#[async_trait]
#[static_dispatch]
trait HttpService: std::fmt::Debug + Send + Sync + 'static {
    async fn call(&self, req: Vec<u8>) -> Result<String>;
}

#[async_trait]
impl HttpService for Backend {
    async fn call(&self, req: Vec<u8>) -> Result<String> {
        Ok(self.note(req).to_string())
    }
}

/// `redb::BackendError`
#[derive(Debug)]
enum BackendError {
    Unsupported,
}

#[static_dispatch]
#[allow(clippy::len_without_is_empty)]
trait StorageBackend: 'static + Debug + Send + Sync {
    fn len(&self) -> core::result::Result<u64, io::Error>;
    fn read(&self, offset: u64, out: &mut [u8]) -> core::result::Result<(), io::Error>;
    fn set_len(&self, len: u64) -> core::result::Result<(), io::Error>;
    fn sync_data(&self) -> core::result::Result<(), io::Error>;
    fn write(&self, offset: u64, data: &[u8]) -> core::result::Result<(), io::Error>;
    fn close(&self) -> core::result::Result<(), io::Error> {
        Ok(())
    }
    fn try_lock_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<bool, BackendError> {
        Err(BackendError::Unsupported)
    }
    fn try_lock_shared_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<bool, BackendError> {
        Err(BackendError::Unsupported)
    }
    fn lock_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<(), BackendError> {
        Err(BackendError::Unsupported)
    }
    fn lock_shared_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<(), BackendError> {
        Err(BackendError::Unsupported)
    }
    fn unlock_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<(), BackendError> {
        Err(BackendError::Unsupported)
    }
    fn query_lock_range(
        &self,
        _start: Bound<u64>,
        _end: Bound<u64>,
    ) -> core::result::Result<bool, BackendError> {
        Err(BackendError::Unsupported)
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> core::result::Result<u64, io::Error> {
        Ok(self.note("length"))
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> core::result::Result<(), io::Error> {
        out.fill(self.note(offset) as u8);
        Ok(())
    }
    fn set_len(&self, len: u64) -> core::result::Result<(), io::Error> {
        self.note(len);
        Err(io::Error::other("full"))
    }
    fn sync_data(&self) -> core::result::Result<(), io::Error> {
        self.note("sync");
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> core::result::Result<(), io::Error> {
        self.note((offset, data));
        Ok(())
    }
    fn lock_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> core::result::Result<(), BackendError> {
        self.note((start, end));
        Ok(())
    }
}

#[derive(Debug, Default, Clone, PartialEq)]
struct DBTransaction {
    ops: Vec<(u32, Vec<u8>)>,
}

type DBKeyValue = (Vec<u8>, Vec<u8>);

#[static_dispatch]
trait KeyValueDB: Sync + Send {
    fn transaction(&self) -> DBTransaction {
        DBTransaction::default()
    }
    fn get(&self, col: u32, key: &[u8]) -> io::Result<Option<Vec<u8>>>;
    fn get_by_prefix(&self, col: u32, prefix: &[u8]) -> io::Result<Option<Vec<u8>>>;
    fn write(&self, transaction: DBTransaction) -> io::Result<()>;
    fn iter<'a>(&'a self, col: u32) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a>;
    fn iter_with_prefix<'a>(
        &'a self,
        col: u32,
        prefix: &'a [u8],
    ) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a>;
    fn io_stats(&self, _kind: bool) -> [u64; 6] {
        [0; 6]
    }
    fn has_key(&self, col: u32, key: &[u8]) -> io::Result<bool> {
        self.get(col, key).map(|found| found.is_some())
    }
    fn has_prefix(&self, col: u32, prefix: &[u8]) -> io::Result<bool> {
        self.get_by_prefix(col, prefix).map(|found| found.is_some())
    }
}

impl KeyValueDB for Backend {
    fn get(&self, col: u32, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        self.note((col, key));
        Ok(Some(key.to_vec()))
    }
    fn get_by_prefix(&self, col: u32, prefix: &[u8]) -> io::Result<Option<Vec<u8>>> {
        self.note((prefix, col));
        Ok(None)
    }
    fn write(&self, transaction: DBTransaction) -> io::Result<()> {
        self.note(transaction);
        Ok(())
    }
    fn iter<'a>(&'a self, col: u32) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a> {
        let pair = move |key| Ok((vec![key, col as u8], vec![self.note(key) as u8]));
        Box::new((0..3).map(pair))
    }
    fn iter_with_prefix<'a>(
        &'a self,
        col: u32,
        prefix: &'a [u8],
    ) -> Box<dyn Iterator<Item = io::Result<DBKeyValue>> + 'a> {
        let pair = move |key: &u8| Ok((vec![*key, col as u8], vec![self.note(key) as u8]));
        Box::new(prefix.iter().map(pair))
    }
}

/// `gix_object::Data`
#[derive(Debug)]
struct Data<'a> {
    kind: u8,
    data: &'a [u8],
}

type GixResult<T> = std::result::Result<T, Box<dyn StdError + Send + Sync>>;

#[static_dispatch]
trait Find: Sync {
    fn try_find<'a>(&self, id: &[u8], buffer: &'a mut Vec<u8>) -> GixResult<Option<Data<'a>>>;
}

impl Find for Backend {
    fn try_find<'a>(&self, id: &[u8], buffer: &'a mut Vec<u8>) -> GixResult<Option<Data<'a>>> {
        buffer.push(self.note(id) as u8);
        Ok(Some(Data {
            kind: id[0],
            data: buffer,
        }))
    }
}

trait WriteTo {
    fn write_to(&self, out: &mut dyn io::Write) -> io::Result<()>;
}

impl WriteTo for [u8; 2] {
    fn write_to(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self)
    }
}

type ObjectId = [u8; 20];

#[static_dispatch]
trait Write: Sync {
    fn write(&self, object: &dyn WriteTo) -> GixResult<ObjectId> {
        let mut bytes = Vec::new();
        object.write_to(&mut bytes)?;
        self.write_buf(0, &bytes)
    }
    fn write_buf(&self, object: u8, mut from: &[u8]) -> GixResult<ObjectId> {
        self.write_stream(object, from.len() as u64, &mut from)
    }
    fn write_buf_with_known_id(&self, object: u8, from: &[u8], id: ObjectId)
    -> GixResult<ObjectId>;
    fn write_stream(&self, kind: u8, size: u64, from: &mut dyn io::Read) -> GixResult<ObjectId>;
    fn write_stream_with_known_id(
        &self,
        kind: u8,
        size: u64,
        from: &mut dyn io::Read,
        id: ObjectId,
    ) -> GixResult<ObjectId>;
}

impl Write for Backend {
    fn write_buf_with_known_id(
        &self,
        object: u8,
        from: &[u8],
        id: ObjectId,
    ) -> GixResult<ObjectId> {
        self.note((object, from));
        Ok(id)
    }
    fn write_stream(&self, kind: u8, size: u64, from: &mut dyn io::Read) -> GixResult<ObjectId> {
        let mut text = String::new();
        from.read_to_string(&mut text)?;
        Ok([self.note((kind, size, text)) as u8; 20])
    }
    fn write_stream_with_known_id(
        &self,
        kind: u8,
        size: u64,
        from: &mut dyn io::Read,
        id: ObjectId,
    ) -> GixResult<ObjectId> {
        let mut first = [0];
        from.read_exact(&mut first)?;
        self.note((kind, size, first, id));
        Err("not written".into())
    }
}

/// `rusqlite::types::ToSqlOutput`
#[derive(Debug)]
enum ToSqlOutput<'a> {
    Borrowed(&'a [u8]),
    Owned(String),
}

#[static_dispatch]
trait ToSql: Sync {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>>;
}

impl ToSql for Backend {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(self.note("value").to_string()))
    }
}

#[derive(Debug)]
struct AcquireEvent {
    id: u64,
}

#[static_dispatch(noop)]
trait HandleEvent: std::fmt::Debug + Sync + Send {
    #[allow(unused_variables)]
    fn handle_acquire(&self, event: AcquireEvent) {}
    #[allow(unused_variables)]
    fn handle_release(&self, event: AcquireEvent) {}
    #[allow(unused_variables)]
    fn handle_checkout(&self, event: AcquireEvent) {}
    #[allow(unused_variables)]
    fn handle_timeout(&self, event: AcquireEvent) {}
    #[allow(unused_variables)]
    fn handle_checkin(&self, event: AcquireEvent) {}
}

impl HandleEvent for Backend {
    fn handle_acquire(&self, event: AcquireEvent) {
        self.note(("acquire", event));
    }
    fn handle_checkin(&self, event: AcquireEvent) {
        self.note(("checkin", event));
    }
}

fn path(name: &str) -> Path {
    Path(name.into())
}

real_traits! {
    "object_store 0.12.5" "ObjectStore", Static, [];
    fn object_store(this: ObjectStore) {
        let payload = PutPayload(vec![1, 2]);
        let text = ready(async {
            let mut upload = this.put_multipart(&path("parts")).await.expect("it begins");
            let uploaded = upload.complete().await;
            let found = this.get_ranges(&path("get"), &[0..1, 1..3]).await;
            let written = this.put(&path("put"), payload).await;
            let error = this.head(&path("head")).await;
            let changes = (
                this.delete(&path("delete")).await,
                this.rename(&path("from"), &path("to")).await,
                this.rename_if_not_exists(&path("from"), &path("to")).await,
            );
            let objects = this.list_with_delimiter(None).await;
            format!("{uploaded:?} {found:?} {written:?} {error:?} {changes:?} {objects:?}")
        });
        let deleted: Vec<_> = this.delete_stream(Box::new([Ok(path("stream"))].into_iter())).collect();
        let listed: Vec<_> = this.list_with_offset(Some(&path("prefix")), &path("a")).collect();
        (text, deleted, listed, this.to_string().is_empty())
    }

    "object_store 0.12.5" "MultipartUpload", Devirt, [];
    fn multipart_upload(this: MultipartUpload) {
        ready(async {
            let part = this.put_part(PutPayload(vec![7])).await;
            (part, this.complete().await, this.abort().await)
        })
    }

    "object_store 0.12.5" "client::HttpService", Static, [];
    fn http_service(this: HttpService) { ready(this.call(vec![1, 2, 3])) }

    "redb 4.6.0" "StorageBackend", Static, [];
    fn storage_backend(this: StorageBackend) {
        let mut read = [0; 2];
        (
            this.len().expect("it is known"),
            this.read(8, &mut read).is_ok(),
            this.set_len(1).map_err(|error| error.to_string()),
            this.sync_data().is_ok(),
            this.write(9, b"data").is_ok(),
            this.close().is_ok(),
            [
                this.lock_range(Bound::Included(1), Bound::Unbounded),
                this.lock_shared_range(Bound::Unbounded, Bound::Excluded(2)),
                this.unlock_range(Bound::Unbounded, Bound::Unbounded),
            ],
            [
                this.try_lock_range(Bound::Unbounded, Bound::Unbounded),
                this.try_lock_shared_range(Bound::Unbounded, Bound::Unbounded),
                this.query_lock_range(Bound::Unbounded, Bound::Unbounded),
            ],
            read,
        )
    }

    "kvdb 0.13.0" "KeyValueDB", Static, [];
    fn key_value_database(this: KeyValueDB) {
        let all = this.iter(1).chain(this.iter_with_prefix(2, b"ab"));
        let all: Vec<_> = all.map(|pair| pair.expect("it can be read")).collect();
        let mut transaction = this.transaction();
        transaction.ops.push((1, b"key".to_vec()));
        (
            all,
            this.get(1, b"key").expect("it can be read"),
            this.has_key(1, b"key").expect("it can be read"),
            this.has_prefix(1, b"k").expect("it can be read"),
            this.write(transaction).is_ok(),
            this.io_stats(true),
        )
    }

    "gix-object 0.66.1" "Find", Static, ["`: Sync` added"];
    fn find(this: Find) {
        let mut buffer = vec![1];
        let found = this.try_find(&[7; 20], &mut buffer);
        format!("{found:?}")
    }

    "gix-object 0.66.1" "Write", Static, ["`: Sync` added"];
    fn write(this: Write) {
        let written = [
            this.write(b"ab"),
            this.write_buf(1, b"cd"),
            this.write_buf_with_known_id(2, b"ef", [3; 20]),
            this.write_stream(4, 2, &mut &b"gh"[..]),
            this.write_stream_with_known_id(5, 2, &mut &b"ij"[..], [6; 20]),
        ];
        written.map(|written| written.map_err(|error| error.to_string()))
    }

    "rusqlite 0.41.1" "types::ToSql", Static, ["`: Sync` added"];
    fn to_sql(this: ToSql) { format!("{:?}", this.to_sql()) }

    "r2d2 0.8.10" "event::HandleEvent", Static, [];
    fn handle_event(this: HandleEvent) {
        this.handle_acquire(AcquireEvent { id: 1 });
        this.handle_release(AcquireEvent { id: 2 });
        this.handle_checkout(AcquireEvent { id: 3 });
        this.handle_timeout(AcquireEvent { id: 4 });
        this.handle_checkin(AcquireEvent { id: 5 });
    }
}
