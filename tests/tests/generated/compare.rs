/// Compares what calls do, with the implementation in force and with what should be in force.
fn compare<T: Trait>(object: &'static T) {
    for seed in 0..6 {
        let expected = calls(object, seed);
        let handle = Static::<dyn Trait>::new();
        let snapshot = handle.current();
        assert_eq!(calls::<dyn Trait>(object, seed), expected, "the trait object");
        assert_eq!(calls(&handle, seed), expected, "the handle");
        assert_eq!(calls(&snapshot, seed), expected, "the snapshot");
        assert_eq!(calls(snapshot.as_dyn(), seed), expected, "what is in force");
        let expected = free_calls::<T>(seed);
        assert_eq!(free_calls::<Static<dyn Trait>>(seed), expected, "without receiver");
        assert_eq!(free_calls::<Current<dyn Trait>>(seed), expected, "without receiver");
    }
}

/// Every call says that no implementation was chosen.
fn unset() {
    let handle = Static::<dyn Trait>::new();
    for outcome in calls(&handle, 1).into_iter().chain(free_calls::<Static<dyn Trait>>(1)) {
        assert_eq!(outcome, UNSET);
    }
}
