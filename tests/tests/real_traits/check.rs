//! What is done with each trait that is accepted.

/// How a trait is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    Static,
    Devirt,
}

/// A row of the table.
pub(crate) struct Row {
    /// The name of the crate and its version.
    pub(crate) release: &'static str,
    /// The path of the trait in its crate.
    pub(crate) path: &'static str,
    /// The name of the trait that was tested.
    pub(crate) tested: &'static str,
    pub(crate) accepted: Accepted,
    /// What is not as in the crate.
    pub(crate) changes: &'static [&'static str],
}

/// Makes the rows of a file, and a test of each:
///
/// ```text
/// "log 0.4.35" "Log", Static, []: fn log(this: Log) { this.flush() }
/// ```
///
/// The block makes calls of `this`; what it returns is compared.
macro_rules! real_traits {
    ($(
        $release:literal $path:literal, $accepted:ident, $changes:expr;
        fn $test:ident($this:ident: $name:ident) $calls:block
    )*) => {
        pub(crate) const ROWS: &[$crate::check::Row] = &[$(
            $crate::check::Row {
                release: $release,
                path: $path,
                tested: stringify!($name),
                accepted: $crate::check::Accepted::$accepted,
                changes: &$changes,
            }
        ),*];

        $(
            #[test]
            fn $test() {
                compare!($accepted, $name, $this, $calls);
            }
        )*
    };
}

/// Compares what calls of a trait return and do with what they do through plain `dyn`.
macro_rules! compare {
    (Static, $name:ident, $this:ident, $calls:block) => {
        fn calls<T: $name + ?Sized + 'static>($this: &T) -> String {
            format!("{:?}", $calls)
        }
        let [plain, current, snapshot] =
            [(); 3].map(|()| &*Box::leak(Box::new($crate::Backend::new())));
        let expected = calls::<dyn $name>(plain);
        assert!(!plain.notes().is_empty(), "the calls arrive");

        static_call::update::<dyn $name>(current).expect("the update succeeds");
        assert_eq!(
            calls(&static_call::Static::<dyn $name>::new()),
            expected,
            "through the handle"
        );
        assert_eq!(current.notes(), plain.notes(), "through the handle");
        $crate::assert_patched(concat!(module_path!(), "::", stringify!($name)));

        static_call::update::<dyn $name>(snapshot).expect("the update succeeds");
        assert_eq!(
            calls(&static_call::current::<dyn $name>()),
            expected,
            "through a snapshot"
        );
        assert_eq!(snapshot.notes(), plain.notes(), "through a snapshot");
    };
    (Devirt, $name:ident, $this:ident, $calls:block) => {
        fn calls<T: $name + ?Sized>($this: &mut T) -> String {
            format!("{:?}", $calls)
        }
        let mut plain = $crate::Backend::new();
        let expected = calls::<dyn $name>(&mut plain);
        assert!(!plain.notes().is_empty(), "the calls arrive");

        let name = concat!(module_path!(), "::", stringify!($name));
        let is_known = || {
            let report = static_call::report();
            report
                .devirt()
                .iter()
                .any(|row| row.name() == name && !row.sites().is_empty())
        };
        // The first miss that meets no other test's patching makes the call known.
        while !is_known() {
            static_call::relearn();
            let learning = $crate::Backend::new();
            let object: Box<dyn $name> = Box::new(learning.twin());
            assert_eq!(calls(&mut static_call::Devirt::from(object)), expected);
            assert_eq!(learning.notes(), plain.notes());
        }
    };
}
