pub(crate) fn keep() {}
